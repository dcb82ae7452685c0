/** NetworkPolicy and MultiNetworkPolicy: for each member, exactly these of everyone there is. */
import { describe, expect, test } from 'vitest';
import { NAMES, OWN_PODS, PODS, whoIs } from './support/cast.js';
import { AUDIT, kubernetes, multiNetwork, only, read } from './support/read.js';

const peers = (rule: string, more: Parameters<typeof only>[1] = {}) =>
	only(kubernetes(`podSelector: {}, policyTypes: [Egress], egress: [{ ${rule} }]`), more).rules.flatMap((found) =>
		whoIs(found.peers),
	);
const TEN = ['10.0.0.0/8', '10.1.0.0/16', '10.1.2.3/32', 'example.com in 10.0.0.0/8'];
const prod = 'namespaceSelector: { matchLabels: { env: prod } }';
const client = 'podSelector: { matchLabels: { app: client } }';

describe('peers of a NetworkPolicy', () => {
	test.each([
		['absent are everyone, within the cluster and beyond', '', NAMES],
		['an empty list is everyone', 'to: []', NAMES],
		['podSelector: pods of the own namespace', `to: [{ ${client} }]`, ['client', 'client@red']],
		['an empty podSelector: every pod of the own namespace', 'to: [{ podSelector: {} }]', OWN_PODS],
		['namespaceSelector: all pods of those namespaces', `to: [{ ${prod} }]`, OWN_PODS],
		['an empty namespaceSelector: pods of every namespace, and nobody else', 'to: [{ namespaceSelector: {} }]', PODS],
		[
			'both: pods of those namespaces',
			`to: [{ namespaceSelector: {}, ${client} }]`,
			['client', 'client@red', 'stranger'],
		],
		[
			'both, and no pod fits both',
			`to: [{ namespaceSelector: { matchLabels: { env: test } }, podSelector: { matchLabels: { app: web } } }]`,
			[],
		],
		[
			'a namespace by its name',
			'to: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: other } } }]',
			['stranger'],
		],
		[
			'namespaces that lack a label: pods still, no node and nothing outside',
			'to: [{ namespaceSelector: { matchExpressions: [{ key: team, operator: DoesNotExist }] } }]',
			OWN_PODS,
		],
		[
			'two items are either',
			`to: [{ ${client} }, { namespaceSelector: { matchLabels: { team: a } } }]`,
			['client', 'client@red', 'stranger'],
		],
		['ipBlock: what lies in it, outside', 'to: [{ ipBlock: { cidr: 10.0.0.0/8 } }]', TEN],
		[
			'ipBlock with a hole',
			'to: [{ ipBlock: { cidr: 10.0.0.0/8, except: [10.1.0.0/16] } }]',
			['10.0.0.0/8', 'example.com in 10.0.0.0/8'],
		],
		['ipBlock of IPv6', 'to: [{ ipBlock: { cidr: "fd00::/8", except: ["fd00:1::/32"] } }]', ['fd00::/8']],
		[
			'ipBlock of all IPv4: no IPv6, no pod, no node',
			'to: [{ ipBlock: { cidr: 0.0.0.0/0 } }]',
			[...TEN, '192.168.0.0/16', 'world', 'world-ipv4', 'www.example.com'],
		],
	])('%s', (_, rule, expected) => {
		expect(peers(rule)).toEqual([...expected].sort());
	});

	test('a label that Kubernetes’ objects do not have is nobody’s', () => {
		expect(peers('to: [{ podSelector: { matchLabels: { role: worker } } }]')).toEqual([]);
	});
});

describe('ipBlock that means endpoints too', () => {
	const block = (cidr: string) => peers(`to: [{ ipBlock: { cidr: "${cidr}" } }]`, { ipBlocks: 'endpoints' });

	test('selects those whose addresses all lie in it', () => {
		expect(block('10.0.0.0/8')).toEqual([...TEN, 'stranger', 'web'].sort());
		expect(block('10.1.2.0/24')).toEqual(['10.1.2.3/32', 'stranger']);
	});

	test('asks the addresses of its own family only', () => {
		expect(block('fd00::/8')).toEqual(['fd00:1::/32', 'fd00::/8', 'web']);
	});

	test('leaves out those with an address in a hole', () => {
		expect(peers('to: [{ ipBlock: { cidr: 10.0.0.0/8, except: [10.1.2.0/24] } }]', { ipBlocks: 'endpoints' })).toEqual(
			['10.0.0.0/8', '10.1.0.0/16', 'example.com in 10.0.0.0/8', 'web'].sort(),
		);
	});
});

