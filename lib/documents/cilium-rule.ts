import type { LabelSelector } from '../labels/selector.js';
import type { DnsRule, L7Rules } from './l7-rules.js';

/** Parsed and checked; field names are the document's own. */
export interface CiliumPort {
	/** Number (0: every port), or the name that pods gave a port. */
	readonly port: number | string;
	/** Last port of a range; absent: one port. Never with a name. */
	readonly endPort?: number;
	/** IANA number; `any` is TCP, UDP and SCTP. */
	readonly protocol: number | 'any';
}

export interface CiliumPortRule {
	/** Absent or empty: no port, as in Cilium. */
	readonly ports?: readonly CiliumPort[];
	readonly rules?: Pick<L7Rules, 'http' | 'dns'>;
	readonly serverNames?: readonly string[];
}

export interface CiliumIcmpField {
	readonly family: 'IPv4' | 'IPv6';
	/** 0 to 255; names are resolved when the document is read. */
	readonly type: number;
}

export interface CiliumIcmpRule {
	readonly fields: readonly CiliumIcmpField[];
}

export interface CiliumCidrRule {
	/** Canonical. */
	readonly cidr: string;
	readonly except?: readonly string[];
}

export const ENTITIES = [
	'all',
	'world',
	'world-ipv4',
	'world-ipv6',
	'cluster',
	'host',
	'remote-node',
	'kube-apiserver',
	'ingress',
	'init',
	'unmanaged',
	'health',
	'none',
] as const;
export type Entity = (typeof ENTITIES)[number];

export interface CiliumService {
	readonly k8sService?: { readonly serviceName: string; readonly namespace?: string };
	readonly k8sServiceSelector?: { readonly selector: LabelSelector; readonly namespace?: string };
}

export interface CiliumAuthentication {
	readonly mode: 'disabled' | 'required' | 'test-always-fail';
}

interface CiliumRule {
	readonly toPorts?: readonly CiliumPortRule[];
	readonly icmps?: readonly CiliumIcmpRule[];
	readonly authentication?: CiliumAuthentication;
}

/** Lists of peers: absent, and empty, are different. `toPorts`: absent and empty are the same, every port. */
export interface CiliumIngressRule extends CiliumRule {
	readonly fromEndpoints?: readonly LabelSelector[];
	readonly fromEntities?: readonly Entity[];
	readonly fromCIDR?: readonly string[];
	readonly fromCIDRSet?: readonly CiliumCidrRule[];
	readonly fromNodes?: readonly LabelSelector[];
}

export interface CiliumEgressRule extends CiliumRule {
	readonly toEndpoints?: readonly LabelSelector[];
	readonly toEntities?: readonly Entity[];
	readonly toCIDR?: readonly string[];
	readonly toCIDRSet?: readonly CiliumCidrRule[];
	readonly toNodes?: readonly LabelSelector[];
	readonly toServices?: readonly CiliumService[];
	readonly toFQDNs?: readonly DnsRule[];
}

/** `spec`, or one of `specs`, of a CiliumNetworkPolicy or CiliumClusterwideNetworkPolicy. */
export interface CiliumPolicySpec {
	/** Exactly one of the two. Nodes: in cluster-wide policies only. */
	readonly endpointSelector?: LabelSelector;
	readonly nodeSelector?: LabelSelector;
	readonly ingress?: readonly CiliumIngressRule[];
	readonly ingressDeny?: readonly CiliumIngressRule[];
	readonly egress?: readonly CiliumEgressRule[];
	readonly egressDeny?: readonly CiliumEgressRule[];
	/** By direction. Absent: true where the policy has rules of that direction, deny rules among them. */
	readonly enableDefaultDeny?: { readonly ingress?: boolean; readonly egress?: boolean };
	/** Of the policy itself; kept and shown. */
	readonly labels?: readonly { readonly key: string; readonly value?: string; readonly source?: string }[];
	readonly description?: string;
}
