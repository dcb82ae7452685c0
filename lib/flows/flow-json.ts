import type { Flow, FlowEnd } from './flow.js';
import type { FlowL7 } from './l7.js';

/** One line: times in RFC 3339, numbers of 64 bits as text. */
export function stringifyFlow(flow: Flow): string {
	return JSON.stringify(flow, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}

type Plain<T> = { readonly [K in keyof T]: T[K] extends Date | bigint ? string : T[K] };

/** What {@link stringifyFlow} wrote, parsed, as it was. */
export function flowFromJson(json: unknown): Flow {
	const plain = json as Plain<Omit<Flow, 'end' | 'l7'>> & {
		readonly end?: Plain<FlowEnd>;
		readonly l7?: Plain<FlowL7>;
	};
	const { end, l7, ...more } = plain;
	return {
		...more,
		time: new Date(more.time),
		timeNs: BigInt(more.timeNs),
		...(l7 === undefined ? {} : { l7: { ...l7, latencyNs: BigInt(l7.latencyNs) } }),
		...(end === undefined ? {} : { end: endOf(end) }),
	};
}

function endOf(end: Plain<FlowEnd>): FlowEnd {
	return {
		cause: end.cause,
		started: new Date(end.started),
		packets: BigInt(end.packets),
		bytes: BigInt(end.bytes),
		replyPackets: BigInt(end.replyPackets),
		replyBytes: BigInt(end.replyBytes),
	};
}
