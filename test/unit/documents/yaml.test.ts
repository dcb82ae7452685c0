import { describe, expect, test } from 'vitest';
import type { CiliumNetworkPolicy } from '../../../lib/documents/document.js';
import { readDocuments } from '../../../lib/documents/parse.js';
import { complaints, issuesOf, only, wrongs } from './support/read.js';

const POD = 'apiVersion: v1\nkind: Pod\nmetadata: { name: a }\n';
const many = (count: number, line: (i: number) => string) =>
	Array.from({ length: count }, (_, i) => line(i)).join('\n');

describe('YAML', () => {
	test('with a key twice is refused beside all else that is wrong', () => {
		expect(complaints('kind: Pod\nkind: Pod\nmetadata: { name: A, name: b, other: 1 }\n')).toEqual([
			'(text):2:1: (unread document): found the key "kind" twice, expected once',
			'(text):3:22: (unread document): found the key "name" twice, expected once',
			'(text):1:1: Pod default/A: apiVersion: found nothing, expected v1',
		]);
		expect(readDocuments(['apiVersion: v1\nkind: Pod\nmetadata: { name: a, name: b }\n']).documents).toEqual([]);
	});

	test('that is none is refused with its place', () => {
		expect(complaints({ file: 'x.yaml', text: 'a: [1\nb: 2' })[0]).toMatch(/^x\.yaml:2:1: /);
	});

	test('may name a part and use it again, also with <<', () => {
		const text = `apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: { name: a }
spec:
  endpointSelector: &web { matchLabels: { app: web } }
  ingress:
    - &rule { fromEndpoints: [*web] }
    - { <<: *rule, toPorts: [] }
    - { <<: [{ fromEntities: [all] }, *rule], fromEndpoints: null }
`;
		const rule = { fromEndpoints: [{ matchLabels: { app: 'web' } }] };
		expect((only(text) as CiliumNetworkPolicy).spec!.ingress).toEqual([
			rule,
			{ ...rule, toPorts: [] },
			{ fromEntities: ['all'] },
		]);
	});

	test('tells the line of what came through a name', () => {
		const text =
			'apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  annotations: &x { a: 7 }\n  labels:\n    <<: *x\n    b: c\n';
		expect(issuesOf(text).map(({ line, path }) => [line, path.at(-1)])).toEqual([
			[5, 'a'],
			[5, 'a'],
		]);
	});

	test.each([
		['an alias of nothing', 'a: *b', 'found an alias of nothing, *b'],
		['an alias of what is later', 'a: *b\nb: &b 1', 'found an alias of nothing, *b'],
		['an alias within itself', 'a: &a [*a]', 'found an alias within what it stands for, *a'],
		['a merge of no mapping', 'a: &a [1]\nb: { <<: *a }', 'found << with no mapping'],
		['a key that is a list', '? [a]\n: b', 'found a key that is no text'],
		['a tag that is not known', 'a: !secret b', 'Unresolved tag: !secret'],
		['a tab before a key', 'a:\n\tb: 1', 'Tabs are not allowed as indentation'],
	])('with %s is refused', (_, text, wrong) => {
		expect(complaints(text)[0]).toMatch(/^\(text\):\d+:\d+: \(unread document\): /);
		expect(complaints(text)[0]).toContain(wrong);
	});

	test('cannot reach the prototype of anything', () => {
		const text = 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  labels: { __proto__: x }\n  constructor: y\n';
		expect(wrongs(text)).toEqual([
			expect.stringContaining('metadata.constructor: unknown or unsupported field'),
			expect.stringContaining('expected a label key'),
		]);
		expect(({} as Record<string, unknown>)['x']).toBeUndefined();
	});

	test('of version 1.1 says what strings would say', () => {
		expect(wrongs(`%YAML 1.1\n---\n${POD}spec: { hostNetwork: yes }\n`)).toEqual([
			expect.stringContaining('spec.hostNetwork: found true'),
		]);
	});
});

describe('a text too big to be meant well', () => {
	test.each([
		['brackets', '['.repeat(100_000)],
		['dashes', '- '.repeat(100_000)],
		['blocks', Array.from({ length: 500 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
		['flow lists', `${'['.repeat(200)}${']'.repeat(200)}`],
		['mappings in mappings', `${'{a: '.repeat(500)}1${'}'.repeat(500)}`],
	])('is refused: %s without end', (_, text) => {
		expect(complaints(text)[0]).toContain('nested more than 64 deep');
	});

	test('is refused: more characters than it may have', () => {
		expect(complaints('x'.repeat((16 << 20) + 1))).toEqual([
			'(text): (unread document): found 16777217 characters, expected at most 16777216',
		]);
	});

	test('is refused: aliases that multiply', () => {
		const lines = many(
			10,
			(i) =>
				`a${i}: &a${i} [${Array(10)
					.fill(i === 0 ? 'x' : `*a${i - 1}`)
					.join(', ')}]`,
		);
		expect(complaints(lines)).toEqual([expect.stringContaining('found more than 262144 values')]);
	});

	test('is refused: mappings that multiply through <<', () => {
		const text = `a: &a { ${many(1000, (i) => `k${i}: 1`).replaceAll('\n', ', ')} }\nb:\n${many(1000, () => '- <<: *a')}\n`;
		expect(complaints(text)).toEqual([expect.stringContaining('found more than 262144 values')]);
	});

	test('is refused: values without end', () => {
		expect(complaints('0,'.repeat(600_000))[0]).toContain('found more than 262144 values');
	});

	test('is refused: documents without end', () => {
		const { issues } = readDocuments([many(30, () => '---')], { documents: 20 });
		expect(issues.map(({ message, line }) => [message, line])).toEqual([
			['found more than 20 documents in one text, expected less', 21],
		]);
	});

	test('has its first issues listed, and the others counted', () => {
		const text = `${POD}spec:\n${many(5000, (i) => `  k${i}: 1`)}`;
		const issues = issuesOf(text);
		expect(issues).toHaveLength(1001);
		expect(issues.at(-1)).toMatchObject({ message: '4000 more after this are not listed', line: 1004 });
	});

	test.each([
		['keys', many(20_000, (i) => `k${i}: 1`)],
		['wrong labels', `${POD.replace('{ name: a }', '\n  name: a\n  labels:')}\n${many(20_000, (i) => `    k${i}: 1`)}`],
		['aliases', `a: &a 1\nb: [${'*a, '.repeat(20_000)}*a]`],
		['documents', many(5000, () => 'a: b\n---')],
		['one long name', `${POD.replace('name: a', `name: ${'a'.repeat(1_000_000)}_`)}`],
		['one long label', `${POD.replace('name: a', `name: a, labels: { a: ${'a-'.repeat(500_000)} }`)}`],
	])('takes time by its length alone: %s', (_, text) => {
		const began = performance.now();
		expect(readDocuments([text]).issues.length).toBeGreaterThan(0);
		expect(performance.now() - began).toBeLessThan(10_000);
	});

	test('is none of a thousand policies: they take a second, not many', () => {
		const spec =
			'{ endpointSelector: {}, ingress: [{ fromEndpoints: [{ matchLabels: { app: b } }], toPorts: [{ ports: [{ port: 80 }] }] }] }';
		const policy = (i: number) =>
			`apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: { name: p${i} }\nspec: ${spec}\n`;
		const text = many(1000, (i) => `---\n${policy(i)}`);
		const before = process.cpuUsage();
		expect(readDocuments([text])).toMatchObject({ documents: { length: 1000 }, issues: [] });
		expect(process.cpuUsage(before).user).toBeLessThan(4_000_000);
	});
});
