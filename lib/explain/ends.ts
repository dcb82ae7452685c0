import type { LabelSet } from '../labels/label-set.js';
import { SOURCE_CNI, SOURCE_RESERVED } from '../labels/label.js';
import { DEFAULT_NETWORK, NETWORK_LABEL } from '../labels/pod-labels.js';
import { isOutside } from '../rules/identity-selector.js';

/** Pods, and whatever else is attached: not the host, nodes, the world. */
export function isEndpoint(labels: LabelSet): boolean {
	return !isOutside(labels) && labels.labels.every(({ source }) => source !== SOURCE_RESERVED);
}

/** Of the cluster, without being a pod's: nodes, and endpoints of a purpose of their own, when policies are for them. */
export function mayBeSelected(labels: LabelSet): boolean {
	return !isOutside(labels) && labels.get(SOURCE_RESERVED, 'unmanaged') === undefined;
}

/** By its label: endpoints of the default network have none. */
export function networkOf(labels: LabelSet): string {
	return labels.get(SOURCE_CNI, NETWORK_LABEL) ?? DEFAULT_NETWORK;
}

/** Endpoints of two networks never reach each other. */
export function areSeparated(from: LabelSet, to: LabelSet): boolean {
	return isEndpoint(from) && isEndpoint(to) && networkOf(from) !== networkOf(to);
}
