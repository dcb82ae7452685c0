import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
	appendFileSync,
	copyFileSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { openAgent } from '../../lib/index.js';
import { openLab, SLOWNESS } from './lab.js';
import type { Lab, LabPod } from './lab.js';
import { ours } from './support-agent.js';
import { request, serveIn, urlOf } from './support-http.js';

const file = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const PLUGIN = file('native/build/heddle-cni');
const PODS = ['server-default', 'server-jupiter', 'client'] as const;

let lab: Lab;
let folder: string;
let child: ChildProcess;
let pods: Map<string, LabPod>;

interface CniResult {
	readonly cniVersion: string;
	readonly interfaces: readonly { readonly name: string; readonly sandbox?: string }[];
	readonly ips: readonly { readonly address: string; readonly interface: number }[];
	readonly code?: number;
}

const path = (name: string) => join(folder, name);

beforeEach(async () => {
	lab = openLab();
	folder = mkdtempSync(join(tmpdir(), 'heddle-cni-'));
	mkdirSync(path('manifests'));
	for (const name of ['pools.yaml', 'networks.yaml', 'pods.yaml', 'policies.yaml']) {
		copyFileSync(file(`examples/multi-network/${name}`), path(`manifests/${name}`));
	}
	const { pinPath } = lab.agentPaths;
	writeFileSync(path('agent.yaml'), `manifests: manifests\nsocket: agent.sock\nstate: state.db\npinPath: ${pinPath}\n`);
	await startAgent();
	pods = new Map(PODS.map((name) => [name, lab.pod(name)]));
});

afterEach(async () => {
	await stopAgent('SIGKILL');
	await (await openAgent({ statePath: path('state.db'), datapath: { pinPath: lab.agentPaths.pinPath } })).unload();
	rmSync(folder, { recursive: true, force: true });
	await lab[Symbol.asyncDispose]();
});

