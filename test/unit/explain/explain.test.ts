import { describe, expect, test } from 'vitest';
import { explain } from '../../../lib/explain/explain.js';
import { DIRECT_ROW_COOKIE, type RuleRow } from '../../../lib/policy/row.js';
import { podDocuments, policyDocument, readWorld } from './support/world.js';

const PODS = podDocuments('client', 'web', 'other', 'far/client');
const WEB = `
  endpointSelector: { matchLabels: { app: web } }
  ingress:
    - fromEndpoints: [{ matchLabels: { app: client } }]
      toPorts: [{ ports: [{ port: "80", protocol: TCP }] }]
`;
const AUDIT = ', annotations: { policy.heddle.io/audit-mode: "true" }';

describe('the verdict of a connection', () => {
	const { ask } = readWorld(PODS, policyDocument('web', WEB));

	test.each([
		['client', 'web', 80, 6, 'allowed'],
		['client', 'web', 81, 6, 'denied'],
		['client', 'web', 80, 17, 'denied'],
		['client', 'web', 8 << 8, 1, 'denied'],
		['other', 'web', 80, 6, 'denied'],
		['far/client', 'web', 80, 6, 'denied'],
		['world-ipv4', 'web', 80, 6, 'denied'],
		['host', 'web', 80, 6, 'denied'],
		['web', 'client', 80, 6, 'allowed'],
		['web', 'world-ipv6', 80, 6, 'allowed'],
	])('of %s to %s at port %d of protocol %d is %s', (from, to, port, protocol, verdict) => {
		expect(ask(from, to, port, protocol).verdict).toBe(verdict);
	});

	test('is that of the side that refuses, and both sides are told', () => {
		const lone = readWorld(
			PODS,
			policyDocument('web', WEB),
			policyDocument('shut', '{ endpointSelector: { matchLabels: { app: client } }, egress: [{}] }'),
		);
		const told = lone.ask('client', 'web', 80);
		expect(told).toMatchObject({
			verdict: 'denied',
			egress: { verdict: 'denied', enforced: true, default: 'deny', decidedBy: [] },
			ingress: { verdict: 'allowed' },
		});
	});

	test('is told for the sides that are endpoints, and no others', () => {
		expect(ask('world-ipv4', 'web', 80).egress).toBeUndefined();
		expect(ask('web', 'host', 80).ingress).toBeUndefined();
		expect(ask('client', 'web', 80).egress).toMatchObject({ verdict: 'allowed', enforced: false, policies: [] });
	});
});

