import type { LabelSelector } from '../labels/selector.js';

/* Parsed and checked; field names are the document's own (networking.k8s.io/v1, k8s.cni.cncf.io/v1beta1). */

export interface IpBlock {
	/** Canonical. */
	readonly cidr: string;
	readonly except?: readonly string[];
}

/** Exactly one of ipBlock and (podSelector, namespaceSelector). */
export interface KubernetesPeer {
	readonly podSelector?: LabelSelector;
	readonly namespaceSelector?: LabelSelector;
	readonly ipBlock?: IpBlock;
}

export interface KubernetesPort {
	/** IANA number; absent in the document: TCP. */
	readonly protocol: number;
	/** Absent: every port of the protocol. */
	readonly port?: number | string;
	readonly endPort?: number;
}

export interface KubernetesIngressRule {
	/** Absent or empty: everyone. */
	readonly from?: readonly KubernetesPeer[];
	/** Absent or empty: every port of every protocol. */
	readonly ports?: readonly KubernetesPort[];
}

export interface KubernetesEgressRule {
	readonly to?: readonly KubernetesPeer[];
	readonly ports?: readonly KubernetesPort[];
}

/** `spec` of a NetworkPolicy and of a MultiNetworkPolicy. */
export interface KubernetesPolicySpec {
	/** In the policy's own namespace. Absent: every pod of it. */
	readonly podSelector?: LabelSelector;
	/** Resolved: absent in the document means Ingress, and Egress where there are egress rules. */
	readonly policyTypes: readonly ('Ingress' | 'Egress')[];
	readonly ingress?: readonly KubernetesIngressRule[];
	readonly egress?: readonly KubernetesEgressRule[];
}
