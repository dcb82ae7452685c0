import { describe, expect, test } from 'vitest';
import { explain } from '../../../lib/explain/explain.js';
import { podDocuments, policyDocument, readWorld } from './support/world.js';

const PODS = podDocuments('client', 'web', 'other', 'far/client');

/** What the rules of an ingress of `web` lack, for a connection from `from`. */
function lacks(rules: string, from: string, port: number, protocol = 6) {
	const spec = `{ endpointSelector: { matchLabels: { app: web } }, ingress: ${rules} }`;
	const told = readWorld(PODS, policyDocument('web', spec)).ask(from, 'web', port, protocol).ingress!;
	return told.whyNot.map(({ missing }) => missing);
}

const CLIENT = 'fromEndpoints: [{ matchLabels: { app: client } }]';
const PORT_80 = 'toPorts: [{ ports: [{ port: "80", protocol: TCP }] }]';

describe('a rule that does not match says', () => {
	test('which label of the peer is another', () => {
		expect(lacks(`[{ ${CLIENT} }]`, 'other', 80)).toEqual([
			[{ what: 'peer label', expected: 'any:app=client', found: 'k8s:app=other' }],
		]);
	});

	test('which label the peer has not', () => {
		expect(lacks('[{ fromEndpoints: [{ matchLabels: { tier: front } }] }]', 'other', 80)).toEqual([
			[{ what: 'peer label', expected: 'any:tier=front', found: 'no label any:tier' }],
		]);
	});

	test('that the peer is of another namespace', () => {
		expect(lacks(`[{ ${CLIENT} }]`, 'far/client', 80)).toEqual([
			[
				{
					what: 'peer label',
					expected: 'k8s:io.kubernetes.pod.namespace=default',
					found: 'k8s:io.kubernetes.pod.namespace=far',
				},
			],
		]);
	});

	test('which port and which protocol it is about', () => {
		expect(lacks(`[{ ${CLIENT}, ${PORT_80} }]`, 'client', 81)).toEqual([
			[{ what: 'port', expected: 'TCP 80', found: 'TCP 81' }],
		]);
		expect(lacks(`[{ ${CLIENT}, ${PORT_80} }]`, 'client', 80, 17)).toEqual([
			[{ what: 'protocol', expected: 'TCP 80', found: 'UDP 80' }],
		]);
		expect(lacks(`[{ ${CLIENT}, icmps: [{ fields: [{ type: 8 }] }] }]`, 'client', 3 << 8, 1)).toEqual([
			[{ what: 'port', expected: 'ICMP type 8', found: 'ICMP type 3 code 0' }],
		]);
	});

	test('that nobody gave a port its name', () => {
		const named = `[{ ${CLIENT}, toPorts: [{ ports: [{ port: http, protocol: TCP }] }] }]`;
		expect(lacks(named, 'client', 80)).toEqual([
			[{ what: 'port', expected: 'port http of TCP', found: 'a destination that has no port of that name' }],
		]);
	});

	test('which addresses it is about, and that pods are not told by address', () => {
		const block = '[{ fromCIDRSet: [{ cidr: 10.0.0.0/8, except: [10.1.0.0/16] }] }]';
		expect(lacks(block, '10.1.2.3', 80)).toEqual([
			[{ what: 'peer address', expected: '10.0.0.0/8 except 10.1.0.0/16', found: '10.1.0.0/16' }],
		]);
		expect(lacks(block, 'client', 80)[0]).toMatchObject([
			{ what: 'peer address', found: 'default/app=client, told by labels and not by address' },
		]);
	});

	test('which names it is about', () => {
		const spec =
			'{ endpointSelector: { matchLabels: { app: web } }, egress: [{ toFQDNs: [{ matchName: example.com }] }] }';
		const told = readWorld(PODS, policyDocument('web', spec)).ask('web', 'world-ipv4', 443).egress!;
		expect(told.whyNot[0]!.missing).toEqual([
			{ what: 'peer name', expected: 'name example.com', found: 'world-ipv4, an address learned for no name' },
		]);
	});

	test('all that is missing at once', () => {
		expect(lacks(`[{ ${CLIENT}, ${PORT_80} }]`, 'other', 81)[0]!.map(({ what }) => what)).toEqual([
			'peer label',
			'port',
		]);
	});
});

describe('rules that do not match', () => {
	test('are in the order of what they lack', () => {
		const rules = `[{ fromEndpoints: [{ matchLabels: { app: far, tier: x } }], ${PORT_80} }, { ${CLIENT}, ${PORT_80} }, { ${CLIENT} }]`;
		expect(lacks(rules, 'other', 81).map((missing) => missing.length)).toEqual([1, 2, 3]);
	});

	test('of the peers that one rule names, are told by the nearest', () => {
		const two = '[{ fromEndpoints: [{ matchLabels: { app: x, tier: y } }, { matchLabels: { app: client } }] }]';
		expect(lacks(two, 'other', 80)).toEqual([
			[{ what: 'peer label', expected: 'any:app=client', found: 'k8s:app=other' }],
		]);
	});

	test('are bounded, and it is told how many there are beyond', () => {
		const rules = Array.from({ length: 30 }, (_, i) => `{ ${CLIENT}, toPorts: [{ ports: [{ port: "${i + 1}" }] }] }`);
		const spec = `{ endpointSelector: { matchLabels: { app: web } }, ingress: [${rules.join(', ')}] }`;
		const { policies, world } = readWorld(PODS, policyDocument('web', spec));
		const question = { from: world.find('client')!, to: world.find('web')!, protocol: 6, port: 99 };
		expect(explain(policies, question).ingress).toMatchObject({ whyNot: { length: 10 }, moreWhyNot: 20 });
		const few = explain(policies, question, { nearMisses: 3 }).ingress!;
		expect([few.whyNot.length, few.moreWhyNot]).toEqual([3, 27]);
	});
});
