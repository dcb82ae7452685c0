/** The walkthrough as a user runs it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';

const DEMO = fileURLToPath(new URL('../../examples/multi-network/demo.ts', import.meta.url));
const PINS = '/sys/fs/bpf/hdl-demo-pins';

function start(...options: string[]): ChildProcess {
	return spawn(process.execPath, ['--import', 'tsx', DEMO, ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
}

async function finish(child: ChildProcess): Promise<{ code: number | null; output: string }> {
	const parts: Buffer[] = [];
	child.stdout?.on('data', (part: Buffer) => parts.push(part));
	child.stderr?.resume();
	const [code] = (await once(child, 'close')) as [number | null];
	return { code, output: Buffer.concat(parts).toString() };
}

function left(): string[] {
	const namespaces = existsSync('/run/netns') ? readdirSync('/run/netns') : [];
	const interfaces = readdirSync('/sys/class/net');
	return [...namespaces, ...interfaces, ...(existsSync(PINS) ? [PINS] : [])].filter((name) =>
		/hdl-demo|heddle-l7|hl7_/.test(name),
	);
}

async function seen(child: ChildProcess, text: string): Promise<void> {
	let output = '';
	await new Promise<void>((resolve, reject) => {
		child.once('exit', (code) => reject(new Error(`found the demo ended (${code}), expected it to print '${text}'`)));
		child.stdout?.on('data', (part: Buffer) => (output += String(part)).includes(text) && resolve());
	});
}

describe('npm run demo', () => {
	afterEach(async () => {
		await finish(start('--down'));
	});

	it('answers every cell as the walkthrough does, tells why, and leaves nothing', async () => {
		const { code, output } = await finish(start('--json'));
		const report = JSON.parse(output);
		expect(report.matrix).toHaveLength(12);
		for (const { expected, actual } of report.matrix) expect(actual).toBe(expected);
		expect(report.ok).toBe(true);
		expect(code).toBe(0);
		expect(report.endpoints.map(({ name }: { name: string }) => name).sort()).toEqual([
			'client',
			'client-cil1',
			'server-default',
			'server-jupiter',
		]);
		expect(new Set(report.endpoints.map(({ identity }: { identity: number }) => identity)).size).toBe(4);
		expect(deniedPings(report.flows)).toEqual([
			['from-endpoint', 'FORWARDED', undefined],
			['policy-verdict', 'DROPPED', undefined],
			['drop', 'DROPPED', 'Policy denied'],
		]);
		expect(answered(report.flows)).toEqual([
			['client:* <- server-default:80', 'GET http://10.10.0.1/client-ip'],
			['client-cil1:* <- server-jupiter:80', 'GET http://192.168.16.1/public'],
		]);
		expect(left()).toEqual([]);
	});

	it('leaves nothing when it is interrupted', async () => {
		const child = start();
		await seen(child, 'attached 4 endpoints');
		child.kill('SIGINT');
		expect((await finish(child)).code).toBe(130);
		expect(left()).toEqual([]);
	});

	it('keeps enforcing with --keep after the process has ended, until --down', async () => {
		expect((await finish(start('--keep'))).code).toBe(0);
		expect(left()).toContain(PINS);
		// Without a process there is no proxy: what is left to it is refused, on both networks.
		expect(await probeFromClient({ url: 'http://10.10.0.1/client-ip' })).toEqual({ error: expect.stringMatching(/ECONNREFUSED/) });
		expect(await probeFromClient({ url: 'http://[fd00:16::1]/public' })).toEqual({ error: expect.stringMatching(/ECONNREFUSED/) });
		expect(await probeFromClient({ ping: '10.10.0.1' })).toEqual({ error: 'no answer' });
		expect((await finish(start('--down'))).code).toBe(0);
		expect(left()).toEqual([]);
	});
});

interface FlowJson {
	readonly eventType: string;
	readonly verdict: string;
	readonly dropReason?: { readonly text: string };
	readonly l4?: { readonly protocol: string; readonly icmp?: { readonly type: number } };
	readonly ip?: { readonly version: number };
	readonly l7?: { readonly type: string; readonly http: { readonly code: number; readonly method: string; readonly url: string } };
	readonly source: { readonly name: string };
	readonly destination: { readonly name: string };
}

/** Responses over IPv4 of status 200 after the policies, in the order of their networks. */
function answered(flows: readonly FlowJson[]): string[][] {
	return flows
		.filter(({ l7, ip }) => l7?.type === 'RESPONSE' && l7.http.code === 200 && ip?.version === 4)
		.map(({ l7, source, destination }) => [
			`${destination.name}:* <- ${source.name}:80`,
			`${l7?.http.method} ${l7?.http.url}`,
		])
		.sort(([a = ''], [b = '']) => b.length - a.length)
		.reverse();
}

/** The lines of the last denied ping to server-default. */
function deniedPings(flows: readonly FlowJson[]): (string | undefined)[][] {
	return flows
		.filter(
			({ l4, source, destination }) =>
				l4?.protocol === 'ICMPv4' &&
				l4.icmp?.type === 8 &&
				source.name === 'client' &&
				destination.name === 'server-default',
		)
		.slice(-3)
		.map(({ eventType, verdict, dropReason }) => [eventType, verdict, dropReason?.text]);
}

async function probeFromClient(probe: object): Promise<object | undefined> {
	const script = fileURLToPath(new URL('../../examples/multi-network/pod-probe.mjs', import.meta.url));
	const timeoutMs = 1000 * Number(process.env['HEDDLE_TEST_SLOWNESS'] ?? 1);
	const task = JSON.stringify({ probes: [probe], timeoutMs });
	const child = spawn('nsenter', ['--net=/run/netns/hdl-demo-client', process.execPath, script, task], {
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const { output } = await finish(child);
	return (JSON.parse(output) as object[])[0];
}
