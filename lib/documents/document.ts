import type { CiliumNodeSpec } from './cilium-node.js';
import type { CiliumPolicySpec } from './cilium-rule.js';
import type { ClusterPolicySpec } from './cluster-network-policy.js';
import type { DocumentSource } from './issue.js';
import type { KubernetesPolicySpec } from './kubernetes-policy.js';
import type { Metadata } from './metadata.js';
import type { NodeSpec, NodeStatus } from './node.js';
import type { PodNetworkSpec } from './pod-network.js';
import type { PodSpec, PodStatus } from './pod.js';
import type { PoolSpec } from './pool.js';
import type { EndpointSliceBody, ServiceSpec } from './service.js';

interface Common<Kind extends string> {
	readonly apiVersion: string;
	readonly kind: Kind;
	readonly metadata: Metadata;
	readonly source: DocumentSource;
}

export interface CiliumPodIPPool extends Common<'CiliumPodIPPool'> {
	readonly spec: PoolSpec;
}

/** A node as Cilium's agent and operator tell each other of it: which blocks of pools it has, and what it needs. */
export interface CiliumNode extends Common<'CiliumNode'> {
	readonly spec?: CiliumNodeSpec;
}

export interface IsovalentPodNetwork extends Common<'IsovalentPodNetwork'> {
	readonly spec: PodNetworkSpec;
}

export interface Pod extends Common<'Pod'> {
	readonly spec?: PodSpec;
	readonly status?: PodStatus;
}

export type Namespace = Common<'Namespace'>;

export interface Node extends Common<'Node'> {
	readonly spec?: NodeSpec;
	readonly status?: NodeStatus;
}

export interface Service extends Common<'Service'> {
	readonly spec: ServiceSpec;
}

export interface EndpointSlice extends Common<'EndpointSlice'>, EndpointSliceBody {}

/** At least one of spec and specs. */
interface CiliumPolicyBody {
	readonly spec?: CiliumPolicySpec;
	readonly specs?: readonly CiliumPolicySpec[];
}

export interface CiliumNetworkPolicy extends Common<'CiliumNetworkPolicy'>, CiliumPolicyBody {}
export interface CiliumClusterwideNetworkPolicy extends Common<'CiliumClusterwideNetworkPolicy'>, CiliumPolicyBody {}

export interface NetworkPolicy extends Common<'NetworkPolicy'> {
	readonly spec: KubernetesPolicySpec;
}

export interface MultiNetworkPolicy extends Common<'MultiNetworkPolicy'> {
	readonly spec: KubernetesPolicySpec;
}

export interface ClusterNetworkPolicy extends Common<'ClusterNetworkPolicy'> {
	readonly spec: ClusterPolicySpec;
}

export type PolicyDocument =
	CiliumNetworkPolicy | CiliumClusterwideNetworkPolicy | NetworkPolicy | MultiNetworkPolicy | ClusterNetworkPolicy;
export type HeddleDocument =
	| CiliumPodIPPool
	| CiliumNode
	| IsovalentPodNetwork
	| Pod
	| Namespace
	| Node
	| Service
	| EndpointSlice
	| PolicyDocument;
export type DocumentKind = HeddleDocument['kind'];
export type PolicyKind = PolicyDocument['kind'];

export const POLICY_KINDS: readonly PolicyKind[] = [
	'CiliumNetworkPolicy',
	'CiliumClusterwideNetworkPolicy',
	'NetworkPolicy',
	'MultiNetworkPolicy',
	'ClusterNetworkPolicy',
];

/** Kinds without a namespace. */
const CLUSTER_WIDE: readonly DocumentKind[] = [
	'CiliumPodIPPool',
	'CiliumNode',
	'IsovalentPodNetwork',
	'Namespace',
	'Node',
	'CiliumClusterwideNetworkPolicy',
	'ClusterNetworkPolicy',
];

export function isClusterWide(kind: DocumentKind): boolean {
	return CLUSTER_WIDE.includes(kind);
}

export function isPolicy(document: HeddleDocument): document is PolicyDocument {
	return (POLICY_KINDS as readonly string[]).includes(document.kind);
}

export function namespaceOf(document: Pick<HeddleDocument, 'metadata'>): string {
	return document.metadata.namespace ?? 'default';
}

/** `CiliumNetworkPolicy default/web`: what errors and flows call it, and what makes two documents the same one. */
export function documentName(document: Pick<HeddleDocument, 'kind' | 'metadata'>): string {
	const { kind, metadata } = document;
	return isClusterWide(kind) ? `${kind} ${metadata.name}` : `${kind} ${namespaceOf(document)}/${metadata.name}`;
}

/** The specs of a Cilium policy, each with the path to it. */
export function specsOf(document: CiliumPolicyBody): { path: readonly (string | number)[]; spec: CiliumPolicySpec }[] {
	return [
		...(document.spec === undefined ? [] : [{ path: ['spec'], spec: document.spec }]),
		...(document.specs ?? []).map((spec, i) => ({ path: ['specs', i], spec })),
	];
}
