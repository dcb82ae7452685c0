/** What the command line says of the walkthrough's documents, word for word. */
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { heddle, WALKTHROUGH } from './support/cli.js';

function explain(from: string, to: string, port: string, ...more: readonly string[]) {
	return heddle(['policy', 'explain', '-f', WALKTHROUGH, '--from', from, '--to', to, '--port', port, ...more]);
}

describe('explain', () => {
	test('tells who leaves a connection to the proxy, what it asks, and where it is written', async () => {
		const { code, out } = await explain('default/client', 'server-default', '80/TCP', '--exit-code');
		expect(code).toBe(0);
		expect(out).toBe(`REDIRECTED  default/client -> default/server-default  TCP 80

egress of default/client: ALLOWED, nothing is enforced

ingress of default/server-default: REDIRECTED by
	examples/multi-network/policies.yaml:15 CiliumNetworkPolicy default/server-default-policy spec.ingress[0].toPorts[0]
		redirect TCP 80 from default/client
		http {"method":"GET","path":"/client-ip"}
policies:
	CiliumNetworkPolicy default/server-default-policy isolates
`);
	});

	test('tells what is missing for a denied connection to be allowed', async () => {
		const { code, out } = await explain('client@jupiter', 'server-jupiter', '8080', '--exit-code');
		expect(code).toBe(1);
		expect(out).toBe(`DENIED  default/client@jupiter -> default/server-jupiter  TCP 8080

egress of default/client@jupiter: ALLOWED, nothing is enforced

ingress of default/server-jupiter: DENIED by default: no rule speaks of it
policies:
	CiliumNetworkPolicy default/server-jupiter-policy isolates
why not:
	examples/multi-network/policies.yaml:37 CiliumNetworkPolicy default/server-jupiter-policy spec.ingress[0].toPorts[0] (redirect)
		port: expected TCP 80, found TCP 8080
`);
	});

	test('tells that two networks are apart, which counts as denied', async () => {
		const { code, out } = await explain('client@jupiter', 'server-default', '80', '--exit-code');
		expect(code).toBe(1);
		expect(out).toMatch(
			/^REDIRECTED .*\nbut no packet passes: the networks jupiter and default are isolated from each other\n/,
		);
	});

	test('ends with 0 for a denied connection, unless asked', async () => {
		expect((await explain('client', 'server-default', '8081')).code).toBe(0);
	});

	test.each([
		['8/ICMP', 'ICMP type 8 code 0'],
		['3:1/icmp', 'ICMP type 3 code 1'],
		['128/ICMPv6', 'ICMPv6 type 128 code 0'],
		['53/udp', 'UDP 53'],
		['0/47', 'protocol 47'],
	])('reads the port %s as %s', async (port, told) => {
		expect((await explain('client', 'server-default', port)).out.split('\n')[0]).toBe(
			`DENIED  default/client -> default/server-default  ${told}`,
		);
	});

	test.each(['host', 'world-ipv4', '1.2.3.4', 'fd00::1'])('takes %s as an end', async (end) => {
		expect((await explain(end, 'server-default', '8080')).out).toMatch(/^DENIED /);
	});

	test.each(['json', 'yaml'])('as %s has verdict, rule, file and line', async (format) => {
		const { out } = await explain('client', 'server-default', '80', '-o', format);
		expect(format === 'json' ? JSON.parse(out) : parse(out)).toMatchObject({
			verdict: 'redirected',
			ingress: {
				decidedBy: [
					{
						document: 'CiliumNetworkPolicy default/server-default-policy',
						path: 'spec.ingress[0].toPorts[0]',
						line: 15,
						row: { port: 80 },
					},
				],
			},
		});
	});
});

describe('rows', () => {
	test('are told with the line that each comes from', async () => {
		const { code, out } = await heddle(['policy', 'rows', '-f', WALKTHROUGH]);
		expect(code).toBe(0);
		expect(out).toContain('\tingress redirect tcp 80 from 258 (k8s:app=client)\n');
		expect(out).toContain(
			'\t\tby examples/multi-network/policies.yaml:15 CiliumNetworkPolicy default/server-default-policy spec.ingress[0].toPorts[0]',
		);
	});

	test('as json have the same fields', async () => {
		const { out } = await heddle(['policy', 'rows', '-f', WALKTHROUGH, '-o', 'json']);
		const { subjects, identities } = JSON.parse(out) as Record<string, object[]>;
		expect(subjects).toMatchObject([
			{
				name: 'default/server-jupiter',
				defaults: { ingress: 'deny', egress: 'allow' },
				rows: [
					{ direction: 'ingress', protocol: 'tcp', port: 80, endPort: 80, action: 'redirect', rules: [{ line: 37 }] },
					{},
				],
			},
			{ name: 'default/server-default', rows: [{ port: 80 }, { port: 80 }] },
		]);
		expect(identities).toContainEqual({ identity: 1, name: 'host', labels: ['reserved:host'] });
	});
});

describe('verify', () => {
	test('finds the tables to say what the documents say', async () => {
		const { code, out } = await heddle(['policy', 'verify', '-f', WALKTHROUGH]);
		expect(code).toBe(0);
		expect(out).toMatch(/^VERIFIED {2}\d+ questions of \d+ classes, 0 counterexamples, 0 stale entries\n$/);
	});

	test('as json tells how many questions there were', async () => {
		const { out } = await heddle(['policy', 'verify', '-f', WALKTHROUGH, '-o', 'json']);
		const told = JSON.parse(out) as { ok: boolean; checked: number; counterexamples: object[] };
		expect(told).toMatchObject({ ok: true, wrong: 0, counterexamples: [], stale: [] });
		expect(told.checked).toBeGreaterThan(10);
	});
});

describe('colour', () => {
	const first = (text: string) => text.split(' ')[0];
	const verify = ['policy', 'verify', '-f', WALKTHROUGH];

	test('is there on a terminal, and nowhere else', async () => {
		expect(first((await heddle(verify, { isTTY: true })).out)).toBe('\u001b[32mVERIFIED\u001b[0m');
		expect(first((await heddle(verify)).out)).toBe('VERIFIED');
		expect(first((await heddle([...verify, '-o', 'json'], { isTTY: true })).out)).toBe('{\n');
	});

	test('is not there where NO_COLOR is set', async () => {
		expect(first((await heddle(verify, { isTTY: true, env: { NO_COLOR: '1' } })).out)).toBe('VERIFIED');
		expect(first((await heddle(verify, { isTTY: true, env: { NO_COLOR: '' } })).out)).toBe(
			'\u001b[32mVERIFIED\u001b[0m',
		);
	});
});
