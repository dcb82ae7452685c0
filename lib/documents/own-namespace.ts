import { parseLabelKey, SOURCE_ANY, SOURCE_K8S } from '../labels/label.js';
import { NAMESPACE_LABEL } from '../labels/pod-labels.js';
import { fieldOf, isMapping, itemsOf, type Mapping, type Place } from './check.js';
import type { DocumentPath } from './issue.js';

interface Named {
	readonly path: DocumentPath;
	readonly key: unknown;
	readonly values: readonly unknown[];
}

/** Cilium overwrites another namespace with the policy's own, which nobody can have meant. */
export function refuseOtherNamespace(policy: Mapping, { path, report }: Place): void {
	const own = ownNamespace(policy);
	const check = (spec: unknown, at: DocumentPath) => {
		for (const { path: to, values } of namesIn(mappingAt(spec, 'endpointSelector')).filter(isNamespace)) {
			if (own !== undefined && !values.includes(own)) {
				const found = values.length === 1 ? values[0] : values;
				report.wrong([...path, ...at, 'endpointSelector', ...to], found, `the policy's own namespace, ${own}`);
			}
		}
	};
	check(fieldOf(policy, 'spec'), ['spec']);
	itemsOf(policy, 'specs').forEach((spec, i) => check(spec, ['specs', i]));
}

/** Undefined where it is wrong in itself. */
function ownNamespace(policy: Mapping): string | undefined {
	const metadata = mappingAt(policy, 'metadata');
	const found = metadata === undefined ? undefined : (fieldOf(metadata, 'namespace') ?? 'default');
	return typeof found === 'string' ? found : undefined;
}

/** What a selector asks to have one of some values. */
function namesIn(selector: Mapping | undefined): Named[] {
	const labels = Object.entries(mappingAt(selector, 'matchLabels') ?? {});
	const expressions = itemsOf(selector, 'matchExpressions');
	return [
		...labels.map(([key, value]) => ({ key, path: ['matchLabels', key], values: [value] })),
		...expressions.flatMap((expression, i) =>
			isMapping(expression) && expression['operator'] === 'In'
				? [{ key: expression['key'], path: ['matchExpressions', i, 'values'], values: itemsOf(expression, 'values') }]
				: [],
		),
	];
}

function isNamespace({ key: name }: Named): boolean {
	if (typeof name !== 'string') {
		return false;
	}
	const { source, key } = parseLabelKey(name, SOURCE_ANY);
	return key === NAMESPACE_LABEL && (source === SOURCE_ANY || source === SOURCE_K8S);
}

function mappingAt(value: unknown, name: string): Mapping | undefined {
	const found = isMapping(value) ? fieldOf(value, name) : undefined;
	return isMapping(found) ? found : undefined;
}
