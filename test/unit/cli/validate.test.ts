import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { heddle, WALKTHROUGH } from './support/cli.js';

const WRONG = `apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata:
  name: wrong
spec:
  endpointSelector: {}
  ingress:
    - fromRequires: []
      toPorts:
        - ports:
            - port: "99999"
`;
const LONE = `apiVersion: v1
kind: Pod
metadata: { name: web, labels: { app: web } }
---
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: { name: lone }
spec:
  endpointSelector: { matchLabels: { app: nobody } }
  ingress: [{ fromEndpoints: [{}] }]
`;

describe('validate', () => {
	test('ends with 0 where nothing is wrong', async () => {
		const { code, out, err } = await heddle(['policy', 'validate', '-f', WALKTHROUGH]);
		expect({ code, out, err }).toEqual({ code: 0, out: '8 documents, nothing is wrong\n', err: '' });
	});

	test('tells every issue, one a line, with file, line, column, document and path, and ends with 1', async () => {
		const { code, out, err } = await heddle(['policy', 'validate', '-f', '-'], { stdin: WRONG });
		expect(code).toBe(1);
		const lines = out.trimEnd().split('\n');
		expect(lines).toHaveLength(2);
		expect(lines[0]).toMatch(/^\(stdin\):8:7: CiliumNetworkPolicy default\/wrong: spec\.ingress\[0\]\.fromRequires: /);
		expect(lines[1]).toMatch(
			/^\(stdin\):11:15: CiliumNetworkPolicy default\/wrong: spec\.ingress\[0\]\.toPorts\[0\]\.ports\[0\]\.port: /,
		);
		expect(err).toBe('2 issues, 0 documents without\n');
	});

	test('tells text that is no YAML as an issue', async () => {
		const { code, out } = await heddle(['policy', 'validate', '-f', '-'], { stdin: 'a: [b\n' });
		expect(code).toBe(1);
		expect(out).toMatch(/^\(stdin\):\d+:\d+: /);
	});

	test('warns, apart, of selectors that select nothing, and ends with 0', async () => {
		const { code, out, err } = await heddle(['policy', 'validate', '-f', '-'], { stdin: LONE });
		expect({ code, out }).toEqual({ code: 0, out: '2 documents, nothing is wrong\n' });
		expect(err).toBe(
			'warning: (stdin):9:3: CiliumNetworkPolicy default/lone: spec.endpointSelector: selects no endpoint\n',
		);
	});

	test('has nothing to warn of where no pods are given', async () => {
		const stdin = LONE.slice(LONE.indexOf('---'));
		expect(await heddle(['policy', 'validate', '-f', '-'], { stdin })).toMatchObject({ code: 0, err: '' });
	});

	test.each(['json', 'yaml'])('as %s has the same fields for every issue', async (format) => {
		const { code, out, err } = await heddle(['policy', 'validate', '-f', '-', '-o', format], { stdin: WRONG });
		expect({ code, err }).toEqual({ code: 1, err: '' });
		const told = (format === 'json' ? JSON.parse(out) : parse(out)) as Record<string, unknown>;
		expect(told).toMatchObject({
			valid: false,
			documents: [],
			issues: [
				{
					document: 'CiliumNetworkPolicy default/wrong',
					file: '(stdin)',
					line: 8,
					column: 7,
					path: 'spec.ingress[0].fromRequires',
				},
				{ path: 'spec.ingress[0].toPorts[0].ports[0].port', message: expect.any(String) as string },
			],
			warnings: [],
		});
	});
});

describe('what is read', () => {
	let folder = '';
	beforeAll(() => {
		folder = mkdtempSync(join(tmpdir(), 'heddle-cli-'));
		const pod = (name: string) => JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name } });
		writeFileSync(join(folder, 'a.yaml'), pod('a'));
		writeFileSync(join(folder, 'b.json'), pod('b'));
		writeFileSync(join(folder, 'notes.md'), '# not a document');
		mkdirSync(join(folder, 'deep'));
		writeFileSync(join(folder, 'deep', 'c.yml'), pod('c'));
	});
	afterAll(() => rmSync(folder, { recursive: true }));

	async function names(...args: readonly string[]): Promise<string[]> {
		const { out } = await heddle(['policy', 'validate', '-o', 'json', ...args], {
			stdin: 'apiVersion: v1\nkind: Pod\nmetadata: { name: in }\n',
		});
		const { documents } = JSON.parse(out) as { documents: { document: string }[] };
		return documents.map(({ document }) => document);
	}

	test('is the documents of a folder, with -R those of the folders in it', async () => {
		expect(await names('-f', folder)).toEqual(['Pod default/a', 'Pod default/b']);
		expect(await names('-R', '-f', folder)).toEqual(['Pod default/a', 'Pod default/b', 'Pod default/c']);
	});

	test('is all that is named, by -f, without, and stdin', async () => {
		expect(await names('-f', join(folder, 'b.json'), '--filename=-', join(folder, 'a.yaml'))).toEqual([
			'Pod default/b',
			'Pod default/in',
			'Pod default/a',
		]);
	});

	test('is refused where a document is given twice', async () => {
		const { code, out } = await heddle(['policy', 'validate', '-f', folder, join(folder, 'a.yaml')]);
		expect(code).toBe(1);
		expect(out).toMatch(/a\.yaml:1:\d+: Pod default\/a: metadata\.name: given twice/);
	});
});
