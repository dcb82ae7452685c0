import type { LabelSet } from '../labels/label-set.js';
import type { LabelSelector, SelectorExpression } from '../labels/selector.js';

/** One requirement on labels. */
export interface Asked extends Omit<SelectorExpression, 'key' | 'values'> {
	/** `any`: whatever the source. */
	readonly source: string;
	readonly key: string;
	readonly values: readonly string[];
}

const SOURCE_AND_KEY = /^([a-z][a-z0-9-]*):(.+)$/;

/** Requirements of a selector as Cilium writes them: `k8s:app`, or `app` of any source. */
export function askedByCilium(selector: LabelSelector): Asked[] {
	return expressionsOf(selector).map((one) => {
		const [, source = 'any', key = one.key] = SOURCE_AND_KEY.exec(one.key) ?? [];
		return { source, key, operator: one.operator, values: one.values ?? [] };
	});
}

/** Requirements of a selector as Kubernetes writes them, on labels of its objects, which we keep under a prefix. */
export function askedByKubernetes(selector: LabelSelector, source: string, prefix = ''): Asked[] {
	return expressionsOf(selector).map(({ key, operator, values = [] }) => ({
		source,
		key: prefix + key,
		operator,
		values,
	}));
}

function expressionsOf({ matchLabels = {}, matchExpressions = [] }: LabelSelector): SelectorExpression[] {
	const exact = Object.entries(matchLabels).map(([key, value]): SelectorExpression => ({
		key,
		operator: 'In',
		values: [value],
	}));
	return [...exact, ...matchExpressions];
}

export function allHold(asked: readonly Asked[], labels: LabelSet): boolean {
	return asked.every((one) => holds(one, labels));
}

/** The definition of Kubernetes' selectors: `NotIn` holds, too, where there is no such label. */
function holds({ source, key, operator, values }: Asked, labels: LabelSet): boolean {
	let present = false;
	let listed = false;
	for (const label of labels.labels) {
		if (label.key === key && (source === 'any' || label.source === source)) {
			present = true;
			listed ||= values.includes(label.value);
		}
	}
	switch (operator) {
		case 'Exists':
			return present;
		case 'DoesNotExist':
			return !present;
		case 'In':
			return listed;
		case 'NotIn':
			return !listed;
	}
}
