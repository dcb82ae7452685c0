import { expect, test } from 'vitest';
import { cidrsOf } from '../../../lib/rules/cidrs.js';
import { cilium, cluster, kubernetes, read } from './support/read.js';

const blocksIn = (...texts: string[]) =>
	cidrsOf(read(texts.join('---\n')).policies)
		.map(({ text }) => text)
		.sort();

test('blocks that policies name, and holes in them, need identities of their own: each once', () => {
	const first = cilium(
		'endpointSelector: {}, egress: [{ toCIDR: [10.1.2.3, "fd00::/8"] }, { toCIDRSet: [{ cidr: 10.0.0.0/8, except: [10.1.0.0/16] }] }]',
	);
	const second = kubernetes(
		'podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: 10.0.0.0/8, except: [10.2.0.0/16] } }] }]',
	);
	const third = cluster(
		'tier: Admin, priority: 1, subject: { namespaces: {} }, egress: [{ action: Deny, to: [{ networks: ["fd00:1::/32"] }] }]',
	);
	expect(blocksIn(first, second, third)).toEqual(
		['10.0.0.0/8', '10.1.0.0/16', '10.1.2.3/32', '10.2.0.0/16', 'fd00:1::/32', 'fd00::/8'].sort(),
	);
});

test('addresses of a service’s backends, too', () => {
	expect(
		blocksIn(cilium('endpointSelector: {}, egress: [{ toServices: [{ k8sService: { serviceName: outer } }] }]')),
	).toEqual(['10.1.2.3/32']);
});

test('deny rules as well, and what names no block names none', () => {
	expect(blocksIn(cilium('endpointSelector: {}, egressDeny: [{ toCIDR: [10.0.0.0/8] }]'))).toEqual(['10.0.0.0/8']);
	expect(blocksIn(cilium('endpointSelector: {}, egress: [{ toEntities: [world] }]'))).toEqual([]);
});
