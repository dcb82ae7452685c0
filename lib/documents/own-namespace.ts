import { parseLabelKey, SOURCE_ANY, SOURCE_K8S } from '../labels/label.js';
import { NAMESPACE_LABEL } from '../labels/pod-labels.js';
import type { LabelSelector } from '../labels/selector.js';
import type { Place } from './check.js';
import type { CiliumPolicySpec } from './cilium-rule.js';
import type { DocumentPath } from './issue.js';

interface Policy {
	readonly metadata: { readonly namespace?: string };
	readonly spec?: CiliumPolicySpec;
	readonly specs?: readonly CiliumPolicySpec[];
}

/** Cilium overwrites another namespace with the policy's own, which nobody can have meant. */
export function refuseOtherNamespace({ metadata, spec, specs = [] }: Policy, { path, report }: Place): boolean {
	const before = report.count;
	const own = metadata.namespace ?? 'default';
	const check = (selector: LabelSelector = {}, at: DocumentPath) => {
		for (const { path: to, values } of namespacesIn(selector)) {
			if (!values.includes(own)) {
				report.wrong([...path, ...at, ...to], values.join(), `the policy's own namespace, ${own}`);
			}
		}
	};
	check(spec?.endpointSelector, ['spec', 'endpointSelector']);
	specs.forEach(({ endpointSelector }, i) => check(endpointSelector, ['specs', i, 'endpointSelector']));
	return report.count === before;
}

/** What a selector says of the namespace's name. */
function namespacesIn(selector: LabelSelector): { path: DocumentPath; values: readonly string[] }[] {
	const labels = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => ({
		key,
		path: ['matchLabels', key],
		values: [value],
	}));
	const expressions = (selector.matchExpressions ?? []).flatMap(({ key, operator, values = [] }, i) =>
		operator === 'In' ? [{ key, path: ['matchExpressions', i, 'values'], values }] : [],
	);
	return [...labels, ...expressions].filter(({ key }) => isNamespaceName(key));
}

function isNamespaceName(name: string): boolean {
	const { source, key } = parseLabelKey(name, SOURCE_ANY);
	return key === NAMESPACE_LABEL && (source === SOURCE_ANY || source === SOURCE_K8S);
}
