/** The other side of child.ts. */
type Handler = (argument: never) => unknown;

export function serve(handlers: Readonly<Record<string, Handler>>, close: () => Promise<void>): void {
	process.on('message', (message: { id: number; method: string; argument: never }) => {
		void answer(handlers, message);
	});
	process.on('disconnect', () => {
		void close().finally(() => process.exit());
	});
	// The terminal's Ctrl-C reaches the whole group; the bench itself ends us.
	for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
}

async function answer(
	handlers: Readonly<Record<string, Handler>>,
	{ id, method, argument }: { id: number; method: string; argument: never },
): Promise<void> {
	try {
		const handler = handlers[method];
		if (handler === undefined) throw new Error(`no method ${method}`);
		process.send?.({ id, result: await handler(argument) });
	} catch (error) {
		process.send?.({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
	}
}
