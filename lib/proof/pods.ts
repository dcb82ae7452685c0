import type { LabelSelector } from '../labels/selector.js';
import type { PolicyIdentity } from '../rules/policy-identity.js';
import { allHold, askedByKubernetes } from './label-asking.js';
import { isPod, NAMESPACE_LABELS, POD_NAMESPACE, valueOf } from './whereabouts.js';

/** Pods of a namespace, by their labels. */
export function isPodOf(pods: LabelSelector, namespace: string): (identity: PolicyIdentity) => boolean {
	const asked = askedByKubernetes(pods, 'k8s');
	return ({ labels }) => valueOf(labels, 'k8s', POD_NAMESPACE) === namespace && allHold(asked, labels);
}

/** Pods by their labels, in namespaces by theirs. Only pods: what is in no namespace is in none that is selected. */
export function inNamespaces(
	namespaces: LabelSelector,
	pods: LabelSelector = {},
): (identity: PolicyIdentity) => boolean {
	const asked = [...askedByKubernetes(pods, 'k8s'), ...askedByKubernetes(namespaces, 'k8s', NAMESPACE_LABELS)];
	return ({ labels }) => isPod(labels) && allHold(asked, labels);
}
