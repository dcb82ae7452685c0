/** What README.md shows is run as it stands there, but for the endless loop at its end. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as heddle from '../../lib/index.js';
import { openLab } from './lab.js';
import { makeOutside } from './outside.js';

const readme = readFileSync(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8');

const POLICIES = fileURLToPath(new URL('../../examples/multi-network/policies.yaml', import.meta.url));
const pod = (name: string) => ({
	namespace: 'default',
	pod_name: name,
	labels: [`k8s:app=${name}`, 'k8s:io.kubernetes.pod.namespace=default'],
});
/** As Hubble tells it. */
const FLOW = {
	flow: {
		verdict: 'FORWARDED',
		traffic_direction: 'EGRESS',
		is_reply: false,
		source: pod('client'),
		destination: pod('web'),
		l4: { TCP: { source_port: 40_000, destination_port: 80 } },
	},
};

function blocks(language: string): string[] {
	return [...readme.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))].map(([, text]) => text ?? '');
}

function blockWith(text: string): string {
	const found = blocks('js').filter((block) => block.includes(text));
	if (found.length !== 1) {
		throw new Error(`found ${found.length} examples with ${text}, expected one`);
	}
	return found[0]!;
}

const [, pods = ''] = blocks('sh');
const [twelveLines = ''] = blocks('js');
const documents = blockWith('kind: CiliumNetworkPolicy\nmetadata: { name: web }\n');
const layer7 = blockWith('l7.start');
const proven = blockWith('policies.verify');
const wholePods = blockWith('openAgent');
const otherHosts = blockWith('attachUplink');
const commands = [...readme.matchAll(/^npx heddle (.*?)(?: +#.*)?$/gm)].map(([, line]) => line ?? '');

/** The lines as the body of a function of what they import. */
function run(lines: string, result: string, log: (...told: unknown[]) => void): Promise<never> {
	const [imports, names = ''] = /^import \{ (.*) \} from 'heddle';/.exec(lines) ?? [];
	const body = lines.slice(imports?.length ?? 0);
	const AsyncFunction = Object.getPrototypeOf(async () => undefined).constructor;
	const text = `const { ${names} } = heddle;\n${body}\nreturn ${result};`;
	return new AsyncFunction('heddle', 'console', text)(heddle, { log });
}

function runLines(): Promise<{ datapath: heddle.Datapath }> {
	return run(twelveLines.split('for await')[0]!, '{ datapath }', () => undefined);
}

function ping(count = '1'): boolean {
	try {
		execFileSync('ip', ['netns', 'exec', 'client', 'ping', '-c', count, '-W', '1', '10.0.0.2'], { stdio: 'ignore' });
		return true;
	} catch {
		return false;
	}
}

function removePods(): void {
	for (const pod of ['client', 'web'])
		for (const command of [`ip link del ${pod}-host`, `ip netns del ${pod}`]) {
			try {
				execFileSync('sh', ['-c', command], { stdio: 'ignore' });
			} catch {
				// it was not there
			}
		}
}

describe('README.md', () => {
	beforeAll(() => {
		removePods();
		execFileSync('sh', ['-ec', pods], { stdio: 'pipe' });
	});
	afterAll(removePods);

	it('enforces and tells in twelve lines what it says', async () => {
		expect(
			twelveLines
				.trim()
				.split('\n')
				.filter((line) => line !== '').length,
		).toBeLessThanOrEqual(12);
		const { datapath } = await runLines();
		try {
			const flows = datapath.flows({ filter: { protocol: 'icmp' } });
			expect(ping()).toBe(false);
			const lines: string[] = [];
			// The pods' own stacks speak IPv6 when their interfaces come up.
			for await (const flow of flows) if (flow.ip?.version === 4 && lines.push(heddle.formatFlow(flow)) === 3) break;
			const shown = readme.split('\n').filter((line) => line.startsWith('Nov 23') && line.includes('ICMPv4'));
			expect(lines.map(withoutTime)).toEqual(shown.map(withoutTime));
		} finally {
			await datapath.close();
		}
	});

	it('plans, applies, explains and verifies as it shows', async () => {
		const { datapath } = await runLines();
		try {
			const said: unknown[][] = [];
			new Function('datapath', 'console', proven)(datapath, { log: (...told: unknown[]) => said.push(told) });
			expect(said.map(([first]) => first)).toEqual(['denied', true]);
			expect(datapath.policies.size).toBe(1);
		} finally {
			await datapath.close();
		}
	});

	it('enforces HTTP rules as it shows', async () => {
		const { datapath } = await runLines();
		const server = fileURLToPath(new URL('../../examples/multi-network/pod-server.mjs', import.meta.url));
		const web = spawn('ip', ['netns', 'exec', 'web', process.execPath, server, '8080'], {
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		try {
			await once(web.stdout, 'data');
			const AsyncFunction = Object.getPrototypeOf(async () => undefined).constructor;
			await new AsyncFunction('datapath', 'console', layer7)(datapath, { log: () => undefined });
			const get = (path: string) =>
				spawnSync('ip', ['netns', 'exec', 'client', 'curl', '-s', '-m', '3', `http://10.0.0.2:8080${path}`]);
			expect([get('/public'), get('/client-ip')].map(({ stdout }) => String(stdout).trim())).toEqual([
				'public',
				'Access denied',
			]);
		} finally {
			web.kill('SIGKILL');
			await once(web, 'exit');
			await datapath.close();
		}
	});

	it('makes an uplink as it shows', async () => {
		const lab = openLab();
		try {
			const datapath = await lab.datapath();
			const { uplink: name } = await makeOutside(lab, ['198.51.100.1'], ['198.51.100.2']);
			const said: unknown[] = [];
			const lines = otherHosts.replace("'eth0'", JSON.stringify(name));
			const AsyncFunction = Object.getPrototypeOf(async () => undefined).constructor;
			await new AsyncFunction('datapath', 'console', lines)(datapath, { log: (told: unknown) => said.push(told) });
			expect(said).toEqual(['xdp-native']);
			expect(datapath.uplinks.get(name)?.masquerade?.ipv4).toBe('198.51.100.1');
		} finally {
			await lab[Symbol.asyncDispose]();
		}
	});

	it('attaches a whole pod as it shows', async () => {
		const folder = mkdtempSync(join(tmpdir(), 'heddle-readme-'));
		const pinPath = '/sys/fs/bpf/heddle-readme';
		const options = { statePath: join(folder, 'state.db'), datapath: { pinPath } };
		execFileSync('ip', ['netns', 'add', 'shop']);
		try {
			const said: string[] = [];
			const lines = wholePods.replace("{ statePath: '/var/lib/heddle/state.db' }", JSON.stringify(options));
			await run(lines, 'undefined', (status) => said.push(String(status)));
			expect(JSON.parse(said[0] ?? '')).toEqual([
				expect.objectContaining({ name: 'jupiter', interface: 'eth0', ips: ['192.168.16.1', 'fd00:16::1'] }),
			]);
		} finally {
			execFileSync('ip', ['netns', 'del', 'shop']);
			await (await heddle.openAgent(options)).unload();
			rmSync(folder, { recursive: true });
		}
	});

	it('shows commands that do what it says', () => {
		const folder = mkdtempSync(join(tmpdir(), 'heddle-readme-'));
		try {
			writeFileSync(join(folder, 'new.yaml'), readFileSync(POLICIES, 'utf8').replace('"80"', '"8088"'));
			writeFileSync(join(folder, 'flows.ndjson'), `${JSON.stringify(FLOW)}\n`);
			expect(commands).toHaveLength(6);
			const codes = commands.map((line) => {
				const args = line.split(' ').map((arg) => (/^(new\.yaml|flows\.ndjson)$/.test(arg) ? join(folder, arg) : arg));
				const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'lib/cli/main.ts', ...args], {
					encoding: 'utf8',
				});
				return { line, status, stderr: status === 2 ? stderr : '' };
			});
			// diff says by its code that there are differences.
			const expected = commands.map((line) => ({ line, status: line.includes(' diff ') ? 1 : 0, stderr: '' }));
			expect(codes).toEqual(expected);
		} finally {
			rmSync(folder, { recursive: true });
		}
	}, 60_000);

	it('applies the document that it shows', async () => {
		const { datapath } = await runLines();
		try {
			const [, web] = [...datapath.endpoints.values()];
			web?.policy.replace([]);
			expect(ping()).toBe(true);
			new Function('datapath', documents)(datapath);
			expect(datapath.policies.size).toBe(1);
			expect(ping()).toBe(false);
		} finally {
			await datapath.close();
		}
	});
});

function withoutTime(line: string): string {
	return line.slice(line.indexOf(': '));
}
