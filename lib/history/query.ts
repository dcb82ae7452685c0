import { invalidArgument } from '../errors.js';
import { flowPredicate } from '../flows/filter.js';
import type { FlowFilter, FlowPredicate } from '../flows/filter.js';
import type { Flow } from '../flows/flow.js';
import { rowReader } from './row-reader.js';
import { segmentTests } from './row-test.js';
import type { RowTest, SegmentTest } from './row-test.js';
import type { Segment, SegmentBounds } from './segment.js';

export interface FlowQuery {
	/** As for live flows. A function is asked about every flow of the time: slower. */
	readonly filter?: FlowFilter | FlowPredicate;
	/** Flows of this millisecond and later. */
	readonly since?: Date;
	/** Flows of this millisecond and earlier. */
	readonly until?: Date;
	/** Only so many, from the oldest; not together with `last`. */
	readonly first?: number;
	/** Only so many, the newest; not together with `first`. */
	readonly last?: number;
}

/** A query that was checked. */
export interface QueryPlan {
	/** Which Unix times in nanoseconds match, both included. */
	readonly sinceNs: bigint;
	readonly untilNs: bigint;
	readonly first: number;
	readonly last: number | undefined;
	readonly tests: readonly SegmentTest[];
	readonly matches: FlowPredicate;
}

const NS_PER_MS = 1_000_000n;
const FIRST_NS = -(2n ** 63n);
const LAST_NS = 2n ** 63n;

/** @throws ERR_INVALID_ARGUMENT */
export function planQuery({ filter = {}, since, until, first, last }: FlowQuery): QueryPlan {
	assertCount('first', first);
	assertCount('last', last);
	if (first !== undefined && last !== undefined) {
		throw invalidArgument('last', last, "to be absent beside 'first'");
	}
	const untilNs = until === undefined ? LAST_NS : nanoseconds('until', until) + NS_PER_MS - 1n;
	return {
		sinceNs: since === undefined ? FIRST_NS : nanoseconds('since', since),
		untilNs,
		first: first ?? Infinity,
		last,
		tests: typeof filter === 'function' ? [] : segmentTests(filter),
		matches: flowPredicate(filter),
	};
}

export function overlaps({ minNs, maxNs }: SegmentBounds, { sinceNs, untilNs }: QueryPlan): boolean {
	return maxNs >= sinceNs && minNs <= untilNs;
}

/** In order of arrival, or from the newest; each flow is made when it is asked for. */
export function* segmentFlows(segment: Segment, plan: QueryPlan, fromNewest: boolean): Generator<Flow> {
	const rows = matchingRows(segment, plan);
	if (rows.length === 0) {
		return;
	}
	const read = rowReader(segment);
	for (let i = 0; i < rows.length; i++) {
		const flow = read(rows[fromNewest ? rows.length - 1 - i : i]!);
		if (plan.matches(flow)) {
			yield flow;
		}
	}
}

/** Columns that no row is left for are not read. */
function matchingRows(segment: Segment, plan: QueryPlan): ArrayLike<number> {
	let rows: ArrayLike<number> = Uint32Array.from({ length: segment.rows }, (_, row) => row);
	for (const testOf of [(of: Segment) => timeTest(of, plan), ...plan.tests]) {
		const test = testOf(segment);
		rows = test === undefined ? [] : test === ALL ? rows : filterRows(rows, test);
		if (rows.length === 0) {
			break;
		}
	}
	return rows;
}

function filterRows(rows: ArrayLike<number>, test: RowTest): number[] {
	const left: number[] = [];
	for (let i = 0; i < rows.length; i++) {
		if (test(rows[i]!)) {
			left.push(rows[i]!);
		}
	}
	return left;
}

const ALL: RowTest = () => true;

function timeTest(segment: Segment, { sinceNs, untilNs }: QueryPlan): RowTest {
	if (segment.minNs >= sinceNs && segment.maxNs <= untilNs) {
		return ALL;
	}
	const time = segment.column('time');
	const from = sinceNs <= segment.minNs ? -Infinity : Number(sinceNs - segment.baseNs);
	const to = untilNs >= segment.maxNs ? Infinity : Number(untilNs - segment.baseNs);
	return (row) => time[row]! >= from && time[row]! <= to;
}

function nanoseconds(field: string, date: Date): bigint {
	if (!(date instanceof Date) || Number.isNaN(date.getTime())) {
		throw invalidArgument(field, date, 'a valid date');
	}
	return BigInt(date.getTime()) * NS_PER_MS;
}

function assertCount(field: string, count: number | undefined): void {
	if (count !== undefined && (!Number.isInteger(count) || count < 1)) {
		throw invalidArgument(field, count, 'an integer from 1');
	}
}
