import { describe, expect, it } from 'vitest';

import { choosePools } from '../../../lib/ipam/choose-pools.js';
import type { PoolSelectors } from '../../../lib/ipam/choose-pools.js';

const POOLS: readonly PoolSelectors[] = [
	{ name: 'default' },
	{ name: 'four' },
	{ name: 'six' },
	{ name: 'web', podSelector: { matchLabels: { app: 'web' } } },
	{ name: 'blue', namespaceSelector: { matchLabels: { team: 'blue' } } },
	{
		name: 'both',
		podSelector: { matchExpressions: [{ key: 'tier', operator: 'In', values: ['db'] }] },
		namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'prod' } },
	},
];

function choose(
	pod: { labels?: Record<string, string>; annotations?: Record<string, string>; namespace?: string },
	namespace: { labels?: Record<string, string>; annotations?: Record<string, string> } = {},
): string {
	const { ipv4Pool, ipv6Pool } = choosePools({ namespace: 'ns', name: 'p', ...pod }, namespace, POOLS, 'default');
	return `${ipv4Pool} ${ipv6Pool}`;
}

describe('the pools of a pod are', () => {
	it('the network’s, where nobody says otherwise', () => {
		expect(choose({})).toBe('default default');
	});

	it('those that the pod’s annotations name, a family’s own one first', () => {
		expect(choose({ annotations: { 'ipam.cilium.io/ip-pool': 'four' } })).toBe('four four');
		expect(choose({ annotations: { 'ipam.cilium.io/ip-pool': 'four', 'ipam.cilium.io/ipv6-pool': 'six' } })).toBe(
			'four six',
		);
		expect(choose({ annotations: { 'ipam.cilium.io/ipv4-pool': 'four' }, labels: { app: 'web' } })).toBe('four web');
	});

	it('those of the namespace’s annotations, after the pod’s', () => {
		const namespace = { annotations: { 'ipam.cilium.io/ip-pool': 'six' } };
		expect(choose({}, namespace)).toBe('six six');
		expect(choose({ annotations: { 'ipam.cilium.io/ipv4-pool': 'four' } }, namespace)).toBe('four six');
		expect(choose({ labels: { app: 'web' } }, namespace)).toBe('six six');
	});

	it('the one that selects the pod, by all of its selectors', () => {
		expect(choose({ labels: { app: 'web' } })).toBe('web web');
		expect(choose({}, { labels: { team: 'blue' } })).toBe('blue blue');
		expect(choose({ labels: { tier: 'db' } })).toBe('default default');
		expect(choose({ labels: { tier: 'db' }, namespace: 'prod' })).toBe('both both');
	});

	it('none, where two select it, unless annotations settle it', () => {
		const labels = { app: 'web' };
		const namespace = { labels: { team: 'blue' } };
		expect(() => choose({ labels }, namespace)).toThrow(
			expect.objectContaining({ code: 'ERR_AMBIGUOUS_POOL', message: expect.stringContaining('web, blue') as string }),
		);
		expect(choose({ labels, annotations: { 'ipam.cilium.io/ip-pool': 'four' } }, namespace)).toBe('four four');
	});

	it.each(['ipam.cilium.io/ip-pool', 'ipam.cilium.io/ipv4-pool', 'ipam.cilium.io/ipv6-pool'])(
		'refused, where %s names a pool that there is not',
		(annotation) => {
			expect(() => choose({ annotations: { [annotation]: 'nope' } })).toThrow(
				expect.objectContaining({ code: 'ERR_UNKNOWN_POOL', field: `metadata.annotations['${annotation}']` }),
			);
		},
	);
});
