import type { Flow } from '../flows/flow.js';
import type { FlowOptions } from '../flows/stream.js';
import type { FlowLoss } from '../history/loss.js';
import type { FlowQuery } from '../history/query.js';

/** Where flows come from: a datapath, or anything that gives them. */
export interface HubbleSource {
	flows(options?: FlowOptions): AsyncIterable<Flow> & {
		/** Events that the stream did not get, since it began. */
		readonly lost?: bigint;
		close?(): Promise<void>;
	};
	/**
	 * Flows of before those that `flows` remembers, with the losses between them; every flow that was told by the first
	 * `next` is found. Absent, or undefined: there are none.
	 */
	past?(query: FlowQuery): AsyncGenerator<Flow | FlowLoss, void> | undefined;
}

export interface SourceListener {
	flow(flow: Flow): void;
	/** Events lost before this process saw them. */
	lost(count: number): void;
	/** With an error where the source failed. */
	end(error?: unknown): void;
}

export interface SourceReader {
	close(): Promise<void>;
}

const BUFFER = 16_384;
/** Flows in one turn of the event loop: a source that always has more must not keep clients from being served. */
const TURN = 256;
const LOST_INTERVAL_MS = 1000;

/** Hands over all flows of a source, `last` of the past first, until it ends or is closed. */
export function readSource(source: HubbleSource, last: number, listener: SourceListener): SourceReader {
	const stream = source.flows({ last, follow: true, bufferSize: BUFFER });
	const iterator = stream[Symbol.asyncIterator]();
	let told = 0n;
	let closed = false;

	function tellLost(): void {
		const lost = stream.lost ?? 0n;
		if (lost > told) {
			listener.lost(Number(lost - told));
			told = lost;
		}
	}

	async function read(): Promise<void> {
		for (let count = 1; ; count++) {
			const next = await iterator.next();
			if (closed || next.done === true) {
				return;
			}
			listener.flow(next.value);
			if (count % TURN === 0) {
				await new Promise(setImmediate);
			}
		}
	}

	async function run(): Promise<void> {
		try {
			await read();
			tellLost();
			listener.end();
		} catch (error) {
			listener.end(error);
		} finally {
			clearInterval(timer);
		}
	}

	// Asking for the count is a system call: not for each flow.
	const timer = setInterval(tellLost, LOST_INTERVAL_MS).unref();
	void run();
	return {
		async close() {
			closed = true;
			clearInterval(timer);
			// A generator that waits for its next flow answers only after it: not to be waited for.
			await (stream.close?.() ?? void iterator.return?.()?.catch(() => undefined));
		},
	};
}
