import type { LabelSelector, SelectorExpression } from '../labels/selector.js';
import { list, object, oneOf, optional, record, refine, required, string, type Check } from './check.js';
import { labelValue } from './metadata.js';

/** `app`, `k8s:app`, `cni:com.isovalent.v1alpha1.network.attachment`, `reserved:host`. */
const SELECTOR_KEY =
	/^([a-z][a-z0-9-]*:)?([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_./]{0,251}[A-Za-z0-9])?$/;
const KEY_MEANING = 'a label key: [source:][prefix/]name';

const expression: Check<SelectorExpression> = refine(
	object({
		key: required(string(SELECTOR_KEY, KEY_MEANING)),
		operator: required(oneOf('In', 'NotIn', 'Exists', 'DoesNotExist')),
		values: optional(list(labelValue)),
	}),
	(found, { path, report }) => {
		const listed = found.operator === 'In' || found.operator === 'NotIn';
		const count = found.values?.length ?? 0;
		if (listed === count > 0) {
			return found;
		}
		return report.wrong(
			[...path, 'values'],
			count,
			`${listed ? 'at least one value' : 'no values'} with ${found.operator}`,
		);
	},
);

export const labelSelector: Check<LabelSelector> = object({
	matchLabels: optional(record(SELECTOR_KEY, KEY_MEANING, labelValue)),
	matchExpressions: optional(list(expression)),
});
