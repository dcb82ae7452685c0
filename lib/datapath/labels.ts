import { invalidArgument } from '../errors.js';
import type { Labels } from './types.js';

/** The label Isovalent's multi-network puts on endpoints of every network but `default`. */
export const NETWORK_LABEL = 'cni:com.isovalent.v1alpha1.network.attachment';

/** Equal labels, equal text, in whatever order they were given. */
export function labelsKey(labels: Labels): string {
	return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/** `k8s:app=client`, sorted, as Hubble prints them. */
export function labelList(labels: Labels): string[] {
	return Object.entries(labels)
		.map(([key, value]) => (value === '' ? key : `${key}=${value}`))
		.sort();
}

export function networkLabels(labels: Labels, network: string): Labels {
	return network === 'default' ? labels : { ...labels, [NETWORK_LABEL]: network };
}

/** A frozen copy. @throws ERR_INVALID_ARGUMENT */
export function checkLabels(labels: Labels, field = 'labels'): Labels {
	if (typeof labels !== 'object' || labels === null || Array.isArray(labels)) {
		throw invalidArgument(field, labels, "an object such as { 'k8s:app': 'client' }");
	}
	for (const [key, value] of Object.entries(labels)) {
		if (key === '' || typeof value !== 'string') {
			throw invalidArgument(`${field}['${key}']`, value, 'a string under a name that is not empty');
		}
	}
	return Object.freeze({ ...labels });
}
