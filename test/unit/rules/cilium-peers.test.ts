/** Who a rule of a Cilium policy speaks of: for each member, exactly these of everyone there is. */
import { describe, expect, test } from 'vitest';
import { CLUSTER, NAMES, NODES, OWN_PODS, PODS, whoIs, WORLD } from './support/cast.js';
import { cilium, clusterwide, only } from './support/read.js';

type Claim = readonly [claim: string, rule: string, peers: readonly string[]];

const REMOTE = NODES;

function namespaced(rule: string): readonly string[] {
	return peersIn(cilium(`endpointSelector: {}, egress: [{ ${rule} }]`));
}

function wide(rule: string, subjects = '{}'): readonly string[] {
	return peersIn(clusterwide(`endpointSelector: ${subjects}, egress: [{ ${rule} }]`));
}

function peersIn(text: string): readonly string[] {
	return only(text).rules.flatMap(({ peers }) => whoIs(peers));
}

function table(title: string, ask: (rule: string) => readonly string[], claims: readonly Claim[]): void {
	describe(title, () => {
		test.each(claims.map((claim) => ({ claim })))('$claim.0', ({ claim: [, rule, peers] }) => {
			expect(ask(rule)).toEqual([...peers].sort());
		});
	});
}

const one = (key: string, value: string) => `toEndpoints: [{ matchLabels: { "${key}": "${value}" } }]`;
const which = (key: string, operator: string, values = '') =>
	`toEndpoints: [{ matchExpressions: [{ key: "${key}", operator: ${operator}${values && `, values: [${values}]`} }] }]`;

table('toEndpoints of a namespaced policy', namespaced, [
	['by label, on every network, in the own namespace only', one('app', 'client'), ['client', 'client@red']],
	['by label of source k8s', one('k8s:app', 'client'), ['client', 'client@red']],
	['by label of any source', one('any:app', 'web'), ['web', 'web@blue']],
	['of another source: nobody', one('cni:app', 'web'), []],
	['an empty selector is everyone of the own namespace, and nobody outside', 'toEndpoints: [{}]', OWN_PODS],
	['an empty list is nobody', 'toEndpoints: []', []],
	[
		'several selectors are any of them',
		'toEndpoints: [{ matchLabels: { tier: front } }, { matchLabels: { app: client } }]',
		['web', 'client', 'client@red'],
	],
	['of a namespace that is named', one('k8s:io.kubernetes.pod.namespace', 'other'), ['stranger']],
	['of a namespace that is named without a source', one('io.kubernetes.pod.namespace', 'other'), ['stranger']],
	['of every namespace but one', which('k8s:io.kubernetes.pod.namespace', 'Exists'), PODS],
	['of namespaces by their labels', one('k8s:io.cilium.k8s.namespace.labels.team', 'a'), ['stranger']],
	['of a network', one('cni:com.isovalent.v1alpha1.network.attachment', 'blue'), ['web@blue']],
	['of the default network', which('cni:com.isovalent.v1alpha1.network.attachment', 'DoesNotExist'), ['web', 'client']],
	['In is any of the values', which('app', 'In', 'web, client'), OWN_PODS],
	['NotIn is also who lacks the label', which('tier', 'NotIn', 'front'), ['client', 'web@blue', 'client@red']],
	['Exists', which('tier', 'Exists'), ['web']],
	['DoesNotExist', which('tier', 'DoesNotExist'), ['client', 'web@blue', 'client@red']],
	['a reserved identity is in no namespace', one('reserved:host', ''), ['host']],
	[
		'all that is not a reserved identity',
		which('reserved:host', 'DoesNotExist'),
		NAMES.filter((name) => name !== 'host'),
	],
	['a block’s label alone is still asked in the own namespace', one('cidr:10.0.0.0/8', ''), []],
]);

table('toEndpoints of a cluster-wide policy', wide, [
	['are of every namespace', one('app', 'client'), ['client', 'stranger', 'client@red']],
	['an empty selector is every endpoint of a namespace: no node, nothing outside', 'toEndpoints: [{}]', PODS],
	['of a namespace that is named', one('k8s:io.kubernetes.pod.namespace', 'other'), ['stranger']],
	[
		'of namespaces that lack a label: endpoints still',
		which('k8s:io.cilium.k8s.namespace.labels.team', 'DoesNotExist'),
		OWN_PODS,
	],
	['a reserved identity', one('reserved:health', ''), ['health']],
]);

test('a cluster-wide policy for endpoints being initialised may mean peers of no namespace', () => {
	expect(wide('toEndpoints: [{}]', '{ matchLabels: { "reserved:init": "" } }')).toEqual(NAMES);
});

