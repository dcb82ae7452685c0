import { createLabelSet, type LabelSet } from './label-set.js';
import { SOURCE_RESERVED } from './label.js';

/** Source of the labels of nodes, as selectors of nodes ask for them. */
export const SOURCE_NODE = 'node';

/** Of another node than ours. */
export function remoteNodeLabels(labels: Readonly<Record<string, string>> = {}): LabelSet {
	const own = Object.entries(labels).map(([key, value]) => ({ source: SOURCE_NODE, key, value }));
	return createLabelSet([{ source: SOURCE_RESERVED, key: 'remote-node', value: '' }, ...own]);
}
