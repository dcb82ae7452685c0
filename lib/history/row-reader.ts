import type { Flow, FlowEnd, FlowIp, FlowL4 } from '../flows/flow.js';
import type { FlowL7 } from '../flows/l7.js';
import { COUNTS } from './columns.js';
import type { FlowKind } from './kind.js';
import type { Segment } from './segment.js';
import { createTimeScale } from './time-scale.js';

const HIGH = 1n << 32n;

/** A row as the flow that was appended. Objects that flows share are shared. */
export function rowReader(segment: Segment): (row: number) => Flow {
	const scale = createTimeScale(segment.baseNs);
	const [kinds, endpoints] = [segment.dictionary('kinds'), segment.dictionary('endpoints')];
	const [time, skew, kind] = [segment.column('time'), segment.column('skew'), segment.column('kind')];
	const [source, destination, length] = [
		segment.column('source'),
		segment.column('destination'),
		segment.column('length'),
	];
	const readIp = ipReader(segment);
	const readL4 = l4Reader(segment);
	const readL7 = l7Reader(segment);
	const readEnd = endReader(segment, scale.milliseconds);
	return (row) => {
		const offset = time[row]!;
		const of = kinds[kind[row]!]!;
		return {
			time: new Date(scale.milliseconds(offset) + skew[row]!),
			timeNs: scale.timeNs(offset),
			verdict: of.verdict,
			eventType: of.eventType,
			trafficDirection: of.trafficDirection,
			network: of.network,
			source: endpoints[source[row]!]!,
			destination: endpoints[destination[row]!]!,
			ip: of.ipVersion === undefined ? undefined : readIp(row, of.ipVersion),
			l4: readL4(row),
			l7: readL7(row),
			isReply: of.isReply,
			traceReason: of.traceReason,
			weight: of.weight,
			length: length[row]!,
			dropReason: of.dropReason,
			policy: of.policy,
			end: of.endCause === undefined ? undefined : readEnd(row, of.endCause),
		};
	};
}

function ipReader(segment: Segment): (row: number, version: 4 | 6) => FlowIp {
	const [source, destination] = [segment.column('sourceIp'), segment.column('destinationIp')];
	const ips = segment.dictionary('ips');
	return (row, version) => ({
		version,
		source: ips[source[row]! - 1]!,
		destination: ips[destination[row]! - 1]!,
	});
}

function l4Reader(segment: Segment): (row: number) => FlowL4 | undefined {
	const l4s = segment.dictionary('l4s');
	const [l4, source, destination] = [
		segment.column('l4'),
		segment.column('sourcePort'),
		segment.column('destinationPort'),
	];
	return (row) => {
		const known = l4s[l4[row]!];
		if (known === null || known === undefined) {
			return undefined;
		}
		return {
			protocol: known.protocol,
			...(source[row] === 0 ? {} : { sourcePort: source[row]! - 1 }),
			...(destination[row] === 0 ? {} : { destinationPort: destination[row]! - 1 }),
			...(known.flags === undefined ? {} : { flags: known.flags }),
			...(known.icmp === undefined ? {} : { icmp: known.icmp }),
		};
	};
}

function l7Reader(segment: Segment): (row: number) => FlowL7 | undefined {
	const l7s = segment.dictionary('l7s');
	if (l7s.length === 0) {
		return () => undefined;
	}
	const [l7, low, high] = [segment.column('l7'), segment.column('latencyLow'), segment.column('latencyHigh')];
	return (row) => {
		const known = l7s[l7[row]! - 1];
		return known === undefined ? undefined : { ...known, latencyNs: BigInt(high[row]!) * HIGH + BigInt(low[row]!) };
	};
}

type Cause = NonNullable<FlowKind['endCause']>;

/** Its columns are read once a flow needs them: most segments' rows of interest have no end. */
function endReader(segment: Segment, milliseconds: (offset: number) => number): (row: number, cause: Cause) => FlowEnd {
	const count = ([, low, high]: (typeof COUNTS)[number], row: number) =>
		BigInt(segment.column(high)[row]!) * HIGH + BigInt(segment.column(low)[row]!);
	return (row, cause) => ({
		cause,
		started: new Date(milliseconds(segment.column('time')[row]!) - segment.column('started')[row]!),
		packets: count(COUNTS[0], row),
		bytes: count(COUNTS[1], row),
		replyPackets: count(COUNTS[2], row),
		replyBytes: count(COUNTS[3], row),
	});
}
