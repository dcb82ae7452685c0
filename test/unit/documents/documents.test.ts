import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PolicyError } from '../../../lib/errors.js';
import { documentName } from '../../../lib/documents/document.js';
import { formatIssue, type DocumentIssue } from '../../../lib/documents/issue.js';
import { loadFolder } from '../../../lib/documents/load.js';
import { parseDocuments, readDocuments, type DocumentInput } from '../../../lib/documents/parse.js';
import { networksOf } from '../../../lib/documents/pod.js';

const policy = (spec: string) => `apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: { name: web }
spec:
  endpointSelector: {}
${spec}`;

function issuesOf(...inputs: DocumentInput[]): DocumentIssue[] {
	try {
		parseDocuments(...inputs);
		return [];
	} catch (error) {
		expect(error).toBeInstanceOf(PolicyError);
		return (error as PolicyError).issues as DocumentIssue[];
	}
}

function textOf(...inputs: DocumentInput[]): string[] {
	return issuesOf(...inputs).map(formatIssue);
}

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

	test('of a folder that is not there is refused by name', async () => {
		await expect(loadFolder('examples/nowhere')).rejects.toThrow('cannot read examples/nowhere: ENOENT');
	});

	test('names the networks of each pod, the primary first', async () => {
		const pods = (await loadFolder('examples/multi-network')).filter((document) => document.kind === 'Pod');
		expect(pods.map(networksOf)).toEqual([['default'], ['jupiter'], ['default', 'jupiter']]);
	});
});

describe('a document', () => {
	test('may be one of many in a text, in a list, or an object', () => {
		const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } };
		const list = { apiVersion: 'v1', kind: 'List', items: [{ ...pod, metadata: { name: 'b' } }] };
		const text = '---\n# nothing\n---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: c\n';
		expect(parseDocuments(pod, list, text).map(documentName)).toEqual([
			'Pod default/a',
			'Pod default/b',
			'Pod default/c',
		]);
	});

	test('without the networks annotation is on the default network', () => {
		const [pod] = parseDocuments({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } });
		expect(networksOf(pod!)).toEqual(['default']);
	});

	test('keeps its ports as numbers', () => {
		const [web] = parseDocuments(
			policy(
				'  ingress: [{ toPorts: [{ ports: [{ port: "80", protocol: TCP }, { port: 0 }, { port: 1000, endPort: 1010, protocol: udp }] }] }]',
			),
		);
		expect(web).toMatchObject({
			spec: {
				ingress: [
					{
						toPorts: [
							{
								ports: [
									{ port: 80, protocol: 6 },
									{ port: 0, protocol: 'any' },
									{ port: 1000, endPort: 1010, protocol: 17 },
								],
							},
						],
					},
				],
			},
		});
	});
});

