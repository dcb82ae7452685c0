import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loadFolder } from '../../../lib/documents/load.js';
import { parseDocuments } from '../../../lib/documents/parse.js';
import type { HeddleDocument } from '../../../lib/documents/document.js';
import { podIdentityLabels } from '../../../lib/labels/pod-labels.js';
import { RESERVED_IDENTITIES, type LabelledIdentity } from '../../../lib/labels/reserved.js';
import { compileDocuments as compile } from '../../../lib/policy/compile-documents.js';
import { formatImage } from '../../../lib/policy/format-image.js';
import { formatRows } from '../../../lib/policy/format-rows.js';
import { lookup, tablesOf } from '../../../lib/policy/lookup.js';
import { createOrigins, type Origins } from '../../../lib/rules/origins.js';
import { worldOf } from '../../../lib/rules/world.js';

function compileDocuments(documents: readonly HeddleDocument[], known: readonly LabelledIdentity[], origins: Origins) {
	return compile(documents, known, { origins, services: [], ipBlocks: 'external' });
}

function identity(id: number, app: string, network = 'default', namespace = 'default'): LabelledIdentity {
	return { id, labels: podIdentityLabels({ namespace, labels: { app }, network }) };
}

const HOST = 1;
const WEB = 300;
const CLIENT = 301;
const OTHER = 302;
const ELSEWHERE = 303;
const STRANGER = 9;
const identities = [
	...RESERVED_IDENTITIES,
	identity(WEB, 'web'),
	identity(CLIENT, 'client'),
	identity(OTHER, 'other'),
	identity(ELSEWHERE, 'client', 'default', 'elsewhere'),
];

const policy = (name: string, spec: string) => `apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: { name: ${name} }
spec: { endpointSelector: { matchLabels: { app: web } }, ${spec} }
`;

/** Who of all may reach the web server's TCP port 80, as far as ingress is concerned. */
function allowed(...specs: string[]): number[] {
	return reach('ingress', 6, 80, ...specs);
}

function reach(direction: 'ingress' | 'egress', protocol: number, port: number, ...specs: string[]): number[] {
	const documents = parseDocuments(...specs.map((spec, i) => policy(`p${i}`, spec)));
	const { subjects, image } = compileDocuments(documents, identities, createOrigins());
	const { set } = subjects.get(WEB)!;
	return [HOST, CLIENT, OTHER, ELSEWHERE, STRANGER].filter(
		(peer) => lookup(tablesOf(image), set, { peer, direction, protocol, port }).allowed,
	);
}

const EVERYONE = [HOST, CLIENT, OTHER, ELSEWHERE, STRANGER];
const client = 'fromEndpoints: [{ matchLabels: { app: client } }]';
const port80 = 'toPorts: [{ ports: [{ port: "80", protocol: TCP }] }]';
const port81 = 'toPorts: [{ ports: [{ port: "81", protocol: TCP }] }]';

describe('a policy', () => {
	test('lets in its peers on its ports, and nobody else', () => {
		expect(allowed(`ingress: [{ ${client}, ${port80} }]`)).toEqual([CLIENT]);
		expect(allowed(`ingress: [{ ${client}, ${port81} }]`)).toEqual([]);
	});

	test('adds to others', () => {
		const other = 'fromEndpoints: [{ matchLabels: { app: other } }]';
		expect(allowed(`ingress: [{ ${client}, ${port80} }]`, `ingress: [{ ${other}, ${port80} }]`)).toEqual([
			CLIENT,
			OTHER,
		]);
	});

	test('says nothing of the direction it has no rules for', () => {
		expect(allowed('egress: [{}]')).toEqual(EVERYONE);
		expect(reach('egress', 6, 80, 'egress: [{}]')).toEqual([]);
	});

	test('of no rules is refused, as it is by Cilium', () => {
		expect(() => allowed('ingress: []')).toThrow('expected at least one');
	});

	test('of an empty rule denies everyone', () => {
		expect(allowed('ingress: [{}]')).toEqual([]);
	});

	test.each([
		['absent peers are everyone, if there are ports', `ingress: [{ ${port80} }]`, EVERYONE],
		['an empty list of peers is nobody', `ingress: [{ fromEndpoints: [], ${port80} }]`, []],
		['an empty selector is the namespace', 'ingress: [{ fromEndpoints: [{}] }]', [CLIENT, OTHER]],
		['absent ports are every port', `ingress: [{ ${client} }]`, [CLIENT]],
		['an empty list of ports rules is every port', `ingress: [{ ${client}, toPorts: [] }]`, [CLIENT]],
		['a port rule without ports is no port', `ingress: [{ ${client}, toPorts: [{}] }]`, []],
		[
			'port 0 is every port',
			`ingress: [{ ${client}, toPorts: [{ ports: [{ port: "0", protocol: TCP }] }] }]`,
			[CLIENT],
		],
		[
			'the host is found by its label',
			'ingress: [{ fromEndpoints: [{ matchLabels: { "reserved:host": "" } }] }]',
			[HOST],
		],
		[
			'another namespace has to be named',
			'ingress: [{ fromEndpoints: [{ matchLabels: { app: client, "k8s:io.kubernetes.pod.namespace": elsewhere } }] }]',
			[ELSEWHERE],
		],
	])('reads lists as Cilium does: %s', (_, spec, expected) => {
		expect(allowed(spec)).toEqual(expected);
	});

	test('without ports covers every protocol, with a port those that have ports', () => {
		expect(reach('ingress', 47, 0, `ingress: [{ ${client} }]`)).toEqual([CLIENT]);
		const any = `ingress: [{ ${client}, toPorts: [{ ports: [{ port: "80" }] }] }]`;
		expect([6, 17, 132].map((protocol) => reach('ingress', protocol, 80, any))).toEqual([[CLIENT], [CLIENT], [CLIENT]]);
		expect(reach('ingress', 47, 0, any)).toEqual([]);
		const zero = `ingress: [{ ${client}, toPorts: [{ ports: [{ port: "0" }] }] }]`;
		expect([reach('ingress', 17, 9, zero), reach('ingress', 1, 0x800, zero)]).toEqual([[CLIENT], []]);
	});

	test('with endPort covers the range and no more', () => {
		const spec = `ingress: [{ ${client}, toPorts: [{ ports: [{ port: "1000", endPort: 1010, protocol: UDP }] }] }]`;
		expect([999, 1000, 1010, 1011].map((port) => reach('ingress', 17, port, spec).length)).toEqual([0, 1, 1, 0]);
	});
});

