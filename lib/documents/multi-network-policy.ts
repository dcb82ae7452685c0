import { policyMetadata } from './audit.js';
import { optional, refine, required, type Check } from './check.js';
import { namespacedMetadata, type Metadata } from './metadata.js';
import { NAME } from './names.js';
import { EMPTY_SPEC, policySpec } from './network-policy.js';

export const POLICY_FOR_ANNOTATION = 'k8s.v1.cni.cncf.io/policy-for';

const metadata: Check<Metadata> = refine(policyMetadata(namespacedMetadata), (found, { path, report }) => {
	const at = [...path, 'annotations', POLICY_FOR_ANNOTATION];
	const text = found.annotations?.[POLICY_FOR_ANNOTATION];
	if (text === undefined) {
		return report.refuse(at, 'missing, expected the networks that the policy is for');
	}
	const wrong = referencesIn(text).find((reference) => !isReference(reference));
	return wrong === undefined
		? found
		: report.wrong(at, wrong, 'names of networks, or namespace/name, with commas between them');
});

export const multiNetworkPolicy = {
	fields: { metadata: required(metadata), spec: optional(policySpec) },
	defaults: { spec: EMPTY_SPEC },
};

/** The networks that a MultiNetworkPolicy is for; namespaces of their definitions say nothing here. */
export function policyNetworksOf(document: { readonly metadata: Metadata }): readonly string[] {
	const text = document.metadata.annotations?.[POLICY_FOR_ANNOTATION] ?? '';
	return [...new Set(referencesIn(text).map(nameOf))].filter((name) => name !== '');
}

function nameOf(reference: string): string {
	return reference.slice(reference.indexOf('/') + 1);
}

function referencesIn(text: string): string[] {
	return text.split(',').map((part) => part.trim());
}

function isReference(text: string): boolean {
	const parts = text.split('/');
	return text.length <= 512 && parts.length <= 2 && parts.every((part) => NAME.test(part));
}