describe('the rule that decided', () => {
	test('has document, path, file, line and row', () => {
		const told = readWorld(PODS, policyDocument('web', WEB)).ask('client', 'web', 80).ingress!;
		expect(told.decidedBy).toEqual(told.matching);
		expect(told.decidedBy).toMatchObject([
			{
				document: 'CiliumNetworkPolicy default/web',
				path: 'spec.ingress[0]',
				file: 'test.yaml',
				line: expect.any(Number) as number,
				action: 'allow',
				row: { direction: 'ingress', protocol: 6, port: 80, endPort: 80, action: 'allow' },
			},
		]);
		expect(told.policies).toEqual([{ document: 'CiliumNetworkPolicy default/web', default: 'deny' }]);
	});

	test('is the deny where an allow matches too', () => {
		const deny = '{ endpointSelector: {}, ingressDeny: [{ fromEndpoints: [{ matchLabels: { app: client } }] }] }';
		const told = readWorld(PODS, policyDocument('web', WEB), policyDocument('no', deny)).ask(
			'client',
			'web',
			80,
		).ingress!;
		expect(told.verdict).toBe('denied');
		expect(told.decidedBy).toMatchObject([{ document: 'CiliumNetworkPolicy default/no', path: 'spec.ingressDeny[0]' }]);
		expect(told.matching.map(({ document }) => document)).toEqual([
			'CiliumNetworkPolicy default/web',
			'CiliumNetworkPolicy default/no',
		]);
	});

	test('shows what the L7 proxy is to ask, and the authentication', () => {
		const spec = `
  endpointSelector: { matchLabels: { app: web } }
  ingress:
    - fromEndpoints: [{}]
      authentication: { mode: required }
      toPorts: [{ ports: [{ port: "80", protocol: TCP }], rules: { http: [{ method: GET }] } }]
`;
		const told = readWorld(PODS, policyDocument('web', spec)).ask('other', 'web', 80);
		expect(told.verdict).toBe('redirected');
		expect(told.ingress!.decidedBy).toMatchObject([
			{ action: 'redirect', l7: { http: [{ method: 'GET' }] }, authentication: 'required' },
		]);
	});

	test('of several redirects is all of them, and of a redirect and an allow the allow', () => {
		const http = (method: string) => `
  endpointSelector: { matchLabels: { app: web } }
  ingress: [{ toPorts: [{ ports: [{ port: "80", protocol: TCP }], rules: { http: [{ method: ${method} }] } }] }]
`;
		const both = [policyDocument('get', http('GET')), policyDocument('put', http('PUT'))];
		expect(readWorld(PODS, ...both).ask('client', 'web', 80).ingress!.decidedBy).toHaveLength(2);
		const told = readWorld(PODS, ...both, policyDocument('web', WEB)).ask('client', 'web', 80).ingress!;
		expect(told).toMatchObject({ verdict: 'allowed', decidedBy: [{ document: 'CiliumNetworkPolicy default/web' }] });
	});

	test('of a policy in audit mode reports what it would deny', () => {
		const told = readWorld(PODS, policyDocument('web', WEB, 'CiliumNetworkPolicy', AUDIT)).ask('other', 'web', 80);
		expect(told).toMatchObject({
			verdict: 'audited',
			ingress: { verdict: 'audited', default: 'audited', decidedBy: [] },
		});
	});

	test('may be a row by hand, which isolates its direction', () => {
		const { policies, world } = readWorld(PODS);
		const [from, to] = [world.find('client')!, world.find('web')!];
		const row: RuleRow = {
			peer: from.id,
			direction: 'ingress',
			protocol: 6,
			port: 80,
			endPort: 80,
			action: 'allow',
			precedence: 0,
			cookie: DIRECT_ROW_COOKIE + 1,
		};
		const direct = (id: number) => (id === to.id ? [row] : []);
		const ask = (port: number) => explain({ ...policies, direct }, { from, to, protocol: 6, port }).ingress!;
		expect(ask(80)).toMatchObject({
			verdict: 'allowed',
			decidedBy: [{ document: 'direct', row: { cookie: row.cookie } }],
		});
		expect(ask(81)).toMatchObject({ verdict: 'denied', default: 'deny', whyNot: [{ document: 'direct' }] });
	});
});

describe("an endpoint's own mode", () => {
	const { policies, world } = readWorld(PODS, policyDocument('web', WEB));
	const [from, to] = [world.find('other')!, world.find('web')!];
	const ask = (toMode: object, subject = to) =>
		explain(policies, { from, to: subject, protocol: 6, port: 80, toMode }).verdict;

	test('never asks no rule, always denies what no rule allows', () => {
		expect(ask({ enforcement: 'never' })).toBe('allowed');
		expect(ask({ enforcement: 'always' }, world.find('client')!)).toBe('denied');
		expect(ask({ enforcement: 'default' }, world.find('client')!)).toBe('allowed');
	});

	test('of audit forwards what policy denies', () => {
		expect(ask({ audit: true })).toBe('audited');
	});
});

describe('endpoints of two networks', () => {
	const pod = (name: string, network: string) =>
		`apiVersion: v1\nkind: Pod\nmetadata: { name: ${name}, annotations: { network.v1alpha1.isovalent.com/pod-networks: "${network}" } }\n`;

	test('are told apart, whatever policy says', () => {
		const { ask } = readWorld(pod('a', 'blue'), pod('b', 'red'), pod('c', 'blue,red'));
		expect(ask('a', 'b', 80)).toMatchObject({ verdict: 'allowed', separated: { from: 'blue', to: 'red' } });
		expect(ask('a', 'c@red', 80).separated).toEqual({ from: 'blue', to: 'red' });
		expect(ask('a', 'c', 80).separated).toBeUndefined();
		expect(ask('host', 'b', 80).separated).toBeUndefined();
	});
});
