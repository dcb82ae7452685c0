import type { Flow, FlowEnd } from '../flows/flow.js';
import type { FlowL7 } from '../flows/l7.js';

/** What many flows have in common; a segment keeps each once. */
export interface FlowKind {
	readonly verdict: Flow['verdict'];
	readonly eventType: Flow['eventType'];
	readonly trafficDirection: Flow['trafficDirection'];
	readonly network: string;
	readonly isReply: boolean;
	/** Absent where the frame was not IP. */
	readonly ipVersion?: 4 | 6;
	readonly dropReason?: Flow['dropReason'];
	readonly policy?: Flow['policy'];
	readonly endCause?: FlowEnd['cause'];
	readonly traceReason?: Flow['traceReason'];
	readonly weight?: number;
}

/** Of the transport header what is not a port; null where there was none. */
export type L4Kind = { readonly protocol: string; readonly flags?: readonly string[]; readonly icmp?: IcmpKind } | null;

interface IcmpKind {
	readonly type: number;
	readonly code: number;
}

/** But for its latency: requests and answers that are alike are kept once. */
export type L7Kind = Omit<FlowL7, 'latencyNs'>;

export function kindOf(flow: Flow): FlowKind {
	return {
		verdict: flow.verdict,
		eventType: flow.eventType,
		trafficDirection: flow.trafficDirection,
		network: flow.network,
		isReply: flow.isReply,
		ipVersion: flow.ip?.version,
		dropReason: flow.dropReason,
		policy: flow.policy,
		endCause: flow.end?.cause,
		traceReason: flow.traceReason,
		weight: flow.weight,
	};
}

export function l4KindOf({ l4 }: Flow): L4Kind {
	return l4 === undefined ? null : { protocol: l4.protocol, flags: l4.flags, icmp: l4.icmp };
}

export function l7KindOf({ latencyNs: _, ...kind }: FlowL7): L7Kind {
	return kind;
}