describe('what is wrong', () => {
	test('is told whole, with document, path, line, column, found and expected', () => {
		const text = policy(`  ingress:
    - fromEndpoints:
        - matchLabels: { app: 7 }
      fromEntities: [all]
      toPorts:
        - ports:
            - { port: "eighty", protocol: TCP }
            - { port: "80", protocol: GRE }
            - { port: "80", endPort: 79 }
          rules: { http: [] }
  audit: true`);
		expect(textOf({ file: 'p.yaml', text })).toEqual([
			'p.yaml:16:3: CiliumNetworkPolicy default/web: spec.audit: unknown or unsupported field, expected one of endpointSelector, ingress, ingressDeny, egress, egressDeny, enableDefaultDeny',
			'p.yaml:9:7: CiliumNetworkPolicy default/web: spec.ingress[0].fromEntities: unknown or unsupported field, expected one of fromEndpoints, toPorts',
			'p.yaml:8:26: CiliumNetworkPolicy default/web: spec.ingress[0].fromEndpoints[0].matchLabels.app: found 7, expected a label value: a string of at most 63 letters, digits, -, _ and .',
			'p.yaml:15:11: CiliumNetworkPolicy default/web: spec.ingress[0].toPorts[0].rules: unknown or unsupported field, expected one of ports',
			'p.yaml:12:17: CiliumNetworkPolicy default/web: spec.ingress[0].toPorts[0].ports[0].port: found "eighty", expected a port number from 0 to 65535 (port names are not supported)',
			'p.yaml:13:29: CiliumNetworkPolicy default/web: spec.ingress[0].toPorts[0].ports[1].protocol: found "GRE", expected TCP, UDP, SCTP or ANY',
			'p.yaml:14:29: CiliumNetworkPolicy default/web: spec.ingress[0].toPorts[0].ports[2].endPort: found 79, expected at least the port, 80',
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

	test('in one document does not hide what is wrong in another', () => {
		expect(textOf('kind: Pod\n---\nkind: Deployment\nmetadata: { name: x }\n---\n7\n')).toEqual([
			'(text):1:1: Pod (unnamed): apiVersion: found nothing, expected v1',
			expect.stringContaining('(text):3:1: Deployment default/x: kind: found "Deployment", expected CiliumPodIPPool'),
			expect.stringContaining('(text):6:1: (unknown kind) (unnamed): found 7, expected CiliumPodIPPool'),
		]);
	});

	test('in a list has the position of its item', () => {
		const text = 'apiVersion: v1\nkind: List\nitems:\n  - { apiVersion: v1, kind: Pod, metadata: { name: A } }\n';
		expect(textOf(text)).toEqual([
			'(text):4:46: Pod default/A: metadata.name: found "A", expected a name of lower-case letters, digits, - and .',
		]);
	});

	test('in a policy: subjects of another namespace', () => {
		const text = policy('').replace(
			'endpointSelector: {}',
			'endpointSelector: { matchLabels: { "k8s:io.kubernetes.pod.namespace": other } }',
		);
		expect(textOf(text)[0]).toContain('found "other", expected the policy\'s own namespace, default');
	});

	test.each([
		['values missing', '{ key: a, operator: In }', 'found 0, expected at least one value with In'],
		['values too many', '{ key: a, operator: Exists, values: [b] }', 'found 1, expected no values with Exists'],
		['operator unknown', '{ key: a, operator: Like }', 'found "Like", expected In or NotIn or Exists or DoesNotExist'],
		['key missing', '{ operator: Exists }', 'missing, expected a value'],
	])('in an expression: %s', (_, expression, message) => {
		expect(textOf(policy(`  egress: [{ toEndpoints: [{ matchExpressions: [${expression}] }] }]`))[0]).toContain(
			message,
		);
	});

	test.each([
		[
			'a mask shorter than the CIDR',
			'{ ipv4: { cidrs: [10.0.0.0/24], maskSize: 20 } }',
			'found 20, expected at least 24',
		],
		['the other family', '{ ipv4: { cidrs: [fd00::/64], maskSize: 24 } }', 'found "fd00::/64", expected an IPv4 CIDR'],
		['no CIDR', '{ ipv4: { cidrs: [], maskSize: 24 } }', 'empty, expected at least one CIDR'],
		['no family', '{ allowFirstIP: true }', 'missing addresses, expected ipv4 or ipv6'],
		['a sloppy address', '{ ipv4: { cidrs: [010.0.0.0/8], maskSize: 24 } }', 'expected an IPv4 CIDR'],
	])('in a pool: %s', (_, spec, message) => {
		expect(
			textOf(`{ apiVersion: cilium.io/v2alpha1, kind: CiliumPodIPPool, metadata: { name: p }, spec: ${spec} }`)[0],
		).toContain(message);
	});

	test('in a network: a gateway of the other family', () => {
		const text = `{ apiVersion: isovalent.com/v1alpha1, kind: IsovalentPodNetwork, metadata: { name: n },
  spec: { ipam: { mode: multi-pool, pool: { name: p } }, routes: [{ destination: 10.0.0.0/8, gateway: "fd00::1" }] } }`;
		expect(textOf(text)[0]).toContain('(text):2:94: IsovalentPodNetwork n: spec.routes[0].gateway: found "fd00::1"');
	});

	test.each([
		['default,default', 'expected every network once'],
		['default,,jupiter', 'expected names of networks'],
		['', 'expected names of networks'],
	])('in a pod: the networks %j', (networks, message) => {
		const annotations = { 'network.v1alpha1.isovalent.com/pod-networks': networks };
		expect(textOf({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', annotations } })[0]).toContain(message);
	});

	test('in a pod: what would put it on the network of the host', () => {
		expect(
			textOf({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { hostNetwork: true } })[0],
		).toContain('spec.hostNetwork: unknown or unsupported field');
	});

	test('given twice is told with both places', () => {
		const text = 'apiVersion: v1\nkind: Pod\nmetadata: { name: a }\n';
		expect(textOf({ file: 'a.yaml', text }, { file: 'b.yaml', text })).toEqual([
			'b.yaml:3:13: Pod default/a: metadata.name: given twice, expected once; first in a.yaml:3',
		]);
	});

	test('leaves what is right readable', () => {
		const { documents, issues } = readDocuments(['kind: Pod\n---\napiVersion: v1\nkind: Pod\nmetadata: { name: a }\n']);
		expect([documents.length, issues.length]).toEqual([1, 1]);
	});
});

describe('YAML', () => {
	test('with a key twice is refused', () => {
		expect(textOf('kind: Pod\nkind: Pod\n')).toEqual(['(text):2:1: (unread document): Map keys must be unique']);
	});

	test('that is none is refused with its place', () => {
		expect(textOf({ file: 'x.yaml', text: 'a: [1\nb: 2' })[0]).toMatch(/^x\.yaml:2:1: /);
	});

	test('whose aliases multiply is refused', () => {
		const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
		for (let i = 1; i < 10; i++) {
			lines.push(
				`a${i}: &a${i} [${Array(10)
					.fill(`*a${i - 1}`)
					.join(', ')}]`,
			);
		}
		expect(textOf(lines.join('\n'))[0]).toContain('Excessive alias count');
	});

	test.each([
		['brackets', '['.repeat(100_000)],
		['dashes', '- '.repeat(100_000)],
		['blocks', Array.from({ length: 500 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
		['flow lists', `${'['.repeat(200)}${']'.repeat(200)}`],
		['mappings in mappings', `${'{a: '.repeat(500)}1${'}'.repeat(500)}`],
	])('nested without end in %s is refused', (_, text) => {
		expect(textOf(text)[0]).toContain('nested more than 64 deep');
	});

	test('of more than 4 Mi characters is refused', () => {
		expect(textOf('#'.repeat((4 << 20) + 1))).toEqual([
			'(text): (unread document): found 4194305 characters, expected at most 4194304',
		]);
	});

	test('cannot reach the prototype of anything', () => {
		const text = 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  labels: { __proto__: x }\n  constructor: y\n';
		expect(textOf(text)).toEqual([
			expect.stringContaining('metadata.constructor: unknown or unsupported field'),
			expect.stringContaining('expected a label key'),
		]);
		expect(({} as Record<string, unknown>)['x']).toBeUndefined();
	});
});

test('damaged documents are read or refused, each with a message, and none crashes the reader', () => {
	const texts = ['pools', 'networks', 'pods', 'policies'].map((name) =>
		readFileSync(`examples/multi-network/${name}.yaml`, 'utf8'),
	);
	const scraps = [
		'',
		' ',
		':',
		'-',
		'[',
		'{',
		'}',
		']',
		'&a ',
		'*a',
		'!!',
		'\t',
		'\n',
		'"',
		"'",
		'#',
		'|',
		'>',
		'0',
		'null',
		'\u0000',
		'? ',
	];
	const damage = fc.record({ at: fc.nat(2000), length: fc.nat(12), scrap: fc.constantFrom(...scraps) });
	fc.assert(
		fc.property(fc.constantFrom(...texts), fc.array(damage, { minLength: 1, maxLength: 4 }), (text, damages) => {
			const damaged = damages.reduce((out, { at, length, scrap }) => {
				const from = at % out.length;
				return out.slice(0, from) + scrap + out.slice(from + length);
			}, text);
			for (const issue of readDocuments([{ file: 'x', text: damaged }]).issues) {
				expect(formatIssue(issue)).toMatch(/^x:.+: .+/s);
			}
		}),
		{ numRuns: Number(process.env['HEDDLE_FUZZ_RUNS'] ?? 1000) },
	);
});
