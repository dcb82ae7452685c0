import type { LiveExplanation } from '../datapath/explain-policies.js';
import type { FlowEventType, FlowRule, FlowVerdict, TrafficDirection } from '../flows/flow.js';

/** What server and page say to each other: plain JSON. */

export interface WireEnd {
	readonly name: string;
	readonly namespace?: string;
	readonly identity: number;
	readonly endpointId?: number;
	readonly network: string;
	/** As the pod calls it, or the host. */
	readonly interface?: string;
	readonly address?: string;
	readonly port?: number;
}

export interface WireFlow {
	/** Counts up from 1 in one server. */
	readonly number: number;
	/** Unix time in milliseconds. */
	readonly timeMs: number;
	readonly verdict: FlowVerdict;
	readonly eventType: FlowEventType;
	readonly direction: TrafficDirection;
	readonly network: string;
	readonly source: WireEnd;
	readonly destination: WireEnd;
	readonly isReply: boolean;
	readonly protocol?: string;
	/** `TCP Flags: SYN`, `HTTP/1.1 GET http://10.0.0.1/` */
	readonly detail: string;
	/** `http-request`, where a proxy told it. */
	readonly l7?: string;
	readonly dropReason?: string;
	readonly rule?: FlowRule;
	/** For `explain`: port of the destination, or type << 8 | code of ICMP. */
	readonly explainPort?: number;
}

export interface WireNode {
	/** Of one network, unique in the map. */
	readonly key: string;
	readonly name: string;
	readonly network: string;
}

export type EdgeVerdict = 'allowed' | 'denied' | 'audited';

/** Who talks to whom, one edge for each verdict. */
export interface WireEdge {
	readonly network: string;
	readonly from: string;
	readonly to: string;
	readonly verdict: EdgeVerdict;
	readonly count: number;
	/** New conversations, or drops, a second, over the last ten. */
	readonly perSecond: number;
	/** The newest of these flows. */
	readonly last: WireFlow;
}

export interface WireMap {
	readonly nodes: readonly WireNode[];
	readonly edges: readonly WireEdge[];
	/** Edges that were forgotten to keep the map small. */
	readonly forgotten: number;
}

export interface WireLoss {
	/** Flows that this client was too slow for. */
	readonly client: number;
	/** Events that did not reach the server, since it began. */
	readonly server: number;
}

export interface WireEndpoint {
	readonly id: number;
	readonly name: string;
	readonly pod?: string;
	readonly network: string;
	readonly interface: string;
	readonly addresses: readonly string[];
	readonly identity: number;
	readonly labels: readonly string[];
	readonly enforced: { readonly ingress: boolean; readonly egress: boolean };
	readonly audit: boolean;
}

export interface WirePolicy {
	/** `CiliumNetworkPolicy default/web` */
	readonly name: string;
	readonly kind: string;
	readonly yaml: string;
}

export interface WireExplanation {
	readonly explanation: LiveExplanation;
	/** As `heddle policy explain` tells it. */
	readonly text: string;
}

export interface WireError {
	readonly code: string;
	readonly message: string;
}
