import type { Flow } from '../flows/flow.js';
import { isFlowLoss } from '../history/loss.js';
import type { FlowLoss } from '../history/loss.js';
import type { FlowQuery } from '../history/query.js';
import type { Observer } from './observer.js';
import { LostSource } from './record.js';
import type { FlowRecord, HubbleRecord } from './record.js';
import { isWanted, limitOf, selectPast, takePast } from './selection.js';
import type { Selection } from './selection.js';
import { isServedFlow } from './translate/flow.js';

const NS_PER_MS = 1_000_000n;

/** What a client gets of the past: `ready` at once, or `older`, which has begun and ends with what memory holds. */
export interface Past {
	readonly ready: readonly HubbleRecord[];
	readonly older?: AsyncGenerator<HubbleRecord, void>;
}

/** Memory tells what it can; what it does not reach back to comes from where the source keeps it. */
export function openPast(observer: Observer, selection: Selection): Past {
	const ready = selectPast(observer.history, selection);
	// A whole millisecond: the source is asked by these.
	const boundaryMs = observer.wholeSinceNs / NS_PER_MS + 1n;
	if (reachesBack(ready, selection, boundaryMs)) {
		return { ready };
	}
	const recent = recentOf(observer, selection, boundaryMs * NS_PER_MS);
	const { limit, oldest } = limitOf(selection);
	const missing = limit - (oldest ? 0 : flowsIn(recent));
	const wanted = wantedRecords(observer, selection);
	const found = missing <= 0 ? undefined : observer.past(olderQuery(selection, boundaryMs, wanted.matches, missing));
	if (found === undefined) {
		return { ready };
	}
	const recordOf = (one: Flow | FlowLoss) => (isFlowLoss(one) ? lossRecord(observer, one) : wanted.record(one));
	const begun = found.next();
	begun.catch(() => undefined);
	return { ready: [], older: olderThenRecent({ begun, found }, recent, limit, recordOf) };
}

/** Whether all that is asked for is in memory, as far as can be told. */
function reachesBack(ready: readonly HubbleRecord[], selection: Selection, boundaryMs: bigint): boolean {
	const { follow, number, sinceNs } = selection;
	if (sinceNs !== undefined) {
		return sinceNs >= boundaryMs * NS_PER_MS;
	}
	const { limit, oldest } = limitOf(selection);
	return (follow && number === 0) || (!oldest && flowsIn(ready) >= limit);
}

/** From the oldest on how many are left is known later. */
function recentOf(observer: Observer, selection: Selection, boundaryNs: bigint): HubbleRecord[] {
	const { sinceNs } = selection;
	const { limit, oldest } = limitOf(selection);
	const since = sinceNs !== undefined && sinceNs > boundaryNs ? sinceNs : boundaryNs;
	return takePast(observer.history, { ...selection, sinceNs: since }, { limit: oldest ? Infinity : limit, oldest });
}

interface WantedRecords {
	matches(flow: Flow): boolean;
	/** Of a flow that matched. */
	record(flow: Flow): FlowRecord;
}

/** A flow is translated once, to be looked at and to be sent. */
function wantedRecords(observer: Observer, selection: Selection): WantedRecords {
	const records = new WeakMap<Flow, FlowRecord>();
	return {
		matches(flow) {
			if (!isServedFlow(flow)) {
				return false;
			}
			const record = observer.record(flow);
			const isOne = isWanted(record, selection);
			if (isOne) {
				records.set(flow, record);
			}
			return isOne;
		},
		record: (flow) => records.get(flow)!,
	};
}

function olderQuery(
	selection: Selection,
	boundaryMs: bigint,
	filter: (flow: Flow) => boolean,
	missing: number,
): FlowQuery {
	const { sinceNs, untilNs } = selection;
	const lastMs = untilNs === undefined || untilNs / NS_PER_MS >= boundaryMs ? boundaryMs - 1n : untilNs / NS_PER_MS;
	const { oldest } = limitOf(selection);
	return {
		filter,
		until: new Date(Number(lastMs)),
		...(sinceNs === undefined ? {} : { since: new Date(Number(sinceNs / NS_PER_MS)) }),
		...(missing === Infinity ? {} : oldest ? { first: missing } : { last: missing }),
	};
}

interface Begun {
	readonly begun: Promise<IteratorResult<Flow | FlowLoss, void>>;
	readonly found: AsyncGenerator<Flow | FlowLoss, void>;
}

async function* olderThenRecent(
	{ begun, found }: Begun,
	recent: readonly HubbleRecord[],
	limit: number,
	recordOf: (one: Flow | FlowLoss) => HubbleRecord,
): AsyncGenerator<HubbleRecord, void> {
	let left = limit;
	try {
		for (let next = await begun; next.done !== true; next = await found.next()) {
			const one = next.value;
			left -= isFlowLoss(one) ? 0 : 1;
			yield recordOf(one);
		}
	} finally {
		await found.return();
	}
	for (let i = 0; i < recent.length && left > 0; i++) {
		left -= recent[i]!.kind === 'flow' ? 1 : 0;
		yield recent[i]!;
	}
}

function lossRecord(observer: Observer, { since, until, count }: FlowLoss): HubbleRecord {
	const ns = (date: Date) => BigInt(date.getTime()) * NS_PER_MS;
	return observer.lost({
		source: LostSource.KernelRing,
		count: Number(count),
		firstNs: ns(since),
		lastNs: ns(until),
	});
}

function flowsIn(records: readonly HubbleRecord[]): number {
	return records.filter(({ kind }) => kind === 'flow').length;
}
