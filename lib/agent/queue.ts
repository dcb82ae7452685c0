/** Work that changes something, one after another; items of the same kind that wait together are done together. */
export interface Queue {
	/** Its turn comes after all that was asked for before. */
	run<T>(body: () => Promise<T> | T): Promise<T>;
	/** With others that wait for the same handler and came one after another. */
	batch<Item, T>(item: Item, handler: BatchHandler<Item, T>): Promise<T>;
	/** Resolves when nothing is left. */
	idle(): Promise<void>;
}

export interface BatchHandler<Item, T> {
	readonly most: number;
	/** All or nothing; where it fails, each item is tried by itself. */
	handle(items: readonly Item[]): Promise<readonly T[]>;
}

interface Waiting {
	readonly item: unknown;
	readonly handler: BatchHandler<never, unknown>;
	resolve(value: unknown): void;
	reject(error: unknown): void;
}

export function createQueue(): Queue {
	const waiting: Waiting[] = [];
	let working: Promise<void> | undefined;

	function add<T>(item: unknown, handler: BatchHandler<never, unknown>): Promise<T> {
		return new Promise<T>((resolve, reject) => {
			waiting.push({ item, handler, resolve: resolve as (value: unknown) => void, reject });
			working ??= work();
		});
	}

	async function work(): Promise<void> {
		// Who asks in the same turn goes together.
		await Promise.resolve();
		for (let batch = takeBatch(waiting); batch.length > 0; batch = takeBatch(waiting)) {
			await handleBatch(batch);
		}
		working = undefined;
	}

	return {
		run: (body) => add(undefined, { most: 1, handle: async () => [await body()] }),
		batch: (item, handler) => add(item, handler as unknown as BatchHandler<never, unknown>),
		async idle() {
			await working;
		},
	};
}

function takeBatch(waiting: Waiting[]): Waiting[] {
	const first = waiting[0];
	const other = waiting.findIndex(({ handler }) => handler !== first?.handler);
	const length = other === -1 ? waiting.length : other;
	return waiting.splice(0, Math.min(length, first?.handler.most ?? 0));
}

async function handleBatch(batch: readonly Waiting[]): Promise<void> {
	try {
		const values = await batch[0]!.handler.handle(batch.map(({ item }) => item as never));
		batch.forEach(({ resolve }, i) => resolve(values[i]));
	} catch (error) {
		if (batch.length === 1) {
			batch[0]!.reject(error);
			return;
		}
		for (const one of batch) {
			await handleBatch([one]);
		}
	}
}
