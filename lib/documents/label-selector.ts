import type { LabelSelector, SelectorExpression } from '../labels/selector.js';
import {
	fieldOf,
	itemsOf,
	list,
	object,
	optional,
	record,
	required,
	type Check,
	type Mapping,
	type Place,
} from './check.js';
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
	return object(
		{
			key: required(key),
			operator: required(oneOf('In', 'NotIn', 'Exists', 'DoesNotExist')),
			values: optional(list(labelValue)),
		},
		{ across: checkCount },
	);
}

function checkCount(expression: Mapping, { path, report }: Place): void {
	const operator = fieldOf(expression, 'operator');
	const listed = operator === 'In' || operator === 'NotIn';
	const alone = operator === 'Exists' || operator === 'DoesNotExist';
	const count = itemsOf(expression, 'values').length;
	if ((listed && count === 0) || (alone && count > 0)) {
		const expected = `${listed ? 'at least one value' : 'no values'} with ${operator}`;
		report.wrong([...path, 'values'], count, expected);
	}
}
