import { contains, parsePrefix, type Prefix } from '../addresses/prefix.js';
import type { LabelSet } from '../labels/label-set.js';
import type { PolicyIdentity } from '../rules/policy-identity.js';

/* What an identity is, told by its labels. */

export const POD_NAMESPACE = 'io.kubernetes.pod.namespace';
export const NAMESPACE_LABELS = 'io.cilium.k8s.namespace.labels.';
export const POD_NETWORK = 'com.isovalent.v1alpha1.network.attachment';

export function valueOf(labels: LabelSet, source: string, key: string): string | undefined {
	return labels.labels.find((label) => label.source === source && label.key === key)?.value;
}

export function isReserved(labels: LabelSet, name: string): boolean {
	return valueOf(labels, 'reserved', name) !== undefined;
}

export function isPod(labels: LabelSet): boolean {
	return valueOf(labels, 'k8s', POD_NAMESPACE) !== undefined;
}

export function isNode(labels: LabelSet): boolean {
	return isReserved(labels, 'host') || isReserved(labels, 'remote-node');
}

/** Of an address, or name, beyond the cluster. */
export function isOutside(labels: LabelSet): boolean {
	return labels.labels.some(
		({ source, key }) =>
			source === 'cidr' ||
			source === 'fqdn' ||
			(source === 'reserved' && ['world', 'world-ipv4', 'world-ipv6'].includes(key)),
	);
}

/** The block of addresses that an identity outside stands for. */
export function blockOf(labels: LabelSet): Prefix | undefined {
	const label = labels.labels.find(({ source }) => source === 'cidr');
	return label === undefined ? undefined : parsePrefix(label.key);
}

/** Addresses of `cidr` that are not in `except`. */
export interface Block {
	readonly cidr: string;
	readonly except?: readonly string[];
}

/** Of the endpoints of an identity: none counts; all that have an address of the family must match; or one. */
export type EndpointsByAddress = 'none' | 'all' | 'any';

/** Whether a rule about a block of addresses speaks of an identity. Endpoints are known by label unless asked otherwise. */
export function liesIn(identity: PolicyIdentity, block: Block, endpoints: EndpointsByAddress): boolean {
	const cidr = parsePrefix(block.cidr)!;
	const holes = (block.except ?? []).map((text) => parsePrefix(text)!);
	const inside = (prefix: Prefix) => contains(cidr, prefix) && holes.every((hole) => !contains(hole, prefix));
	const own = blockOf(identity.labels);
	if (own !== undefined) {
		return inside(own);
	}
	if (isRestOfWorld(identity.labels, cidr.family)) {
		return cidr.length === 0;
	}
	const addresses = (identity.addresses ?? []).map((text) => parsePrefix(text)!);
	const ofFamily = addresses.filter(({ family }) => family === cidr.family);
	switch (endpoints) {
		case 'none':
			return false;
		case 'all':
			return ofFamily.length > 0 && ofFamily.every(inside);
		case 'any':
			return ofFamily.some(inside);
	}
}

/** All addresses of a family for which no block has an identity: in no hole either, since holes have identities. */
function isRestOfWorld(labels: LabelSet, family: 4 | 6): boolean {
	return isReserved(labels, 'world') || isReserved(labels, `world-ipv${family}`);
}
