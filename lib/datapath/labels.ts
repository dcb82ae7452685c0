import { invalidArgument } from '../errors.js';
import { createLabelSet } from '../labels/label-set.js';
import type { LabelSet, LabelsInput } from '../labels/label-set.js';
import { SOURCE_CNI } from '../labels/label.js';
import { NETWORK_LABEL } from '../labels/pod-labels.js';
import type { Labels } from './types.js';

const DEFAULT_NETWORK = 'default';

const sets = new WeakMap<Labels, LabelSet>();

/** The canonical set of labels that `canonicalLabels` gave. */
export function labelSetOf(labels: Labels): LabelSet {
	const known = sets.get(labels) ?? createLabelSet(labels);
	sets.set(labels, known);
	return known;
}

/** As an object, sorted and frozen, every key with its source. @throws ERR_INVALID_ARGUMENT */
export function canonicalLabels(input: LabelsInput, field = 'labels'): Labels {
	if (typeof input !== 'object' || input === null) {
		throw invalidArgument(field, input, "an object such as { 'k8s:app': 'client' }");
	}
	if (!(Symbol.iterator in input)) {
		checkValues(input, field);
	}
	return labelsOf(createLabelSet(input));
}

export function labelsOf(set: LabelSet): Labels {
	const labels = Object.freeze(
		Object.fromEntries(Array.from(set, ({ source, key, value }) => [`${source}:${key}`, value])),
	);
	sets.set(labels, set);
	return labels;
}

/** With the label that endpoints of every network but `default` carry. */
export function networkLabels(labels: Labels, network: string): Labels {
	return network === DEFAULT_NETWORK
		? labels
		: canonicalLabels({ ...labels, [`${SOURCE_CNI}:${NETWORK_LABEL}`]: network });
}

function checkValues(labels: Readonly<Record<string, string>>, field: string): void {
	for (const [key, value] of Object.entries(labels)) {
		if (key === '' || typeof value !== 'string') {
			throw invalidArgument(`${field}['${key}']`, value, 'a string under a name that is not empty');
		}
	}
}
