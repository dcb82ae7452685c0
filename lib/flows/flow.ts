import type { FlowL7 } from './l7.js';

/**
 * Verdicts in Hubble's words. 'AUDIT': policy would have denied it; it was forwarded. 'REDIRECTED': to the proxy that the
 * rule asks for. 'ERROR': the proxy could not do what was allowed.
 */
export type FlowVerdict = 'FORWARDED' | 'DROPPED' | 'AUDIT' | 'REDIRECTED' | 'ERROR';

/**
 * Where a packet came from, or was handed to: an endpoint, the host itself, its routing, an uplink, the L7 proxy.
 * 'from-endpoint' left the source's interface, judged by its egress policy; the proxy's packets bear the addresses of the
 * ends that it stands for.
 */
export type TracePoint =
	| 'from-endpoint'
	| 'from-host'
	| 'from-stack'
	| 'from-network'
	| 'from-proxy'
	| 'to-endpoint'
	| 'to-host'
	| 'to-stack'
	| 'to-network'
	| 'to-proxy';

/**
/**
 * 'policy-verdict' is one side's policy; 'drop' the end of a packet; 'flow-end' the end of a conversation, with its
 * counts; 'l7' what a proxy saw: a request or a response.
 */
export type FlowEventType = TracePoint | 'policy-verdict' | 'drop' | 'flow-end' | 'l7';

/** 'NEW': the packet began a conversation; 'RELATED': an ICMP error about one. */
export type TraceReason = 'NEW' | 'ESTABLISHED' | 'REPLY' | 'RELATED';

export type TrafficDirection = 'INGRESS' | 'EGRESS' | 'TRAFFIC_DIRECTION_UNKNOWN';

/** One end of a flow. What is not an endpoint of this node has no `endpointId`. */
export interface FlowEndpoint {
	readonly endpointId?: number;
	/** The endpoint's name; 'host', 'world-ipv4', … or `cidr:…` for others. */
	readonly name: string;
	readonly identity: number;
	/** `k8s:app=client`, sorted. */
	readonly labels: readonly string[];
	readonly pod?: string;
	readonly namespace?: string;
	/** Interface on the host's side. */
	readonly interface?: string;
	/** Interface as the pod calls it, where known. */
	readonly podInterface?: string;
	readonly network: string;
}

export interface FlowIp {
	readonly version: 4 | 6;
	readonly source: string;
	readonly destination: string;
}

export interface FlowL4 {
	/** 'TCP', 'UDP', 'SCTP', 'ICMPv4', 'ICMPv6', or the IANA number as text. */
	readonly protocol: string;
	readonly sourcePort?: number;
	readonly destinationPort?: number;
	/** Of the packet that caused the event; of all packets in a flow end. */
	readonly flags?: readonly string[];
	readonly icmp?: { readonly type: number; readonly code: number };
}

export interface FlowDropReason {
	/** enum drop_reason */
	readonly number: number;
	/** 'POLICY_DENIED' */
	readonly name: string;
	/** 'Policy denied' */
	readonly text: string;
}

/** The row that decided, and where it was written. */
export interface FlowRule {
	readonly cookie: number;
	/** 'direct' for rows by hand, else the document: `CiliumNetworkPolicy default/web`. */
	readonly policy: string;
	/** `spec.ingress[0]`, or the row in words. */
	readonly rule: string;
	readonly file?: string;
	/** Line in the document, from 1. */
	readonly line?: number;
	readonly match: 'none' | 'L3-Only' | 'L4-Only' | 'L3-L4' | 'all';
}

export interface FlowPolicy {
	/** 'REDIRECTED': to the L7 proxy that the rule asks for. */
	readonly action: 'ALLOWED' | 'DENIED' | 'AUDITED' | 'REDIRECTED';
	/** Absent: no row matched; the direction's default decided. */
	readonly rule?: FlowRule;
}

export interface FlowEnd {
	readonly cause: 'tcp-closed' | 'tcp-reset' | 'idle' | 'replaced' | 'endpoint-gone';
	readonly started: Date;
	/** From the end that spoke first. */
	readonly packets: bigint;
	readonly bytes: bigint;
	readonly replyPackets: bigint;
	/** Ethernet frames, as sent. */
	readonly replyBytes: bigint;
}

/** One line of what happened, in Hubble's vocabulary. One event of the kernel may tell several. */
export interface Flow {
	readonly time: Date;
	/** Unix time in nanoseconds. */
	readonly timeNs: bigint;
	readonly verdict: FlowVerdict;
	readonly eventType: FlowEventType;
	readonly trafficDirection: TrafficDirection;
	readonly network: string;
	readonly source: FlowEndpoint;
	readonly destination: FlowEndpoint;
	/** Absent where the frame was not IP. */
	readonly ip?: FlowIp;
	readonly l4?: FlowL4;
	/** What a proxy saw; there exactly where `eventType` is 'l7'. */
	readonly l7?: FlowL7;
	readonly isReply: boolean;
	/** Of trace points. */
	readonly traceReason?: TraceReason;
	/** Packets that this one stands for, by the endpoint's `sampling`: sums of weights have no bias. Absent: 1. */
	readonly weight?: number;
	/** Bytes of the Ethernet frame that caused the event; 0 where a proxy told it. */
	readonly length: number;
	readonly dropReason?: FlowDropReason;
	readonly policy?: FlowPolicy;
	readonly end?: FlowEnd;
}
