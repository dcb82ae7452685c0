/** What the bench made is undone in reverse order: at the end, on failure, and on Ctrl-C. */
export type Undo = () => void | Promise<void>;

export interface Cleanup {
	/** Returns a function that undoes now, once. */
	add(undo: Undo): () => Promise<void>;
	run(): Promise<void>;
	readonly interrupted: boolean;
}

export function createCleanup(say: (line: string) => void): Cleanup {
	const pending: { undo: Undo }[] = [];
	let interrupted = false;
	let running: Promise<void> | undefined;

	async function undoOne(entry: { undo: Undo }): Promise<void> {
		const at = pending.indexOf(entry);
		if (at < 0) return;
		pending.splice(at, 1);
		try {
			await entry.undo();
		} catch (error) {
			say(`cleanup: ${String(error)}`);
		}
	}

	async function drain(): Promise<void> {
		for (let last = pending.at(-1); last !== undefined; last = pending.at(-1)) await undoOne(last);
	}

	/** A second caller waits for the first: nobody may exit while the other is still at it. */
	function run(): Promise<void> {
		running ??= drain().finally(() => (running = undefined));
		return running;
	}

	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
		process.on(signal, () => {
			if (interrupted) return;
			interrupted = true;
			say(`\n${signal}: removing what the bench made`);
			void run().finally(() => process.exit(130));
		});

	return {
		add(undo) {
			const entry = { undo };
			pending.push(entry);
			return () => undoOne(entry);
		},
		run,
		get interrupted() {
			return interrupted;
		},
	};
}