const entity = (name: string) => `toEntities: [${name}]`;

table('toEntities', namespaced, [
	['all is everyone', entity('all'), NAMES],
	['none is nobody', entity('none'), []],
	['none beside another adds nobody', 'toEntities: [none, host]', ['host']],
	['all beside another is everyone', 'toEntities: [host, all]', NAMES],
	['an empty list is nobody', 'toEntities: []', []],
	['world is all that is outside, blocks and names too', entity('world'), WORLD],
	['cluster is all the rest', entity('cluster'), CLUSTER],
	[
		'world-ipv4',
		entity('world-ipv4'),
		[
			'world-ipv4',
			'10.0.0.0/8',
			'10.1.0.0/16',
			'10.1.2.3/32',
			'192.168.0.0/16',
			'www.example.com',
			'example.com in 10.0.0.0/8',
		],
	],
	['world-ipv6', entity('world-ipv6'), ['world-ipv6', 'fd00::/8', 'fd00:1::/32', 'a.b.example.com']],
	['host is this node', entity('host'), ['host']],
	['remote-node is every other, with labels or without, the API server’s too', entity('remote-node'), NODES],
	['kube-apiserver', entity('kube-apiserver'), ['kube-apiserver']],
	['ingress', entity('ingress'), ['ingress']],
	['init', entity('init'), ['init']],
	['health', entity('health'), ['health']],
	['unmanaged', entity('unmanaged'), ['unmanaged']],
]);

const TEN = ['10.0.0.0/8', '10.1.0.0/16', '10.1.2.3/32', 'example.com in 10.0.0.0/8'];
const ALL_OF_4 = [...TEN, '192.168.0.0/16', 'world', 'world-ipv4', 'www.example.com'];
const ALL_OF_6 = ['fd00::/8', 'fd00:1::/32', 'world', 'world-ipv6', 'a.b.example.com'];

table('toCIDR and toCIDRSet', namespaced, [
	['a block is what lies in it, outside: no endpoint, no node', 'toCIDR: [10.0.0.0/8]', TEN],
	['not what lies around it', 'toCIDR: [10.1.0.0/16]', ['10.1.0.0/16', '10.1.2.3/32']],
	['an address is a block of one', 'toCIDR: [10.1.2.3]', ['10.1.2.3/32']],
	['bits beyond the prefix do not count', 'toCIDR: [10.1.2.3/8]', TEN],
	['IPv6', 'toCIDR: ["fd00::/8"]', ['fd00::/8', 'fd00:1::/32']],
	['the whole of IPv4 is its world, and no IPv6', 'toCIDR: [0.0.0.0/0]', ALL_OF_4],
	['the whole of IPv6 is its world, and no IPv4', 'toCIDR: ["::/0"]', ALL_OF_6],
	[
		'a hole is left out, with what lies in it',
		'toCIDRSet: [{ cidr: 10.0.0.0/8, except: [10.1.0.0/16] }]',
		['10.0.0.0/8', 'example.com in 10.0.0.0/8'],
	],
	[
		'a hole in the whole',
		'toCIDRSet: [{ cidr: 0.0.0.0/0, except: [10.0.0.0/8] }]',
		['192.168.0.0/16', 'world', 'world-ipv4', 'www.example.com'],
	],
	['a hole in IPv6', 'toCIDRSet: [{ cidr: "fd00::/8", except: ["fd00:1::/32"] }]', ['fd00::/8']],
	[
		'a hole holds in its own block only',
		'toCIDRSet: [{ cidr: 10.0.0.0/8, except: [10.1.0.0/16] }, { cidr: 10.1.2.3/32 }]',
		['10.0.0.0/8', 'example.com in 10.0.0.0/8', '10.1.2.3/32'],
	],
	['an empty list is nobody', 'toCIDR: []', []],
	['an empty set is nobody', 'toCIDRSet: []', []],
]);

table('toNodes', namespaced, [
	['by label', 'toNodes: [{ matchLabels: { role: worker } }]', ['worker']],
	['by label of source node', 'toNodes: [{ matchLabels: { "node:role": worker } }]', ['worker']],
	['an empty selector is every other node', 'toNodes: [{}]', REMOTE],
	[
		'NotIn is no endpoint, and nothing outside',
		'toNodes: [{ matchExpressions: [{ key: role, operator: NotIn, values: [worker] }] }]',
		REMOTE.filter((name) => name !== 'worker'),
	],
	['an empty list is nobody', 'toNodes: []', []],
]);

const service = (body: string) => `toServices: [{ k8sService: { ${body} } }]`;
const chosen = (body: string) => `toServices: [{ k8sServiceSelector: { ${body} } }]`;

