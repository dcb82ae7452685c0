import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { agentClient } from '../../lib/cli/agent/client.js';
import { openAgent } from '../../lib/index.js';
import { openLab } from './lab.js';
import type { Lab, LabPod } from './lab.js';
import { makeOutside } from './outside.js';
import type { Outside } from './outside.js';
import { endPings, startConversations, startPings } from './support-traffic.js';

const KILLS = Number(process.env['HEDDLE_KILLS'] ?? 3);
const MAIN = fileURLToPath(new URL('../../lib/cli/main.ts', import.meta.url));
const PAUSE_MS = 10;
const NODE = ['198.51.100.1', '2001:db8:7::1'];
const OUTSIDE = ['198.51.100.2', '2001:db8:7::2'];
const [ECHO_PORT, UDP_PORT, TCP_PORT] = [8001, 8002, 8003];
const POOL = {
	apiVersion: 'cilium.io/v2alpha1',
	kind: 'CiliumPodIPPool',
	metadata: { name: 'default' },
	spec: { ipv4: { cidrs: ['10.7.0.0/24'], maskSize: 28 } },
};

let lab: Lab;
let folder: string;
let pod: LabPod;
let outside: Outside;
let child: ChildProcess | undefined;

const path = (name: string) => join(folder, name);

beforeEach(async () => {
	lab = openLab();
	folder = mkdtempSync(join(tmpdir(), 'heddle-uplink-'));
	pod = lab.pod('pod');
	outside = await makeOutside(lab, NODE, OUTSIDE);
	outside.routeTo(['10.7.0.0/24']);
});

afterEach(async () => {
	endPings();
	await kill();
	await (await openAgent({ statePath: path('state.db'), datapath: { pinPath: lab.agentPaths.pinPath } })).unload();
	rmSync(folder, { recursive: true, force: true });
	await lab[Symbol.asyncDispose]();
});

async function start(): Promise<void> {
	const started = spawn(process.execPath, ['--import', 'tsx', MAIN, 'agent', '--config', path('agent.yaml')], {
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	child = started;
	let said = '';
	for (const stream of [started.stdout, started.stderr]) {
		stream.on('data', (data: Buffer) => (said += data.toString()));
	}
	while (!said.includes('ready at')) {
		await Promise.race([once(started.stdout, 'data'), once(started.stderr, 'data'), once(started, 'close')]);
		expect({ said, exitCode: started.exitCode }).toMatchObject({ exitCode: null });
	}
}

async function kill(): Promise<void> {
	if (child !== undefined && child.exitCode === null && child.signalCode === null) {
		child.kill('SIGKILL');
		await once(child, 'close');
	}
}

it.each([{ masquerade: false }, { masquerade: true }])(
	'killed and started again under traffic, an agent loses no packet of its uplink, masquerade $masquerade',
	async ({ masquerade }) => {
		const { pinPath } = lab.agentPaths;
		const uplinks = [{ interface: outside.uplink, masquerade }];
		const config = { socket: path('agent.sock'), state: path('state.db'), pinPath, uplinks };
		writeFileSync(path('agent.yaml'), JSON.stringify(config));
		await start();
		const { ask } = agentClient({ get: () => path('agent.sock') } as never);
		await ask('/v1/apply', POOL);
		const request = { netns: pod.path, pod: { namespace: 'default', name: 'pod' }, networks: ['default'] };
		const [attachment] = await ask<[{ ipv4: string }]>('/v1/attach', request);
		const there = await outside.pod.sockets();
		await there.serveEcho(ECHO_PORT, 4);
		await there.serveUdp(UDP_PORT, 4);
		await there.serveTcp(TCP_PORT, 4);
		const [talking, asking, connecting] = [await pod.sockets(), await pod.sockets(), await pod.sockets()];
		const source = masquerade ? NODE[0] : attachment.ipv4;
		expect(await connecting.connectTcp(OUTSIDE[0]!, TCP_PORT)).toBe(source);
		await talking.openEcho(OUTSIDE[0]!, ECHO_PORT);
		const pings = startPings(pod, OUTSIDE[0]!);
		const asked = startConversations(asking, OUTSIDE[0]!, UDP_PORT, PAUSE_MS);
		for (let i = 0; i < KILLS; i++) {
			await kill();
			// Nobody is there.
			expect(await connecting.connectTcp(OUTSIDE[0]!, TCP_PORT)).toBe(source);
			const starting = start();
			expect(await connecting.connectTcp(OUTSIDE[0]!, TCP_PORT)).toBe(source);
			await starting;
			expect(await connecting.connectTcp(OUTSIDE[0]!, TCP_PORT)).toBe(source);
			expect(await talking.echo(`still the same connection, ${i}`, 5000)).toBe(`still the same connection, ${i}`);
		}
		const [conversations, pinged] = [await asked.stop(), await pings.stop()];
		const [{ drops }] = await ask<[{ drops: { reason: { name: string }; packets: number }[] }]>('/v1/endpoints');
		// An IPv6 stack speaks to groups by itself.
		const dropped = drops.filter(({ reason }) => reason.name !== 'MULTICAST_UNSUPPORTED');
		expect({ lost: pinged.lost, unanswered: conversations.tried - conversations.answered, dropped }).toEqual({
			lost: 0,
			unanswered: 0,
			dropped: [],
		});
		expect(pinged.sent).toBeGreaterThan(50);
		expect(conversations.tried).toBeGreaterThan(50);
	},
);