describe('ports of a NetworkPolicy', () => {
	const ports = (text: string) =>
		only(kubernetes(`podSelector: {}, ingress: [{ ${text} }]`)).rules.flatMap((rule) => rule.ports);

	test.each([
		['absent are everything', '', [{ protocol: 'any', port: 0, endPort: 65535 }]],
		['an empty list is everything', 'ports: []', [{ protocol: 'any', port: 0, endPort: 65535 }]],
		['no protocol is TCP', 'ports: [{ port: 80 }]', [{ protocol: 6, port: 80, endPort: 80 }]],
		[
			'no port is every port of the protocol',
			'ports: [{ protocol: UDP }]',
			[{ protocol: 17, port: 0, endPort: 65535 }],
		],
		['a range', 'ports: [{ port: 80, endPort: 90, protocol: SCTP }]', [{ protocol: 132, port: 80, endPort: 90 }]],
		['a name', 'ports: [{ port: http }]', [{ protocol: 6, name: 'http' }]],
	])('%s', (_, text, expected) => {
		expect(ports(text)).toEqual(expected);
	});
});

describe('what a NetworkPolicy is for', () => {
	test('pods of its namespace, on every network', () => {
		expect(whoIs([only(kubernetes('podSelector: {}')).subjects])).toEqual([...OWN_PODS].sort());
		expect(whoIs([only(kubernetes('podSelector: {}', { namespace: 'other' })).subjects])).toEqual(['stranger']);
		expect(whoIs([only(kubernetes('podSelector: { matchLabels: { app: web } }')).subjects])).toEqual([
			'web',
			'web@blue',
		]);
	});

	test.each([
		['ingress, where it says nothing', '', 'deny', 'allow'],
		['egress, too, where it has such rules', 'egress: [{}]', 'deny', 'deny'],
		['egress alone, where it says so', 'policyTypes: [Egress]', 'allow', 'deny'],
		['both, where it says so, without any rule', 'policyTypes: [Ingress, Egress]', 'deny', 'deny'],
	])('isolates %s', (_, spec, ingress, egress) => {
		expect(only(kubernetes(`podSelector: {}, ${spec}`)).defaults).toEqual({ ingress, egress });
	});

	test('rules of a direction that it is not about say nothing', () => {
		expect(only(kubernetes('podSelector: {}, policyTypes: [Ingress], egress: [{}], ingress: []')).rules).toEqual([]);
	});

	test('in audit mode isolates nobody in earnest', () => {
		expect(only(kubernetes('podSelector: {}', AUDIT)).defaults).toEqual({ ingress: 'audited', egress: 'allow' });
	});

	test('its rules are allowed, by the numbers of their lines', () => {
		const { policies, originOf } = read(kubernetes('podSelector: {}, ingress: [{ from: [{ podSelector: {} }] }]'));
		expect(policies[0]!.rules).toMatchObject([
			{ direction: 'ingress', action: 'allow', tier: 'normal', precedence: 0 },
		]);
		expect(originOf(policies[0]!.rules[0]!)).toEqual({
			document: 'NetworkPolicy default/p',
			file: 'policies.yaml',
			line: 4,
			path: 'spec.ingress[0]',
		});
	});
});

describe('a MultiNetworkPolicy', () => {
	const policy = (networks: string, rule = '') =>
		only(multiNetwork(networks, `podSelector: {}, policyTypes: [Ingress], ingress: [{ ${rule} }]`));

	test.each([
		['blue', ['web@blue']],
		['default', ['web', 'client']],
		['blue, red', ['web@blue', 'client@red']],
		['ns/blue,default', ['web@blue', 'web', 'client']],
		['green', []],
	])('for %s is for endpoints of these networks only', (networks, expected) => {
		expect(whoIs([policy(networks).subjects])).toEqual([...expected].sort());
	});

	test('selects peers on its networks only', () => {
		const on = (networks: string, rule: string) => policy(networks, rule).rules.flatMap((found) => whoIs(found.peers));
		expect(on('blue', 'from: [{ podSelector: {} }]')).toEqual(['web@blue']);
		expect(on('red', 'from: [{ namespaceSelector: {} }]')).toEqual(['client@red']);
		expect(on('default', 'from: [{ namespaceSelector: {} }]')).toEqual(['client', 'stranger', 'web']);
		expect(on('default,red', 'from: [{ podSelector: { matchLabels: { app: client } } }]')).toEqual([
			'client',
			'client@red',
		]);
	});

	test('blocks of addresses, and everyone, are as in a NetworkPolicy', () => {
		expect(whoIs(policy('blue', 'from: [{ ipBlock: { cidr: 10.1.2.0/24 } }]').rules[0]!.peers)).toEqual([
			'10.1.2.3/32',
		]);
		expect(policy('blue').rules[0]!.peers).toBe('any');
	});

	test('isolates as a NetworkPolicy does', () => {
		expect(policy('blue').defaults).toEqual({ ingress: 'deny', egress: 'allow' });
	});
});
