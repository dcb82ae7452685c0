import { HeddleError } from '../errors.js';
import { createLabelSet } from '../labels/label-set.js';
import { SOURCE_K8S } from '../labels/label.js';
import { createSelector } from '../labels/selector.js';
import type { LabelSelector } from '../labels/selector.js';

export const POOL_ANNOTATION = 'ipam.cilium.io/ip-pool';
export const POOL_ANNOTATIONS = { 4: 'ipam.cilium.io/ipv4-pool', 6: 'ipam.cilium.io/ipv6-pool' } as const;

/** A pod or a namespace, as far as pools ask for it. */
export interface PoolUser {
	readonly labels?: Readonly<Record<string, string>>;
	readonly annotations?: Readonly<Record<string, string>>;
}

export interface PodPoolUser extends PoolUser {
	readonly namespace: string;
	readonly name: string;
}

/** Whose pods a pool is for; without either it is for those only who name it. */
export interface PoolSelectors {
	readonly name: string;
	readonly podSelector?: LabelSelector;
	readonly namespaceSelector?: LabelSelector;
}

export interface ChosenPools {
	readonly ipv4Pool: string;
	readonly ipv6Pool: string;
}

/**
 * The pools of a pod on a network, as Cilium's multi-pool IPAM chooses them: an annotation of the pod, of one family
 * before that of both; one of its namespace; the one pool whose selectors match; the network's.
 * @throws ERR_AMBIGUOUS_POOL where two pools match, ERR_UNKNOWN_POOL for an annotation that names none
 */
export function choosePools(
	pod: PodPoolUser,
	namespace: PoolUser,
	pools: Iterable<PoolSelectors>,
	fallback: string,
): ChosenPools {
	const known = [...pools];
	const named = (family: 4 | 6) => annotated(pod, family, known) ?? annotated(namespace, family, known);
	const [ipv4, ipv6] = [named(4), named(6)];
	if (ipv4 !== undefined && ipv6 !== undefined) {
		return { ipv4Pool: ipv4, ipv6Pool: ipv6 };
	}
	const others = selected(pod, namespace, known) ?? fallback;
	return { ipv4Pool: ipv4 ?? others, ipv6Pool: ipv6 ?? others };
}

function annotated({ annotations = {} }: PoolUser, family: 4 | 6, pools: readonly PoolSelectors[]): string | undefined {
	const annotation = [POOL_ANNOTATIONS[family], POOL_ANNOTATION].find((key) => annotations[key] !== undefined);
	if (annotation === undefined) {
		return undefined;
	}
	const found = annotations[annotation]!;
	if (!pools.some(({ name }) => name === found)) {
		const field = `metadata.annotations['${annotation}']`;
		const expected = `one of ${pools.map(({ name }) => name).join(', ') || '(none)'}`;
		throw new HeddleError('ERR_UNKNOWN_POOL', `${field}: found '${found}', expected ${expected}`, {
			field,
			found,
			expected,
		});
	}
	return found;
}

function selected(pod: PodPoolUser, namespace: PoolUser, pools: readonly PoolSelectors[]): string | undefined {
	const podLabels = labelSetOf(pod);
	const namespaceLabels = labelSetOf({
		labels: { ...namespace.labels, 'kubernetes.io/metadata.name': pod.namespace },
	});
	const matching = pools.filter(
		({ podSelector, namespaceSelector }) =>
			(podSelector !== undefined || namespaceSelector !== undefined) &&
			(podSelector === undefined || createSelector(podSelector).matches(podLabels)) &&
			(namespaceSelector === undefined || createSelector(namespaceSelector).matches(namespaceLabels)),
	);
	if (matching.length > 1) {
		const names = matching.map(({ name }) => name).join(', ');
		throw new HeddleError(
			'ERR_AMBIGUOUS_POOL',
			`pod ${pod.namespace}/${pod.name}: found pools ${names} that select it, expected one at most`,
			{ field: 'podSelector', found: names },
		);
	}
	return matching[0]?.name;
}

function labelSetOf({ labels = {} }: PoolUser) {
	return createLabelSet(Object.entries(labels).map(([key, value]) => ({ source: SOURCE_K8S, key, value })));
}
