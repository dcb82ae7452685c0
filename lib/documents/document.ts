import type { DocumentSource } from './issue.js';
import type { Metadata } from './metadata.js';
import type { NetworkPolicySpec } from './network-policy.js';
import type { PodNetworkSpec } from './pod-network.js';
import type { PodSpec } from './pod.js';
import type { PoolSpec } from './pool.js';

interface Common<Kind extends string> {
	readonly apiVersion: string;
	readonly kind: Kind;
	readonly metadata: Metadata;
	readonly source: DocumentSource;
}

export interface CiliumPodIPPool extends Common<'CiliumPodIPPool'> {
	readonly spec: PoolSpec;
}

export interface IsovalentPodNetwork extends Common<'IsovalentPodNetwork'> {
	readonly spec: PodNetworkSpec;
}

export interface Pod extends Common<'Pod'> {
	readonly spec?: PodSpec;
}

export interface CiliumNetworkPolicy extends Common<'CiliumNetworkPolicy'> {
	readonly spec: NetworkPolicySpec;
}

export type HeddleDocument = CiliumPodIPPool | IsovalentPodNetwork | Pod | CiliumNetworkPolicy;
export type DocumentKind = HeddleDocument['kind'];

/** Kinds without a namespace. */
const CLUSTER_WIDE: readonly string[] = ['CiliumPodIPPool', 'IsovalentPodNetwork'];

export function namespaceOf(document: Pick<HeddleDocument, 'metadata'>): string {
	return document.metadata.namespace ?? 'default';
}

/** `CiliumNetworkPolicy default/web`: what errors and flows call it, and what makes two documents the same one. */
export function documentName(document: Pick<HeddleDocument, 'kind' | 'metadata'>): string {
	const { kind, metadata } = document;
	return CLUSTER_WIDE.includes(kind) ? `${kind} ${metadata.name}` : `${kind} ${namespaceOf(document)}/${metadata.name}`;
}
