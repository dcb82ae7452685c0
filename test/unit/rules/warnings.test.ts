import { describe, expect, test } from 'vitest';
import { isPolicy } from '../../../lib/documents/document.js';
import { formatPath } from '../../../lib/documents/issue.js';
import { parseDocuments } from '../../../lib/documents/parse.js';
import { createOrigins } from '../../../lib/rules/origins.js';
import { rulesOf } from '../../../lib/rules/rules-of.js';
import { unmatched } from '../../../lib/rules/warnings.js';
import { whoIs } from './support/cast.js';
import { cilium, cluster, clusterwide, kubernetes, multiNetwork } from './support/read.js';

/** `line path message` */
function warningsOf(text: string): string[] {
	const origins = createOrigins();
	return parseDocuments(text)
		.filter(isPolicy)
		.flatMap((document) => {
			const rules = rulesOf(document, { origins, services: [], ipBlocks: 'external' });
			return unmatched(document, rules, origins, (selector) => whoIs([selector]).length > 0);
		})
		.map(({ line, path, message }) => `${line} ${formatPath(path)} ${message}`);
}

const typo = 'matchLabels: { app: typo }';
const SUBJECT = 'subject: { namespaces: {} }';

describe('a selector that selects nothing is told', () => {
	test.each([
		[
			'endpointSelector',
			cilium(`endpointSelector: { ${typo} }, ingress: [{}]`),
			['4 spec.endpointSelector selects no endpoint'],
		],
		[
			'nodeSelector',
			clusterwide(`nodeSelector: { matchLabels: { role: typo } }, ingress: [{}]`),
			['4 spec.nodeSelector selects no node'],
		],
		['podSelector', kubernetes(`podSelector: { ${typo} }`), ['4 spec.podSelector selects no endpoint']],
		['podSelector of a network', multiNetwork('green', 'podSelector: {}'), ['4 spec.podSelector selects no endpoint']],
		[
			'subject',
			cluster(`tier: Admin, priority: 1, subject: { namespaces: { ${typo} } }`),
			['4 spec.subject selects no endpoint'],
		],
		[
			'peers of a Cilium rule',
			cilium(`endpointSelector: {}, ingress: [{ fromEndpoints: [{ ${typo} }] }]`),
			['4 spec.ingress[0] selects no peer'],
		],
		[
			'peers of a NetworkPolicy’s rule',
			kubernetes(`podSelector: {}, ingress: [{ from: [{ podSelector: { ${typo} } }] }]`),
			['4 spec.ingress[0] selects no peer'],
		],
		[
			'peers of a ClusterNetworkPolicy’s rule',
			cluster(`tier: Admin, priority: 1, ${SUBJECT}, egress: [{ action: Deny, to: [{ namespaces: { ${typo} } }] }]`),
			['4 spec.egress[0] selects no peer'],
		],
		[
			'one of several, by what it asks',
			cilium(`endpointSelector: {}, egress: [{ toEndpoints: [{ ${typo} }, { matchLabels: { app: web } }] }]`),
			['4 spec.egress[0] any:app=typo,k8s:io.kubernetes.pod.namespace=default selects no peer'],
		],
		[
			'a service that nobody knows',
			cilium('endpointSelector: {}, egress: [{ toServices: [{ k8sService: { serviceName: gone } }] }]'),
			['4 spec.egress[0] selects no peer'],
		],
	])('%s', (_, text, expected) => {
		expect(warningsOf(text)).toEqual(expected);
	});

	test('once, however many kinds of ports the rule has', () => {
		const ports =
			'toPorts: [{ ports: [{ port: "80", protocol: TCP }], rules: { http: [{}] } }, { ports: [{ port: "81" }] }]';
		expect(
			warningsOf(cilium(`endpointSelector: {}, ingress: [{ fromEndpoints: [{ ${typo} }], ${ports} }]`)),
		).toHaveLength(1);
	});

	test('for each spec of a document', () => {
		const text = `apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: { name: p }
specs:
  - endpointSelector: {}
    ingress: [{}]
  - endpointSelector: { ${typo} }
    egress: [{ toEndpoints: [{ ${typo} }] }]
`;
		expect(warningsOf(text)).toEqual([
			'7 specs[1].endpointSelector selects no endpoint',
			'8 specs[1].egress[0] selects no peer',
		]);
	});
});

describe('nothing is told', () => {
	test.each([
		[
			'where everything selects someone',
			cilium('endpointSelector: {}, ingress: [{ fromEndpoints: [{}] }, { fromEntities: [world] }]'),
		],
		[
			'of names: they are learned later',
			cilium('endpointSelector: {}, egress: [{ toFQDNs: [{ matchName: nobody.example }] }]'),
		],
		[
			'of nobody who is meant',
			cilium('endpointSelector: {}, ingress: [{ fromEndpoints: [] }, { fromEntities: [none] }]'),
		],
		[
			'of nodes, of which ours has no labels',
			cilium('endpointSelector: {}, ingress: [{ fromNodes: [{ matchLabels: { role: worker } }] }]'),
		],
		[
			'of pods on one of two networks',
			multiNetwork('blue,green', 'podSelector: {}, ingress: [{ from: [{ podSelector: {} }] }]'),
		],
	])('%s', (_, text) => {
		expect(warningsOf(text)).toEqual([]);
	});
});
