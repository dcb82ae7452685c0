import type { Metadata } from './metadata.js';

export const POLICY_FOR = 'k8s.v1.cni.cncf.io/policy-for';

/** Networks that a MultiNetworkPolicy is about: names alone, since ours are in no namespace. */
export function policyNetworksOf({ metadata }: { readonly metadata: Metadata }): readonly string[] {
	const listed = metadata.annotations?.[POLICY_FOR] ?? '';
	return listed
		.split(',')
		.map((name) => name.trim().split('/').at(-1)!)
		.filter((name) => name !== '');
}