async function startAgent(): Promise<void> {
	rmSync(path('agent.sock'), { force: true });
	const args = ['--import', 'tsx', file('lib/cli/main.ts'), 'agent', '--config', path('agent.yaml')];
	child = spawn(process.execPath, args, { stdio: 'ignore' });
	for (let waited = 0; waited < 200 * SLOWNESS && !existsSync(path('agent.sock')); waited++) {
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
	expect(existsSync(path('agent.sock'))).toBe(true);
}

async function stopAgent(signal: NodeJS.Signals): Promise<void> {
	if (child.exitCode === null && child.signalCode === null) {
		child.kill(signal);
		await once(child, 'exit');
	}
}

/** As a container runtime runs a plugin: all it says is in the environment and on the plugin's input. */
function run(
	command: string,
	pod: string,
	more: object = {},
	environment: Readonly<Record<string, string>> = {},
	moreArgs = '',
): { status: number | null; answer: CniResult } {
	const config = { cniVersion: '1.1.0', name: 'pods', type: 'heddle-cni', agentSocket: path('agent.sock'), ...more };
	const { status, stdout } = spawnSync(PLUGIN, {
		input: JSON.stringify(config),
		encoding: 'utf8',
		env: {
			CNI_COMMAND: command,
			CNI_CONTAINERID: `sandbox-${pod}`,
			CNI_NETNS: pods.get(pod)?.path ?? '',
			CNI_IFNAME: 'eth0',
			CNI_PATH: '/opt/cni/bin',
			CNI_ARGS: `IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=${pod}${moreArgs}`,
			...environment,
		},
	});
	return { status, answer: stdout === '' ? ({} as CniResult) : (JSON.parse(stdout) as CniResult) };
}

function addAll(): Map<string, CniResult> {
	return new Map(
		PODS.map((name) => {
			const { status, answer } = run('ADD', name);
			expect({ name, status, answer }).toMatchObject({ status: 0 });
			return [name, answer];
		}),
	);
}

const ipv4Of = (result: CniResult) => result.ips[0]!.address.split('/')[0]!;

describe('heddle-cni', () => {
	it('gives the walkthrough’s pods their interfaces and policy, checks them, and takes them down', async () => {
		const results = addAll();
		const client = results.get('client')!;
		expect(client.cniVersion).toBe('1.1.0');
		expect(client.interfaces.filter(({ sandbox }) => sandbox !== undefined).map(({ name }) => name)).toEqual([
			'eth0',
			'cil1',
		]);
		expect(client.ips).toHaveLength(4);
		expect(run('ADD', 'client').answer).toEqual(client);
		expect(run('CHECK', 'client', { prevResult: client })).toMatchObject({ status: 0 });
		const from = pods.get('client')!;
		await using _serving = await serveIn(pods.get('server-default')!, 80);
		const target = ipv4Of(results.get('server-default')!);
		expect(await request(from, urlOf(target, '/client-ip'))).toMatchObject({ status: 200, body: ipv4Of(client) });
		expect(await request(from, urlOf(target, '/public'))).toMatchObject({ status: 403 });
		for (const name of PODS) {
			expect(run('DEL', name).status).toBe(0);
			expect(run('DEL', name).status).toBe(0);
		}
		expect(ours()).toEqual([]);
		expect(run('CHECK', 'client', { prevResult: client }).status).not.toBe(0);
	});

	it.each(['0.4.0', '1.0.0', '1.1.0'])('answers in version %s', (cniVersion) => {
		const { status, answer } = run('ADD', 'client', { cniVersion });
		expect(status).toBe(0);
		expect(answer.cniVersion).toBe(cniVersion);
		expect(answer.ips.every((ip) => 'version' in ip)).toBe(cniVersion === '0.4.0');
		expect(run('DEL', 'client', { cniVersion }).status).toBe(0);
	});

	it('collects what the runtime does not know', () => {
		addAll();
		const valid = [{ containerID: 'sandbox-client', ifname: 'eth0' }];
		expect(run('GC', 'client', { 'cni.dev/valid-attachments': valid }).status).toBe(0);
		expect(ours()).toHaveLength(2);
	});

	it('tells versions, readiness and mistakes by code', async () => {
		expect(run('VERSION', 'client').answer).toMatchObject({ supportedVersions: ['0.4.0', '1.0.0', '1.1.0'] });
		expect(run('STATUS', 'client').status).toBe(0);
		expect(run('ADD', 'client', { cniVersion: '9.0.0' }).answer.code).toBe(1);
		expect(run('ADD', 'client', { network: 'saturn' }).status).not.toBe(0);
		expect(run('NONSENSE', 'client').answer.code).toBe(4);
		await stopAgent('SIGKILL');
		expect(run('ADD', 'client').answer.code).toBe(11);
		expect([50, 51]).toContain(run('STATUS', 'client').answer.code);
		expect(ours()).toEqual([]);
	});

	it.each([
		['a path that is no namespace', { CNI_NETNS: '/etc/hostname' }, {}, 4, 'ERR_NETNS'],
		['the host’s own namespace', { CNI_NETNS: '/proc/1/ns/net' }, {}, 4, 'ERR_NETNS'],
		['an interface whose name is too long', { CNI_IFNAME: 'sixteen-letters-' }, {}, 4, ''],
		['an interface that is there', { CNI_IFNAME: 'lo' }, {}, 7, 'ERR_INVALID_ARGUMENT'],
		['an unknown network', {}, { network: 'saturn' }, 7, 'ERR_UNKNOWN_NETWORK'],
		['an address outside the pool', { IP: '10.99.0.1' }, {}, 7, 'ERR_ADDRESS_NOT_IN_POOL'],
		['an address that is none', { IP: '10.0.0.256' }, {}, 7, 'ERR_INVALID_ARGUMENT'],
		['a MAC that is none', { MAC: '01:00:5e:00:00:01' }, {}, 7, 'ERR_INVALID_ARGUMENT'],
	])('refuses %s, and leaves nothing', (_, { IP, MAC, ...env }: Record<string, string>, config, code, details) => {
		const args = [IP && `IP=${IP}`, MAC && `MAC=${MAC}`].filter(Boolean).map((one) => `;${one}`);
		const { status, answer } = run('ADD', 'server-default', config, env, args.join(''));
		expect({ status, answer }).toMatchObject({ status: 1, answer: { code, details } });
		expect(ours()).toEqual([]);
		expect(run('ADD', 'server-default').status).toBe(0);
	});

	it('says that a full pool is to be tried again, and so is one of which no block is granted', async () => {
		const pool = (cidr: string) =>
			`apiVersion: cilium.io/v2alpha1\nkind: CiliumPodIPPool\nmetadata: { name: default }\nspec: { ipv4: { cidrs: [${cidr}], maskSize: 30 } }\n`;
		rmSync(path('manifests/pods.yaml'));
		writeFileSync(path('manifests/pools.yaml'), pool('10.66.0.0/30'));
		rmSync(path('manifests/networks.yaml'));
		rmSync(path('manifests/policies.yaml'));
		await stopAgent('SIGKILL');
		// The block length of a pool that is known does not change.
		readdirSync(folder)
			.filter((name) => name.startsWith('state.db'))
			.forEach((name) => rmSync(path(name)));
		await startAgent();
		expect(PODS.map((name) => run('ADD', name)).map(({ status }) => status)).toEqual([0, 0, 1]);
		expect(run('ADD', 'client').answer).toMatchObject({ code: 11, details: 'ERR_POOL_EXHAUSTED' });
		expect(ours()).toHaveLength(2);
		PODS.forEach((name) => expect(run('DEL', name).status).toBe(0));
		await stopAgent('SIGKILL');
		appendFileSync(path('agent.yaml'), 'ipam: { mode: multi-pool, nodeName: here }\n');
		await startAgent();
		expect(run('ADD', 'client').answer).toMatchObject({ code: 11, details: 'ERR_POOL_NOT_GRANTED' });
		expect(ours()).toEqual([]);
	});

	it('goes on where it was after the agent was killed', async () => {
		const before = addAll();
		await stopAgent('SIGKILL');
		const target = ipv4Of(before.get('server-jupiter')!);
		expect(before.get('client')!.ips).toHaveLength(4);
		await startAgent();
		expect(run('ADD', 'client').answer).toEqual(before.get('client'));
		expect(run('CHECK', 'client', { prevResult: before.get('client') }).status).toBe(0);
		expect(target).toMatch(/^192\.168\./);
	});
});
