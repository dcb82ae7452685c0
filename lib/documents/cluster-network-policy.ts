import type { LabelSelector } from '../labels/selector.js';

/* Parsed and checked; field names are the document's own (policy.networking.k8s.io/v1alpha2). */

/** Exactly one of the two. */
export interface ClusterSubject {
	readonly namespaces?: LabelSelector;
	readonly pods?: { readonly namespaceSelector: LabelSelector; readonly podSelector: LabelSelector };
}

/** Exactly one field. None: an option this version does not know, which fails closed: see `cluster-rules.ts`. */
export interface ClusterPeer extends ClusterSubject {
	/** Egress only, as the next two. */
	readonly nodes?: LabelSelector;
	/** CIDRs, canonical. */
	readonly networks?: readonly string[];
	readonly domainNames?: readonly string[];
}

export interface ClusterPortRange {
	readonly start: number;
	readonly end: number;
}

/** Exactly one field. `{ tcp: {} }` is every port of TCP. */
export interface ClusterProtocol {
	readonly tcp?: ClusterDestination;
	readonly udp?: ClusterDestination;
	readonly sctp?: ClusterDestination;
	readonly destinationNamedPort?: string;
}

export interface ClusterDestination {
	readonly destinationPort?: { readonly number?: number; readonly range?: ClusterPortRange };
}

interface ClusterRule {
	readonly name?: string;
	readonly action: 'Accept' | 'Deny' | 'Pass';
	/** Absent: every protocol, every port. */
	readonly protocols?: readonly ClusterProtocol[];
}

export interface ClusterIngressRule extends ClusterRule {
	readonly from: readonly ClusterPeer[];
}

export interface ClusterEgressRule extends ClusterRule {
	readonly to: readonly ClusterPeer[];
}

export interface ClusterPolicySpec {
	readonly tier: 'Admin' | 'Baseline';
	/** 0 to 1000: the lower is asked first. Within a policy, rules are asked in their order. */
	readonly priority: number;
	readonly subject: ClusterSubject;
	readonly ingress?: readonly ClusterIngressRule[];
	readonly egress?: readonly ClusterEgressRule[];
}