table('toServices', namespaced, [
	['pods by the service’s selector, in its namespace', service('serviceName: clients, namespace: other'), ['stranger']],
	['without a namespace, of every one', service('serviceName: clients'), ['client', 'client@red', 'stranger']],
	['without a selector, the backends’ addresses', service('serviceName: outer, namespace: default'), ['10.1.2.3/32']],
	['an empty selector is none', service('serviceName: blank, namespace: default'), []],
	['of a service without backends: nobody', service('serviceName: empty'), []],
	['of a service that nobody knows: nobody', service('serviceName: gone'), []],
	['of a service of another namespace: nobody', service('serviceName: outer, namespace: other'), []],
	[
		'by the services’ labels',
		chosen('selector: { matchLabels: { kind: pods } }, namespace: default'),
		['client', 'client@red'],
	],
	[
		'by labels, of every namespace',
		chosen('selector: { matchLabels: { kind: pods } }'),
		['client', 'client@red', 'stranger'],
	],
	[
		'several services are any of them',
		'toServices: [{ k8sService: { serviceName: gone } }, { k8sService: { serviceName: outer } }]',
		['10.1.2.3/32'],
	],
]);

table('toFQDNs', namespaced, [
	['a name', 'toFQDNs: [{ matchName: www.example.com }]', ['www.example.com']],
	[
		'in any letter case, with or without the root’s dot',
		'toFQDNs: [{ matchName: WWW.Example.com. }]',
		['www.example.com'],
	],
	['a pattern is of one label', 'toFQDNs: [{ matchPattern: "*.example.com" }]', ['www.example.com']],
	['a pattern of more labels', 'toFQDNs: [{ matchPattern: "**.example.com" }]', ['www.example.com', 'a.b.example.com']],
	[
		'a star is every name, and nothing that has none',
		'toFQDNs: [{ matchPattern: "*" }]',
		['www.example.com', 'a.b.example.com', 'example.com in 10.0.0.0/8'],
	],
	[
		'several are any of them',
		'toFQDNs: [{ matchName: example.com }, { matchPattern: "a.*.example.com" }]',
		['example.com in 10.0.0.0/8', 'a.b.example.com'],
	],
]);

describe('rules without some part', () => {
	const count = (rule: string) => only(cilium(`endpointSelector: {}, egress: [{ ${rule} }]`)).rules.length;

	test('without peers, speak of everyone on their ports', () => {
		expect(namespaced('toPorts: [{ ports: [{ port: "80" }] }]')).toEqual(NAMES);
		expect(namespaced('icmps: [{ fields: [{ type: 8 }] }]')).toEqual(NAMES);
	});

	test('of neither peers nor ports say nothing', () => {
		expect([count(''), count('toPorts: []'), count('icmps: []')]).toEqual([0, 0, 0]);
	});

	test('of an empty member beside another speak of nobody', () => {
		expect(count('toEndpoints: [], toEntities: [all]')).toBe(0);
		expect(count('toEndpoints: [], toPorts: [{ ports: [{ port: "80" }] }]')).toBe(0);
	});
});

describe('the other direction and the other action', () => {
	const rule = (section: string, member: string) =>
		only(cilium(`endpointSelector: {}, ${section}: [{ ${member} }]`)).rules[0]!;

	test('peers of ingress are read the same', () => {
		expect(whoIs(rule('ingress', 'fromEndpoints: [{}]').peers)).toEqual([...OWN_PODS].sort());
		expect(whoIs(rule('ingress', 'fromEntities: [world-ipv6]').peers)).toEqual(
			whoIs(rule('egress', 'toEntities: [world-ipv6]').peers),
		);
		expect(whoIs(rule('ingress', 'fromCIDR: [10.0.0.0/8]').peers)).toEqual([...TEN].sort());
		expect(whoIs(rule('ingress', 'fromCIDRSet: [{ cidr: "fd00::/8", except: ["fd00:1::/32"] }]').peers)).toEqual([
			'fd00::/8',
		]);
		expect(whoIs(rule('ingress', 'fromNodes: [{ matchLabels: { role: master } }]').peers)).toEqual(['master']);
	});

	test.each([
		['ingress', 'fromEntities: [host]', 'ingress', 'allow'],
		['ingressDeny', 'fromEntities: [host]', 'ingress', 'deny'],
		['egress', 'toEntities: [host]', 'egress', 'allow'],
		['egressDeny', 'toEntities: [host]', 'egress', 'deny'],
	])('%s with %s is of direction %s and action %s', (section, member, direction, action) => {
		expect(rule(section, member)).toMatchObject({ direction, action, tier: 'normal', precedence: 0, audit: false });
	});
});
