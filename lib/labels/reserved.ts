import { ReservedIdentity } from '../abi/generated.js';
import { createLabelSet, type LabelSet } from './label-set.js';

/** A number and what it stands for. */
export interface LabelledIdentity {
	readonly id: number;
	readonly labels: LabelSet;
}

const LABELS: readonly (readonly [number, ...string[]])[] = [
	[ReservedIdentity.Host, 'reserved:host'],
	[ReservedIdentity.World, 'reserved:world'],
	[ReservedIdentity.Unmanaged, 'reserved:unmanaged'],
	[ReservedIdentity.Health, 'reserved:health'],
	[ReservedIdentity.Init, 'reserved:init'],
	[ReservedIdentity.RemoteNode, 'reserved:remote-node'],
	[ReservedIdentity.KubeApiserver, 'reserved:kube-apiserver', 'reserved:remote-node'],
	[ReservedIdentity.Ingress, 'reserved:ingress'],
	[ReservedIdentity.WorldIpv4, 'reserved:world-ipv4'],
	[ReservedIdentity.WorldIpv6, 'reserved:world-ipv6'],
];

/** Identities that exist without any endpoint, with the labels that selectors match them by. */
export const RESERVED_IDENTITIES: readonly LabelledIdentity[] = LABELS.map(([id, ...labels]) => ({
	id,
	labels: createLabelSet(labels),
}));
