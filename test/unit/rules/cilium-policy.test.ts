import { describe, expect, test } from 'vitest';
import { createOrigins } from '../../../lib/rules/origins.js';
import { parseDocuments } from '../../../lib/documents/parse.js';
import { isPolicy } from '../../../lib/documents/document.js';
import { rulesOf } from '../../../lib/rules/rules-of.js';
import { CLUSTER, NODES, OWN_PODS, PODS, whoIs } from './support/cast.js';
import { AUDIT, cilium, clusterwide, only, read } from './support/read.js';

const ENDPOINTS = CLUSTER.filter((name) => name !== 'host' && !NODES.includes(name));
const ANY = 'ingress: [{}]';

describe('whom a Cilium policy is for', () => {
	test.each([
		[
			'endpoints of its own namespace',
			cilium(`endpointSelector: { matchLabels: { app: client } }, ${ANY}`),
			['client', 'client@red'],
		],
		['all of them', cilium(`endpointSelector: {}, ${ANY}`), OWN_PODS],
		['in the namespace that it is in', cilium(`endpointSelector: {}, ${ANY}`, { namespace: 'other' }), ['stranger']],
		[
			'cluster-wide: endpoints of every namespace',
			clusterwide(`endpointSelector: { matchLabels: { app: client } }, ${ANY}`),
			['client', 'client@red', 'stranger'],
		],
		[
			'cluster-wide: every endpoint, of no namespace too; no node, nothing outside',
			clusterwide(`endpointSelector: {}, ${ANY}`),
			ENDPOINTS,
		],
		[
			'cluster-wide: endpoints of a namespace',
			clusterwide(`endpointSelector: { matchLabels: { "k8s:io.kubernetes.pod.namespace": other } }, ${ANY}`),
			['stranger'],
		],
		[
			'cluster-wide: no node, even where a selector asks for one',
			clusterwide(`endpointSelector: { matchLabels: { "reserved:host": "" } }, ${ANY}`),
			[],
		],
		['nodes by their labels', clusterwide(`nodeSelector: { matchLabels: { role: worker } }, ${ANY}`), ['worker']],
		['every node, and no endpoint', clusterwide(`nodeSelector: {}, ${ANY}`), ['host', ...NODES]],
	])('%s', (_, text, expected) => {
		expect(whoIs([only(text).subjects])).toEqual([...expected].sort());
	});

	test('PODS are among ENDPOINTS', () => {
		expect(ENDPOINTS).toEqual(expect.arrayContaining(PODS));
	});
});

describe('what a Cilium policy isolates', () => {
	const defaults = (spec: string) => only(cilium(`endpointSelector: {}, ${spec}`)).defaults;

	test.each([
		['a direction with a rule', 'ingress: [{}]', 'deny', 'allow'],
		['a direction with a deny rule', 'egressDeny: [{}]', 'allow', 'deny'],
		['both', 'ingress: [{}], egress: [{}]', 'deny', 'deny'],
		['none of an empty list', 'ingress: [], egress: [{}]', 'allow', 'deny'],
		['not where it says so', 'ingress: [{}], enableDefaultDeny: { ingress: false }', 'allow', 'allow'],
		['where it says so, rules or not', 'ingress: [{}], enableDefaultDeny: { egress: true }', 'deny', 'deny'],
	])('%s', (_, spec, ingress, egress) => {
		expect(defaults(spec)).toEqual({ ingress, egress });
	});

	test('a rule that selects nobody isolates still', () => {
		expect(only(cilium('endpointSelector: {}, ingress: [{ fromEndpoints: [] }]'))).toMatchObject({
			defaults: { ingress: 'deny' },
			rules: [],
		});
	});
});

describe('a Cilium policy in audit mode', () => {
	const { defaults, rules } = only(
		cilium(
			'endpointSelector: {}, ingress: [{ fromEntities: [host] }], ingressDeny: [{ fromEntities: [world] }]',
			AUDIT,
		),
	);

	test('denies nothing in earnest, and allows as ever', () => {
		expect(defaults).toEqual({ ingress: 'audited', egress: 'allow' });
		expect(rules).toMatchObject([
			{ action: 'allow', audit: false },
			{ action: 'deny', audit: true },
		]);
	});

	test('is in earnest where the annotation says false', () => {
		const text = cilium('endpointSelector: {}, ingressDeny: [{}]', {
			annotations: 'policy.heddle.io/audit-mode: "false"',
		});
		expect(only(text).defaults.ingress).toBe('deny');
	});
});

describe('the numbers of rules', () => {
	const text = `apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: { name: p }
specs:
  - endpointSelector: {}
    ingress:
      - fromEntities: [host]
  - endpointSelector: { matchLabels: { app: web } }
    egress:
      - toEntities: [host]
        authentication: { mode: required }
    egressDeny:
      - toEntities: [world]
`;

	test('name document, path, file and line, and the authentication that is asked for', () => {
		const { policies, originOf } = read(text);
		const document = 'CiliumNetworkPolicy default/p';
		const file = 'policies.yaml';
		expect(policies.map(({ rules }) => rules.map(originOf))).toEqual([
			[{ document, file, path: 'specs[0].ingress[0]', line: 7 }],
			[
				{ document, file, path: 'specs[1].egress[0]', line: 10, authentication: 'required' },
				{ document, file, path: 'specs[1].egressDeny[0]', line: 13 },
			],
		]);
	});

	test('are the same when a document is read again, and another’s for another path', () => {
		const context = { origins: createOrigins(), services: [], ipBlocks: 'external' as const };
		const numbers = () =>
			parseDocuments(text)
				.filter(isPolicy)
				.flatMap((document) => rulesOf(document, context))
				.flatMap(({ rules }) => rules.map(({ cookie }) => cookie));
		const first = numbers();
		expect(numbers()).toEqual(first);
		expect(new Set(first).size).toBe(3);
	});
});
