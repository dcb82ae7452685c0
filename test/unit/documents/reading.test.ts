import { describe, expect, test } from 'vitest';
import { PolicyError } from '../../../lib/errors.js';
import { documentName } from '../../../lib/documents/document.js';
import { loadFolder } from '../../../lib/documents/load.js';
import { parseDocuments, readDocuments } from '../../../lib/documents/parse.js';
import { networksOf } from '../../../lib/documents/pod.js';
import { complaints, issuesOf, wrongs } from './support/read.js';
import { np, pod } from './support/write.js';

const named = (name: string) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name } });

describe('the walkthrough', () => {
	test('is read whole, in the order of its files', async () => {
		const documents = await loadFolder('examples/multi-network');
		expect(documents.map(documentName)).toEqual([
			'IsovalentPodNetwork jupiter',
			'Pod default/server-default',
			'Pod default/server-jupiter',
			'Pod default/client',
			'CiliumNetworkPolicy default/server-default-policy',
			'CiliumNetworkPolicy default/server-jupiter-policy',
			'CiliumPodIPPool default',
			'CiliumPodIPPool jupiter-ip-pool',
		]);
	});

	test('names the networks of each pod, the primary first', async () => {
		const pods = (await loadFolder('examples/multi-network')).filter((document) => document.kind === 'Pod');
		expect(pods.map(networksOf)).toEqual([['default'], ['jupiter'], ['default', 'jupiter']]);
	});
});

describe('documents', () => {
	test('may be many in a text, in a list, or objects', () => {
		const list = { apiVersion: 'v1', kind: 'List', items: [named('b')] };
		const text = '---\n# nothing\n---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: c\n...\n';
		expect(parseDocuments(named('a'), list, text).map(documentName)).toEqual([
			'Pod default/a',
			'Pod default/b',
			'Pod default/c',
		]);
	});

	test.each(['Pod', 'Namespace', 'NetworkPolicy'])('in a %sList need not say their kind', (kind) => {
		const apiVersion = kind === 'NetworkPolicy' ? 'networking.k8s.io/v1' : 'v1';
		const list = { apiVersion, kind: `${kind}List`, metadata: {}, items: [{ metadata: { name: 'a' } }] };
		expect(parseDocuments(list).map((document) => document.kind)).toEqual([kind]);
	});

	test('in lists of lists are found, and an empty list has none', () => {
		const empty = { apiVersion: 'v1', kind: 'List', items: null };
		const list = {
			apiVersion: 'v1',
			kind: 'List',
			items: [empty, { apiVersion: 'v1', kind: 'List', items: [named('a')] }],
		};
		expect(parseDocuments(list).map(documentName)).toEqual(['Pod default/a']);
	});

	test('in a list are wrong at the position of their item', () => {
		const text = 'apiVersion: v1\nkind: List\nitems:\n  - { apiVersion: v1, kind: Pod, metadata: { name: A } }\n';
		expect(complaints(text)).toEqual([expect.stringContaining('(text):4:46: Pod default/A: metadata.name: found "A"')]);
	});

	test.each([
		[{ apiVersion: 'v1', kind: 'List', items: {} }, 'items: found an object, expected a list'],
		[{ apiVersion: 'v1', kind: 'List', items: [], more: 1 }, 'more: unknown or unsupported field'],
		[
			{ apiVersion: 'v2', kind: 'PodList', items: [{ metadata: { name: 'a' } }] },
			'apiVersion: found "v2", expected v1',
		],
		[{ apiVersion: 'v1', kind: 'PodList', items: [7] }, 'found 7, expected an object with apiVersion and kind'],
	])('of the list %j are refused', (list, wrong) => {
		expect(complaints(list)).toEqual([expect.stringContaining(wrong)]);
	});

	test.each([
		['Deployment', 'found "Deployment", expected CiliumNetworkPolicy (cilium.io/v2), '],
		['BaselineAdminNetworkPolicy', 'ClusterNetworkPolicy of v1alpha2 took its place, with tier: Baseline'],
		['toString', 'found "toString", expected CiliumNetworkPolicy'],
		[undefined, 'found nothing, expected'],
	])('of the kind %s are refused', (kind, wrong) => {
		expect(wrongs({ ...named('a'), kind })).toEqual([expect.stringContaining(`kind: ${wrong}`)]);
	});

	test('of another version are refused', () => {
		expect(wrongs({ ...np({}), apiVersion: 'extensions/v1beta1' })).toEqual([
			'apiVersion: found "extensions/v1beta1", expected networking.k8s.io/v1',
		]);
	});

	test('given twice are told with both places', () => {
		const text = 'apiVersion: v1\nkind: Pod\nmetadata: { name: a }\n';
		expect(complaints({ file: 'a.yaml', text }, { file: 'b.yaml', text })).toEqual([
			'b.yaml:3:13: Pod default/a: metadata.name: given twice, expected once; first in a.yaml:3',
		]);
	});

	test('that are wrong hide neither each other nor what is right', () => {
		const text =
			'kind: Pod\n---\nkind: Deployment\nmetadata: { name: x }\n---\n7\n---\napiVersion: v1\nkind: Pod\nmetadata: { name: a }\n';
		expect(complaints(text)).toEqual([
			'(text):1:1: Pod (unnamed): apiVersion: found nothing, expected v1',
			expect.stringContaining('(text):3:1: Deployment x: kind: found "Deployment"'),
			'(text):6:1: (unknown kind) (unnamed): found 7, expected an object with apiVersion and kind',
		]);
		expect(readDocuments([text]).documents.map(documentName)).toEqual(['Pod default/a']);
	});
});

