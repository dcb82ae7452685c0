import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { heddle, WALKTHROUGH } from './support/cli.js';

/** The walkthrough's policies by their ports alone. */
const TEXT = readFileSync(join(WALKTHROUGH, 'policies.yaml'), 'utf8')
	.replace(/ {10}rules:\n {12}http:\n.*\n.*\n/g, '')
	.replaceAll('"80"', '"8080"');
const PODS = ['-f', join(WALKTHROUGH, 'pods.yaml')];

describe('diff', () => {
	let folder = '';
	let policies = '';
	let wider = '';
	beforeAll(() => {
		folder = mkdtempSync(join(tmpdir(), 'heddle-cli-'));
		wider = join(folder, 'wider.yaml');
		policies = join(folder, 'policies.yaml');
		writeFileSync(policies, TEXT);
		writeFileSync(wider, TEXT.replace('port: "8080"', 'port: "8080"\n              endPort: 8090'));
		writeFileSync(join(folder, 'wrong.yaml'), TEXT.replace('endpointSelector', 'endpointSelektor'));
	});
	afterAll(() => rmSync(folder, { recursive: true }));

	test('tells nothing and ends with 0 where nobody gains or loses anything', async () => {
		expect(await heddle(['policy', 'diff', policies, policies, ...PODS])).toEqual({ code: 0, out: '', err: '' });
	});

	test('tells what is gained and ends with 1', async () => {
		const { code, out, err } = await heddle(['policy', 'diff', policies, wider, ...PODS]);
		expect({ code, err }).toEqual({ code: 1, err: '' });
		expect(out).toBe('+ default/client -> default/server-default  TCP 8081-8090  denied (ingress) -> allowed\n');
	});

	test('tells what is lost the other way round, one version from stdin', async () => {
		const { code, out } = await heddle(['policy', 'diff', '-', policies, ...PODS], {
			stdin: readFileSync(wider, 'utf8'),
		});
		expect(code).toBe(1);
		expect(out).toBe('- default/client -> default/server-default  TCP 8081-8090  allowed -> denied (ingress)\n');
	});

	test('as json names identities, ports and verdicts', async () => {
		const { out } = await heddle(['policy', 'diff', policies, wider, ...PODS, '-o', 'json']);
		expect(JSON.parse(out)).toMatchObject({
			equal: false,
			changes: [
				{
					kind: 'gained',
					from: [{ name: 'default/client', labels: expect.arrayContaining(['k8s:app=client']) as string[] }],
					to: [{ name: 'default/server-default' }],
					ports: [{ protocol: 6, port: 8081, endPort: 8090 }],
					before: { verdict: 'denied', ingress: 'denied', egress: 'allowed' },
					after: { verdict: 'allowed', ingress: 'allowed', egress: 'allowed' },
				},
			],
		});
	});

	test('knows pods of either version', async () => {
		const pods = readFileSync(join(WALKTHROUGH, 'pods.yaml'), 'utf8');
		const both = (text: string, name: string) => {
			writeFileSync(join(folder, name), `${text}\n---\n${pods}`);
			return join(folder, name);
		};
		const text = TEXT;
		const args = ['policy', 'diff', both(text, 'a.yaml'), both(text.replace('app: client', 'app: other'), 'b.yaml')];
		expect((await heddle(args)).out).toBe(
			'- default/client -> default/server-default  TCP 8080  allowed -> denied (ingress)\n',
		);
	});

	test('takes what is empty as a version: nothing was there before', async () => {
		const { code, out } = await heddle(['policy', 'diff', '-', policies, ...PODS]);
		expect(code).toBe(1);
		expect(out).toContain(
			'- default/server-default -> default/server-default  any protocol  allowed -> denied (ingress)\n',
		);
		expect(out).not.toMatch(/^\+/m);
	});

	test('ends with 2 where documents are wrong, and tells all that is', async () => {
		const { code, out, err } = await heddle(['policy', 'diff', policies, join(folder, 'wrong.yaml'), ...PODS]);
		expect({ code, out }).toEqual({ code: 2, out: '' });
		expect(err).toMatch(
			/wrong\.yaml:\d+:\d+: CiliumNetworkPolicy default\/server-default-policy: spec\.endpointSelektor: /,
		);
	});
});
