import { setImmediate } from 'node:timers/promises';
import type { Flow } from '../flows/flow.js';
import type { FlowOptions, FlowStream } from '../flows/stream.js';
import type { FlowHistory } from './history.js';
import type { FlowLoss } from './loss.js';
import type { FlowQuery } from './query.js';

/** Whose flows are kept: a datapath. */
export interface RecordedSource {
	flows(options?: FlowOptions): Pick<FlowStream, 'lost' | 'ready' | 'take' | 'close'>;
	stats(): { readonly events: { readonly lost: bigint } };
}

/** Appends every flow of a source to a history, and remembers what is missing there. */
export interface FlowRecorder extends AsyncDisposable {
	/**
	 * Flows as {@link FlowHistory.query} finds them, every one that the source has told by the first `next` among them, and
	 * between them the losses of that time.
	 */
	past(query?: FlowQuery): AsyncGenerator<Flow | FlowLoss, void>;
	/** Appends what is told by then. The history stays open. */
	close(): Promise<void>;
}

/** Events that may wait while this process does something else. */
const BUFFER = 65_536;
/** Flows in one turn of the event loop. */
const TURN = 1024;
const LOSS_INTERVAL_MS = 1000;

export function recordFlows(source: RecordedSource, history: FlowHistory): FlowRecorder {
	noteRestart(source, history);
	const stream = source.flows({ last: Number.MAX_SAFE_INTEGER, bufferSize: BUFFER });
	const timer = setInterval(noteLosses, LOSS_INTERVAL_MS).unref();
	let lost = stream.lost;
	let whole = new Date();

	function noteLosses(): void {
		const now = new Date();
		const count = stream.lost - lost;
		if (count > 0n) {
			lost += count;
			history.lose({ since: whole, until: now, count, cause: 'events' });
			history.noteLost(source.stats().events.lost);
		}
		whole = now;
	}

	function settle(): void {
		keep(stream.take());
	}

	function keep(flows: Flow[]): void {
		try {
			history.append(flows);
		} catch {
			// One that no history can hold must not end the others.
			const now = new Date();
			history.lose({ since: whole, until: now, count: BigInt(flows.length), cause: 'events' });
		}
	}

	async function record(): Promise<void> {
		while (await stream.ready()) {
			keep(stream.take(TURN));
			await setImmediate();
		}
	}

	async function* past(query: FlowQuery = {}): AsyncGenerator<Flow | FlowLoss, void> {
		settle();
		noteLosses();
		yield* withLosses(history.query(query), history.losses(query), query);
	}

	const done = record();

	async function close(): Promise<void> {
		clearInterval(timer);
		await stream.close();
		await done;
		settle();
	}

	let closing: Promise<void> | undefined;
	const closeOnce = () => (closing ??= close());
	return { past, close: closeOnce, [Symbol.asyncDispose]: closeOnce };
}

/** What nobody read while no process was there, and what a killed one had not written. */
function noteRestart(source: RecordedSource, history: FlowHistory): void {
	const { former } = history;
	const { latest } = history.stats();
	const lost = source.stats().events.lost;
	if (latest !== undefined) {
		const before = former?.lost ?? 0n;
		// Less than before: the datapath was loaded anew.
		const count = lost >= before ? lost - before : lost;
		if (count > 0n || former?.whole !== true) {
			const now = new Date();
			history.lose({ since: latest < now ? latest : now, until: now, count, cause: 'restart' });
		}
	}
	history.noteLost(lost);
}

/** A loss comes before the first flow that is later; of a part of the time only those beside what is told. */
async function* withLosses(
	flows: AsyncIterable<Flow>,
	losses: readonly FlowLoss[],
	{ since, first, last }: FlowQuery,
): AsyncGenerator<Flow | FlowLoss, void> {
	let next = 0;
	let told = 0;
	for await (const flow of flows) {
		for (; next < losses.length && losses[next]!.until <= flow.time; next++) {
			// What was lost before the newest flows that were asked for is not asked for.
			if (told > 0 || since !== undefined || last === undefined) {
				yield losses[next]!;
			}
		}
		yield flow;
		told++;
	}
	if (first === undefined || told < first) {
		yield* losses.slice(next);
	}
}
