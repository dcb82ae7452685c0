import type { LabelSet } from './label-set.js';
import { formatLabel, parseLabelKey, SOURCE_ANY, SOURCE_K8S, SOURCE_RESERVED } from './label.js';
import { NAMESPACE_LABEL, NAMESPACE_META_PREFIX } from './pod-labels.js';

export type Operator = 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';

/** As documents write it. Keys may name a source, `k8s:app`; one without a source matches any. */
export interface LabelSelector {
	readonly matchLabels?: Readonly<Record<string, string>>;
	readonly matchExpressions?: readonly SelectorExpression[];
}

export interface SelectorExpression {
	readonly key: string;
	readonly operator: Operator;
	readonly values?: readonly string[];
}

export interface Requirement {
	readonly source: string;
	readonly key: string;
	readonly operator: Operator;
	readonly values: readonly string[];
}

/** All requirements must hold; none is everything. */
export interface Selector {
	readonly requirements: readonly Requirement[];
	matches(labels: LabelSet): boolean;
	/** Canonical text: equal for selectors that ask the same. */
	toString(): string;
}

export function createSelector(selector: LabelSelector): Selector {
	const exact = Object.entries(selector.matchLabels ?? {}).map(([key, value]) =>
		requirement({ key, operator: 'In', values: [value] }),
	);
	return fromRequirements([...exact, ...(selector.matchExpressions ?? []).map(requirement)]);
}

export function fromRequirements(requirements: readonly Requirement[]): Selector {
	const text = requirements.map(formatRequirement).sort().join(',');
	return {
		requirements,
		matches: (labels) => requirements.every((one) => holds(one, labels)),
		toString: () => (text === '' ? '*' : text),
	};
}

/**
 * A selector of peers in a policy of a namespace means that namespace, unless it says which: by the namespace's name,
 * by a label of the namespace, or by naming a reserved identity, which is in none.
 */
export function scopePeers(selector: Selector, namespace: string): Selector {
	return selector.requirements.some(namesNamespace) ? selector : inNamespace(selector, namespace);
}

/** Endpoints that a policy is for are always in its own namespace. */
export function inNamespace(selector: Selector, namespace: string): Selector {
	const own: Requirement = { source: SOURCE_K8S, key: NAMESPACE_LABEL, operator: 'In', values: [namespace] };
	return fromRequirements([...selector.requirements, own]);
}

function namesNamespace({ source, key }: Requirement): boolean {
	const ofPods = source === SOURCE_K8S || source === SOURCE_ANY;
	return source === SOURCE_RESERVED || (ofPods && (key === NAMESPACE_LABEL || key.startsWith(NAMESPACE_META_PREFIX)));
}

function requirement({ key, operator, values }: SelectorExpression): Requirement {
	return { ...parseLabelKey(key, SOURCE_ANY), operator, values: [...(values ?? [])].sort() };
}

const isThere = () => true;

/** As Kubernetes defines them: NotIn also holds where the key is missing. */
function holds({ source, key, operator, values }: Requirement, labels: LabelSet): boolean {
	const listed = (value: string) => values.includes(value);
	switch (operator) {
		case 'Exists':
			return labels.some(source, key, isThere);
		case 'DoesNotExist':
			return !labels.some(source, key, isThere);
		case 'In':
			return labels.some(source, key, listed);
		case 'NotIn':
			return !labels.some(source, key, listed);
	}
}

function formatRequirement({ source, key, operator, values }: Requirement): string {
	switch (operator) {
		case 'Exists':
			return `${source}:${key}`;
		case 'DoesNotExist':
			return `!${source}:${key}`;
		case 'In':
			return values.length === 1
				? formatLabel({ source, key, value: values[0]! })
				: `${source}:${key} in (${values.join(',')})`;
		case 'NotIn':
			return `${source}:${key} notin (${values.join(',')})`;
	}
}
