import { createLabelSet } from '../../labels/label-set.js';
import type { LabelSet } from '../../labels/label-set.js';
import type { FlowMessage } from '../messages/flow-message.js';
import { parseSelector } from './selector-text.js';
import { oneOf } from './test.js';
import type { Test } from './test.js';

// A flow's labels are read by every filter of every client.
const sets = new WeakMap<readonly string[], LabelSet>();
const NO_LABELS: readonly string[] = [];

export function labelTests(
	wanted: readonly string[],
	field: string,
	of: (flow: FlowMessage) => readonly string[] | undefined,
): readonly Test[] {
	return oneOf(wanted, field, (text, at) => {
		const selector = parseSelector(text, at);
		return (flow) => selector.matches(labelSetOf(of(flow) ?? NO_LABELS));
	});
}

function labelSetOf(labels: readonly string[]): LabelSet {
	const known = sets.get(labels);
	if (known !== undefined) {
		return known;
	}
	const set = createLabelSet(labels);
	sets.set(labels, set);
	return set;
}
