/** ClusterNetworkPolicy: for each member, exactly these of everyone there is. */
import { describe, expect, test } from 'vitest';
import { NODES, OWN_PODS, PODS, whoIs } from './support/cast.js';
import { AUDIT, cluster, only } from './support/read.js';

const SUBJECT = 'subject: { namespaces: {} }';

const policy = (rules: string, head = `tier: Admin, priority: 10, ${SUBJECT}`, more = {}) =>
	only(cluster(`${head}, ${rules}`), more);
const egress = (action: string, peer: string, protocols = '') =>
	policy(`egress: [{ action: ${action}, to: [${peer}]${protocols && `, protocols: [${protocols}]`} }]`).rules;

describe('whom a ClusterNetworkPolicy is for', () => {
	test.each([
		['pods of every namespace: no node, nothing outside', '{ namespaces: {} }', PODS],
		['pods of namespaces by label', '{ namespaces: { matchLabels: { env: prod } } }', OWN_PODS],
		[
			'pods of namespaces that lack a label',
			'{ namespaces: { matchExpressions: [{ key: team, operator: DoesNotExist }] } }',
			OWN_PODS,
		],
		[
			'pods by label, in every namespace',
			'{ pods: { namespaceSelector: {}, podSelector: { matchLabels: { app: client } } } }',
			['client', 'client@red', 'stranger'],
		],
		[
			'pods by label, in namespaces by label',
			'{ pods: { namespaceSelector: { matchLabels: { team: a } }, podSelector: {} } }',
			['stranger'],
		],
		['nobody, of a subject that this version does not know', '{ machines: {} }', []],
	])('%s', (_, subject, expected) => {
		const { subjects, defaults } = policy('ingress: []', `tier: Admin, priority: 1, subject: ${subject}`);
		expect(whoIs([subjects])).toEqual([...expected].sort());
		expect(defaults).toEqual({ ingress: 'allow', egress: 'allow' });
	});
});

describe('peers of a ClusterNetworkPolicy', () => {
	test.each([
		['namespaces', '{ namespaces: { matchLabels: { env: test } } }', ['stranger']],
		['every namespace', '{ namespaces: {} }', PODS],
		['pods', '{ pods: { namespaceSelector: {}, podSelector: { matchLabels: { app: web } } } }', ['web', 'web@blue']],
		['nodes by label', '{ nodes: { matchLabels: { role: worker } } }', ['worker']],
		['every node, ours too', '{ nodes: {} }', ['host', ...NODES]],
		['networks', '{ networks: [10.1.0.0/16, "fd00:1::/32"] }', ['10.1.0.0/16', '10.1.2.3/32', 'fd00:1::/32']],
		['domain names', '{ domainNames: [www.example.com] }', ['www.example.com']],
		[
			'domain names of one label and of more',
			'{ domainNames: ["*.example.com"] }',
			['www.example.com', 'a.b.example.com'],
		],
		[
			'several',
			'{ namespaces: { matchLabels: { env: test } } }, { networks: [10.1.2.3/32] }',
			['10.1.2.3/32', 'stranger'],
		],
	])('%s', (_, peer, expected) => {
		expect(egress('Accept', peer).flatMap(({ peers }) => whoIs(peers))).toEqual([...expected].sort());
	});

	test('of ingress are read the same', () => {
		const { rules } = policy('ingress: [{ action: Deny, from: [{ namespaces: { matchLabels: { env: test } } }] }]');
		expect(rules).toMatchObject([{ direction: 'ingress', action: 'deny' }]);
		expect(whoIs(rules[0]!.peers)).toEqual(['stranger']);
	});
});

describe('networks that mean endpoints too', () => {
	const ask = (action: string, cidr: string) =>
		policy(`egress: [{ action: ${action}, to: [{ networks: ["${cidr}"] }] }]`, undefined, {
			ipBlocks: 'endpoints',
		}).rules.flatMap(({ peers }) => whoIs(peers));

	test('accept those whose addresses all lie in them', () => {
		expect(ask('Accept', '192.168.0.0/16')).toEqual(['192.168.0.0/16']);
	});

	test('deny those of which one address does', () => {
		expect(ask('Deny', '192.168.0.0/16')).toEqual(['192.168.0.0/16', 'client']);
		expect(ask('Deny', 'fd00::/8')).toEqual(['fd00:1::/32', 'fd00::/8', 'web']);
	});
});

