import type { LabelSelector, SelectorExpression } from '../labels/selector.js';
import { list, object, optional, record, refine, required, type Check } from './check.js';
import { labelKey, labelValue, sourceLabelKey } from './label-keys.js';
import { oneOf } from './scalars.js';

/** As Kubernetes has it. */
export const labelSelector: Check<LabelSelector> = selectorOf(labelKey);

/** As Cilium has it: keys may name the source of the label. */
export const endpointSelector: Check<LabelSelector> = selectorOf(sourceLabelKey);

function selectorOf(key: Check<string>): Check<LabelSelector> {
	return object({
		matchLabels: optional(record(key, labelValue)),
		matchExpressions: optional(list(expressionOf(key))),
	});
}

function expressionOf(key: Check<string>): Check<SelectorExpression> {
	const fields = object({
		key: required(key),
		operator: required(oneOf('In', 'NotIn', 'Exists', 'DoesNotExist')),
		values: optional(list(labelValue)),
	});
	return refine(fields, (found: SelectorExpression, { path, report }) => {
		const listed = found.operator === 'In' || found.operator === 'NotIn';
		const count = found.values?.length ?? 0;
		if (listed === count > 0) {
			return found;
		}
		const expected = `${listed ? 'at least one value' : 'no values'} with ${found.operator}`;
		return report.wrong([...path, 'values'], count, expected);
	});
}
