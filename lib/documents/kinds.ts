import { object, required, type Check } from './check.js';
import { ciliumClusterwideNetworkPolicy, ciliumNetworkPolicy } from './cilium-policy.js';
import { ciliumNode } from './cilium-node.js';
import { clusterNetworkPolicy } from './cluster-policy.js';
import type { DocumentKind } from './document.js';
import type { Kind } from './kind.js';
import { multiNetworkPolicy } from './multi-network-policy.js';
import { namespace } from './namespace.js';
import { networkPolicy } from './network-policy.js';
import { node } from './node.js';
import { podNetwork } from './pod-network.js';
import { pod } from './pod.js';
import { podIpPool } from './pool.js';
import { string } from './scalars.js';
import { endpointSlice, service } from './service.js';

interface KnownKind {
	readonly apiVersion: string;
	readonly check: Check<object>;
}

export const KINDS: Readonly<Record<DocumentKind, KnownKind>> = {
	CiliumNetworkPolicy: known('cilium.io/v2', ciliumNetworkPolicy),
	CiliumClusterwideNetworkPolicy: known('cilium.io/v2', ciliumClusterwideNetworkPolicy),
	NetworkPolicy: known('networking.k8s.io/v1', networkPolicy),
	ClusterNetworkPolicy: known('policy.networking.k8s.io/v1alpha2', clusterNetworkPolicy),
	MultiNetworkPolicy: known('k8s.cni.cncf.io/v1beta1', multiNetworkPolicy),
	Namespace: known('v1', namespace),
	Node: known('v1', node),
	Pod: known('v1', pod),
	Service: known('v1', service),
	EndpointSlice: known('discovery.k8s.io/v1', endpointSlice),
	CiliumPodIPPool: known('cilium.io/v2alpha1', podIpPool),
	CiliumNode: known('cilium.io/v2', ciliumNode),
	IsovalentPodNetwork: known('isovalent.com/v1alpha1', podNetwork),
};

/** Kinds that people have, are not read, and why. */
export const OTHER_KINDS: Readonly<Record<string, string>> = {
	AdminNetworkPolicy: 'ClusterNetworkPolicy of v1alpha2 took its place, with tier: Admin',
	BaselineAdminNetworkPolicy: 'ClusterNetworkPolicy of v1alpha2 took its place, with tier: Baseline',
	CiliumCIDRGroup: 'groups of CIDRs are not supported; write the CIDRs into the rules',
	CiliumLocalRedirectPolicy: 'it moves traffic and is no policy of who may reach whom',
	Endpoints: 'EndpointSlice took its place',
};

export function isKnownKind(kind: unknown): kind is DocumentKind {
	return typeof kind === 'string' && Object.hasOwn(KINDS, kind);
}

function known(apiVersion: string, { fields, ignored = [], across, defaults }: Kind): KnownKind {
	const check = object(
		{ apiVersion: required(string()), kind: required(string()), ...fields },
		// What a cluster has made of it is not what it asks for.
		{ ignored: [...ignored, 'status'], ...(across && { across }) },
	);
	return {
		apiVersion,
		check: (value, place) => {
			const checked = check(value, place);
			return checked && { ...defaults, ...checked };
		},
	};
}