describe('what is wrong', () => {
	const text = `apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: { name: web }
spec:
  endpointSelector: {}
  ingress:
    - fromEndpoints:
        - matchLabels: { app: 7 }
      fromWho: [all]
      toPorts:
        - ports:
            - { port: "80", protocol: GRE }
            - { port: "80", endPort: 79 }
          rules: { http: [{ path: "(?=a)" }] }
  audit: true`;

	test('is told whole, with document, path, line, column, found and expected', () => {
		expect(complaints({ file: 'p.yaml', text })).toEqual([
			'p.yaml:15:3: CiliumNetworkPolicy default/web: spec.audit: unknown or unsupported field, expected one of endpointSelector, ingress, ingressDeny, egress, egressDeny, enableDefaultDeny, labels, description',
			expect.stringContaining(
				'p.yaml:9:7: CiliumNetworkPolicy default/web: spec.ingress[0].fromWho: unknown or unsupported field',
			),
			'p.yaml:8:26: CiliumNetworkPolicy default/web: spec.ingress[0].fromEndpoints[0].matchLabels.app: found 7, expected a label value: a string of at most 63 letters, digits, -, _ and .',
			'p.yaml:12:29: CiliumNetworkPolicy default/web: spec.ingress[0].toPorts[0].ports[0].protocol: found "GRE", expected TCP, UDP, SCTP or ANY',
			'p.yaml:13:29: CiliumNetworkPolicy default/web: spec.ingress[0].toPorts[0].ports[1].endPort: found 79, expected at least 80, the port',
			expect.stringContaining(
				'p.yaml:14:29: CiliumNetworkPolicy default/web: spec.ingress[0].toPorts[0].rules.http[0].path: found "(?=a)"',
			),
			'p.yaml:13:15: CiliumNetworkPolicy default/web: spec.ingress[0].toPorts[0].ports[1].protocol: found "ANY", expected TCP with rules.http',
		]);
		expect(issuesOf({ file: 'p.yaml', text })[2]).toMatchObject({
			document: 'CiliumNetworkPolicy default/web',
			file: 'p.yaml',
			path: ['spec', 'ingress', 0, 'fromEndpoints', 0, 'matchLabels', 'app'],
			line: 8,
			column: 26,
			found: 7,
		});
	});

	test('is thrown as one error that carries all of it', () => {
		expect(() => parseDocuments(text)).toThrow(PolicyError);
		expect(() => parseDocuments(text)).toThrow(/\(and 6 more\)$/);
	});

	test('is described whatever it holds', () => {
		const name = { constructor: { name: { toString: 1 } } };
		expect(wrongs({ ...named('a'), metadata: { name } })).toEqual([
			expect.stringContaining('found an object, expected a name'),
		]);
		expect(wrongs(pod({}, { name: ['a'] }))).toEqual([expect.stringContaining('found a list of 1, expected a name')]);
	});
});
