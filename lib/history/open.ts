import { closedError } from '../errors.js';
import type { Flow } from '../flows/flow.js';
import { checkFlows } from './check-flow.js';
import { openHistoryFile } from './file.js';
import type { HistoryFile } from './file.js';
import type { FlowHistory, FlowHistoryStats } from './history.js';
import { checkOptions } from './options.js';
import type { CheckedOptions, FlowHistoryOptions } from './options.js';
import { openLossBook } from './loss.js';
import { openNotes } from './notes.js';
import { overlaps, planQuery } from './query.js';
import type { QueryPlan } from './query.js';
import { readFlows } from './read.js';
import type { OpenSegment } from './read.js';
import { createShelf } from './shelf.js';
import { createHistoryWriter } from './writer.js';

const HOUR_MS = 3_600_000;
const NS_PER_MS = 1_000_000n;
/** Segments of a history of bounded age: short enough to be dropped soon after. */
const SEGMENTS_OF_AGE = 8;

/**
 * Keeps flows on disk, packed by column, in one SQLite file.
 * @throws ERR_INVALID_ARGUMENT, ERR_STORE_CORRUPT, ERR_STORE_LOCKED (another process has it), ERR_STORE_READ_ONLY,
 * ERR_STORE_FULL, ERR_STORE
 */
export async function openFlowHistory(options: FlowHistoryOptions): Promise<FlowHistory> {
	const checked = checkOptions(options);
	const file = await openHistoryFile(checked.path);
	try {
		return createHistory(file, checked);
	} catch (error) {
		file.close();
		throw error;
	}
}

function createHistory(file: HistoryFile, options: CheckedOptions): FlowHistory {
	const sealAfterMs = Math.min(HOUR_MS, options.maxAge / SEGMENTS_OF_AGE);
	const shelf = createShelf(file, options.path, options);
	const writer = createHistoryWriter(shelf, sealAfterMs);
	const losses = openLossBook(file);
	const notes = openNotes(file);
	const upkeep = setInterval(keepUp, sealAfterMs).unref();
	let flushing: NodeJS.Timeout | undefined;
	let open = true;

	function assertOpen(): void {
		if (!open) {
			throw closedError('the flow history');
		}
	}

	function keepUp(): void {
		writer.flush();
		try {
			shelf.expire();
		} catch {
			// The next write tells, or succeeds.
		}
	}

	function flushSoon(): void {
		flushing ??= setTimeout(() => {
			flushing = undefined;
			writer.flush();
			// What the disk refused is tried again.
			if (writer.pending > 0) {
				flushSoon();
			}
		}, options.flushMs).unref();
	}

	/** Oldest first; what is in memory only comes last. */
	function segmentsFor(plan: QueryPlan): OpenSegment[] {
		const wanted = shelf.stored.filter((bounds) => !writer.isPart(bounds.id) && overlaps(bounds, plan));
		return [
			...wanted.map((bounds): OpenSegment => () => {
				assertOpen();
				return shelf.has(bounds.id) ? shelf.open(bounds) : undefined;
			}),
			...writer.segments().map((newest) => () => (overlaps(newest, plan) ? newest : undefined)),
		];
	}

	async function* run(plan: QueryPlan): AsyncGenerator<Flow> {
		assertOpen();
		const oldest = shelf.oldestWanted();
		const bounded = oldest > plan.sinceNs ? { ...plan, sinceNs: oldest } : plan;
		yield* readFlows(segmentsFor(bounded), bounded);
	}

	function stats(): FlowHistoryStats {
		assertOpen();
		const whole = shelf.stored.filter(({ id }) => !writer.isPart(id));
		const all = [...whole, ...writer.segments()].filter(({ rows }) => rows > 0);
		const { lost, pending, failure } = writer;
		return {
			flows: all.reduce((sum, { rows }) => sum + rows, 0),
			diskBytes: file.diskBytes(),
			pending,
			lost,
			...(failure === undefined ? {} : { failure }),
			...(all.length === 0 ? {} : timesOf(all)),
		};
	}

	async function close(): Promise<void> {
		if (open) {
			open = false;
			clearTimeout(flushing);
			clearInterval(upkeep);
			writer.end();
			notes.close(writer.lost === 0);
			file.close();
			if (writer.failure !== undefined) {
				throw writer.failure;
			}
		}
	}

	return {
		append(flows) {
			assertOpen();
			const all = Array.isArray(flows) ? (flows as readonly Flow[]) : [...flows];
			checkFlows(all);
			writer.add(all);
			flushSoon();
		},
		query(query = {}) {
			assertOpen();
			return run(planQuery(query));
		},
		losses({ since, until } = {}) {
			assertOpen();
			return losses.within(since?.getTime() ?? -Infinity, until?.getTime() ?? Infinity);
		},
		lose(loss) {
			assertOpen();
			losses.add(loss);
		},
		former: notes.former,
		noteLost(lost) {
			assertOpen();
			notes.lost(lost);
		},
		stats,
		close,
		[Symbol.asyncDispose]: close,
	};
}

function timesOf(all: readonly { readonly minNs: bigint; readonly maxNs: bigint }[]): { earliest: Date; latest: Date } {
	const min = all.reduce((least, { minNs }) => (minNs < least ? minNs : least), all[0]!.minNs);
	const max = all.reduce((most, { maxNs }) => (maxNs > most ? maxNs : most), all[0]!.maxNs);
	return { earliest: new Date(Number(min / NS_PER_MS)), latest: new Date(Number(max / NS_PER_MS)) };
}
