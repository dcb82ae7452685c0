import { describe, expect, it } from 'vitest';

import type { PolicyError } from '../../../lib/index.js';
import { parseDocuments } from '../../../lib/index.js';

const network = (spec: object) => ({
	apiVersion: 'isovalent.com/v1alpha1',
	kind: 'IsovalentPodNetwork',
	metadata: { name: 'jupiter' },
	spec: { ipam: { mode: 'multi-pool', pool: { name: 'jupiter' } }, ...spec },
});
const pool = (spec: object) => ({
	apiVersion: 'cilium.io/v2alpha1',
	kind: 'CiliumPodIPPool',
	metadata: { name: 'jupiter' },
	spec: { ipv4: { cidrs: ['10.0.0.0/24'], maskSize: 27 }, ...spec },
});

function pathsOf(document: object): string[] {
	try {
		parseDocuments(document as Record<string, unknown>);
		return [];
	} catch (error) {
		return (error as PolicyError).issues.map(({ path }) => path.join('.'));
	}
}

describe('an IsovalentPodNetwork', () => {
	it.each([1280, 1500, 65_535])('may have an MTU of %i', (mtu) => {
		expect(parseDocuments(network({ mtu }))[0]).toMatchObject({ spec: { mtu } });
	});

	it.each([1279, 65_536, 0, -1, 1500.5, '1500'])('may not have an MTU of %s', (mtu) => {
		expect(pathsOf(network({ mtu }))).toEqual(['spec.mtu']);
	});

	it('leads to a destination by one way, however it is written', () => {
		const routes = (...destinations: string[]) =>
			network({ routes: destinations.map((destination) => ({ destination, gateway: '10.9.9.9' })) });
		expect(pathsOf(routes('10.0.0.0/8', '10.0.0.0/9', '11.0.0.0/8'))).toEqual([]);
		expect(pathsOf(routes('10.0.0.0/8', '11.0.0.0/8', '10.0.0.0/8'))).toEqual(['spec.routes.2.destination']);
		expect(pathsOf(routes('10.0.0.0/8', '10.1.2.3/8'))).toEqual(['spec.routes.1.destination']);
	});
});

describe('a CiliumPodIPPool', () => {
	it('may select pods and namespaces, as Kubernetes selects', () => {
		const podSelector = { matchLabels: { app: 'web' } };
		const namespaceSelector = { matchExpressions: [{ key: 'team', operator: 'In', values: ['blue'] }] };
		expect(parseDocuments(pool({ podSelector, namespaceSelector }))[0]).toMatchObject({
			spec: { podSelector, namespaceSelector },
		});
	});

	it('is refused with a selector that is none', () => {
		const wrong = { matchExpressions: [{ key: 'team', operator: 'Near', values: ['blue'] }] };
		expect(pathsOf(pool({ podSelector: wrong }))).toEqual(['spec.podSelector.matchExpressions.0.operator']);
		expect(pathsOf(pool({ namespaceSelector: { labels: {} } }))).toEqual(['spec.namespaceSelector.labels']);
	});
});
