import { flowPredicate } from '../flows/filter.js';
import type { FlowFilter, FlowPredicate } from '../flows/filter.js';
import type { Flow, FlowEndpoint } from '../flows/flow.js';
import type { FlowKind, L7Kind } from './kind.js';
import type { Segment } from './segment.js';

/** Whether a row may match; false is sure. */
export type RowTest = (row: number) => boolean;

/** undefined: no row of this segment can match. */
export type SegmentTest = (segment: Segment) => RowTest | undefined;

/**
 * The filter asked of what flows share instead of each flow, so that few columns are read and compared as numbers.
 * Meaning comes from lib/flows/filter.ts alone: its predicate is asked about flows that consist of the shared part.
 */
export function segmentTests(filter: FlowFilter): SegmentTest[] {
	return [kindTests, endTests, l4Tests, ipTests, portTests].flatMap((testsOf) => testsOf(filter));
}

function kindTests({ verdict, eventType, trafficDirection, network, dropReason, isReply }: FlowFilter): SegmentTest[] {
	const asked = { verdict, eventType, trafficDirection, network, dropReason, isReply };
	return ifAsked(asked, (matches) => (segment) => {
		const fine = marks(segment.dictionary('kinds'), (kind) => matches(kind as FlowKind & Flow));
		return fine && inColumn(segment.column('kind'), fine);
	});
}

/** One of the two ends; each field may be met by another. */
function endTests({ endpoint, pod, identity }: FlowFilter): SegmentTest[] {
	return [{ identity }, { pod }, { endpoint }].flatMap((asked) =>
		ifAsked(asked, (matches) => (segment) => {
			const ofEnd = (end: FlowEndpoint) => matches({ source: end, destination: end } as Flow);
			const fine = marks(segment.dictionary('endpoints'), ofEnd);
			return fine && inEither(segment.column('source'), segment.column('destination'), fine);
		}),
	);
}

function l4Tests({ protocol }: FlowFilter): SegmentTest[] {
	return ifAsked({ protocol }, (matches) => (segment) => {
		const fine = marks(segment.dictionary('l4s'), (l4) => matches({ l4: l4 ?? undefined } as Flow));
		const ofL7 = (l7: L7Kind | undefined) => l7 !== undefined && matches({ l7 } as Flow);
		// Numbers are one more than their place.
		const fineL7 = marks([undefined, ...segment.dictionary('l7s')], ofL7);
		return anyOf(fine && inColumn(segment.column('l4'), fine), fineL7 && inColumn(segment.column('l7'), fineL7));
	});
}

function ipTests({ ip }: FlowFilter): SegmentTest[] {
	return ifAsked({ ip }, (matches) => (segment) => {
		// Numbers are one more than their place.
		const known = ['', ...segment.dictionary('ips')];
		const fine = marks(known, (one) => matches({ ip: { source: one, destination: one } } as Flow));
		return fine && inEither(segment.column('sourceIp'), segment.column('destinationIp'), fine);
	});
}

function portTests({ port }: FlowFilter): SegmentTest[] {
	return ifAsked({ port }, (matches) => {
		const ports = Array.from({ length: PORTS + 1 }, (_, i) => i - 1);
		const fine = marks(ports, (one) => one >= 0 && matches({ l4: { sourcePort: one, destinationPort: one } } as Flow));
		return (segment) => fine && inEither(segment.column('sourcePort'), segment.column('destinationPort'), fine);
	});
}

const PORTS = 65_536;

function ifAsked(asked: FlowFilter, make: (matches: FlowPredicate) => SegmentTest): SegmentTest[] {
	return Object.values(asked).every((value) => value === undefined) ? [] : [make(flowPredicate(asked))];
}

/** 1 for each value that matches; undefined where none does. */
function marks<T>(values: readonly T[], matches: (value: T) => boolean): Uint8Array | undefined {
	const fine = Uint8Array.from(values, (value) => (matches(value) ? 1 : 0));
	return fine.includes(1) ? fine : undefined;
}

function anyOf(one: RowTest | undefined, other: RowTest | undefined): RowTest | undefined {
	return one === undefined || other === undefined ? (one ?? other) : (row) => one(row) || other(row);
}

function inColumn(column: Float64Array, fine: Uint8Array): RowTest {
	return (row) => fine[column[row]!] === 1;
}

function inEither(one: Float64Array, other: Float64Array, fine: Uint8Array): RowTest {
	return (row) => fine[one[row]!] === 1 || fine[other[row]!] === 1;
}