describe('a deny rule', () => {
	test('beats any allow', () => {
		expect(allowed(`ingress: [{ fromEndpoints: [{}] }], ingressDeny: [{ ${client}, ${port80} }]`)).toEqual([OTHER]);
		expect(allowed('ingress: [{ fromEndpoints: [{}] }]', `ingressDeny: [{ ${port80} }]`)).toEqual([]);
	});

	test('alone puts the direction into default deny', () => {
		expect(allowed(`ingressDeny: [{ ${client}, ${port81} }]`)).toEqual([]);
	});

	test('without default deny takes away and leaves the rest', () => {
		const spec = `ingressDeny: [{ ${client}, ${port80} }], enableDefaultDeny: { ingress: false }`;
		expect(allowed(spec)).toEqual(EVERYONE.filter((peer) => peer !== CLIENT));
		expect(allowed(spec, `ingress: [{ ${client} }]`)).toEqual([]);
	});
});

describe('rows', () => {
	test('of identities with the same policies are one set', () => {
		const selector = policy('all', `ingress: [{ ${client} }]`).replace('{ matchLabels: { app: web } }', '{}');
		const { subjects } = compileDocuments(parseDocuments(selector), identities, createOrigins());
		expect([...subjects.keys()]).toEqual([WEB, CLIENT, OTHER]);
		expect(subjects.get(OTHER)!.set).toBe(subjects.get(WEB)!.set);
	});

	test('know the rule and the line they come from, and keep their number when read again', () => {
		const origins = createOrigins();
		const read = () =>
			compileDocuments(
				parseDocuments({ file: 'p.yaml', text: policy('p', `\n  ingress: [{ ${client} }]`) }),
				identities,
				origins,
			).subjects.get(WEB)!.rows;
		const [row] = read();
		expect(origins.get(row!.cookie)).toEqual({
			document: 'CiliumNetworkPolicy default/p',
			path: 'spec.ingress[0]',
			file: 'p.yaml',
			line: 5,
		});
		expect(read()).toEqual([row]);
		const later = createOrigins();
		later.adopt(origins.of('CiliumNetworkPolicy default/p'));
		expect(later.get(row!.cookie)).toEqual(origins.get(row!.cookie));
	});

	test('are missing where a selector matches nothing, which is said', () => {
		const nobody = 'ingress: [{ fromEndpoints: [{ matchLabels: { app: nobody } }] }]';
		const { subjects, warnings } = compileDocuments(parseDocuments(policy('p', nobody)), identities, createOrigins());
		expect(subjects.get(WEB)).toMatchObject({ defaults: { ingress: 'deny' }, rows: [] });
		expect(warnings).toMatchObject([{ path: ['spec', 'ingress', 0], line: 4, message: 'selects no peer' }]);
	});
});

function expectGolden(name: string, text: string): void {
	const file = `test/golden/${name}.txt`;
	if (process.env['UPDATE_GOLDEN'] === '1') {
		writeFileSync(file, text);
	}
	expect(text).toBe(readFileSync(file, 'utf8'));
}

describe('the walkthrough (UPDATE_GOLDEN=1 writes what it is compared with)', async () => {
	const documents = await loadFolder('examples/multi-network');
	const known = worldOf(documents).identities;
	const origins = createOrigins();
	const { subjects, image, warnings } = compileDocuments(documents, known, origins);

	test('has the rows that were reviewed', () => {
		expectGolden(
			'rows-multi-network',
			formatRows(subjects.values(), (id) => known.find((one) => one.id === id)?.labels, origins),
		);
		expect(warnings).toEqual([]);
	});

	test('has the kernel entries that were reviewed', () => {
		expectGolden('rows-multi-network-entries', formatImage(image));
	});
});