describe('protocols of a ClusterNetworkPolicy', () => {
	const ports = (protocols: string) => egress('Accept', '{ namespaces: {} }', protocols).flatMap((rule) => rule.ports);

	test.each([
		['absent are everything', '', [{ protocol: 'any', port: 0, endPort: 65535 }]],
		['a port of TCP', '{ tcp: { destinationPort: { number: 80 } } }', [{ protocol: 6, port: 80, endPort: 80 }]],
		[
			'a range of UDP',
			'{ udp: { destinationPort: { range: { start: 1, end: 9 } } } }',
			[{ protocol: 17, port: 1, endPort: 9 }],
		],
		['a port of SCTP', '{ sctp: { destinationPort: { number: 5 } } }', [{ protocol: 132, port: 5, endPort: 5 }]],
		['a name, of any protocol', '{ destinationNamedPort: http }', [{ protocol: 'any', name: 'http' }]],
		[
			'several',
			'{ tcp: { destinationPort: { number: 80 } } }, { udp: { destinationPort: { number: 53 } } }',
			[
				{ protocol: 6, port: 80, endPort: 80 },
				{ protocol: 17, port: 53, endPort: 53 },
			],
		],
	])('%s', (_, protocols, expected) => {
		expect(ports(protocols)).toEqual(expected);
	});
});

describe('the order of rules', () => {
	const order = (tier: string, priority: number, i: number) => {
		const rule = '{ action: Accept, from: [{ namespaces: {} }] }';
		const { rules } = policy(
			`ingress: [${Array(25).fill(rule).join()}]`,
			`tier: ${tier}, priority: ${priority}, ${SUBJECT}`,
		);
		return rules[i]!;
	};

	test('within a policy, the earlier first', () => {
		expect(order('Admin', 10, 0).precedence).toBeGreaterThan(order('Admin', 10, 1).precedence);
	});

	test('of policies, the lower priority first, whichever rule it is', () => {
		expect(order('Admin', 10, 24).precedence).toBeGreaterThan(order('Admin', 11, 0).precedence);
		expect(order('Admin', 0, 24).precedence).toBeGreaterThan(order('Admin', 1000, 0).precedence);
	});

	test('by tier', () => {
		expect([order('Admin', 1, 0).tier, order('Baseline', 1, 0).tier]).toEqual(['admin', 'baseline']);
	});
});

describe('what this version does not know', () => {
	const KNOWN = '{ namespaces: { matchLabels: { env: test } } }';
	const EVERYTHING = { peers: 'any', ports: [{ protocol: 'any', port: 0, endPort: 65535 }] };
	const gre = '{ gre: {} }';

	test.each([
		['a peer', '{ machines: {} }', ''],
		['a peer beside one that is known', `${KNOWN}, { machines: {} }`, ''],
		['a peer without any field', '{}', ''],
		['a protocol', KNOWN, gre],
		['a protocol beside one that is known', KNOWN, `{ tcp: { destinationPort: { number: 80 } } }, ${gre}`],
		['something within a protocol', KNOWN, '{ tcp: { sourcePort: { number: 80 } } }'],
	])('%s: a rule that accepts matches nothing, any other denies everything', (_, peers, protocols) => {
		expect(egress('Accept', peers, protocols)).toEqual([]);
		expect(egress('Deny', peers, protocols)).toMatchObject([{ ...EVERYTHING, action: 'deny' }]);
		expect(egress('Pass', peers, protocols)).toMatchObject([{ ...EVERYTHING, action: 'deny' }]);
	});

	test('the other rules of the policy are read as they are', () => {
		const { rules } = policy(`egress: [{ action: Pass, to: [{ machines: {} }] }, { action: Pass, to: [${KNOWN}] }]`);
		expect(rules.map(({ action }) => action)).toEqual(['deny', 'pass']);
		expect(rules[0]!.precedence).toBeGreaterThan(rules[1]!.precedence);
	});
});

test('in audit mode, what a ClusterNetworkPolicy denies is audited, and what it says else is not', () => {
	const peer = '[{ namespaces: {} }]';
	const rules = ['Accept', 'Deny', 'Pass'].map((action) => `{ action: ${action}, from: ${peer} }`).join();
	const found = only(cluster(`tier: Admin, priority: 1, ${SUBJECT}, ingress: [${rules}]`, AUDIT)).rules;
	expect(found.map(({ action, audit }) => [action, audit])).toEqual([
		['allow', false],
		['deny', true],
		['pass', false],
	]);
});
