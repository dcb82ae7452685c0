import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Agent } from '../../lib/index.js';
import { openLab, SLOWNESS } from './lab.js';
import type { Lab, LabPod } from './lab.js';
import { BOTH, example, expectConsistent, expectNothing, ours, requestOf } from './support-agent.js';
import { endPings, startKnocks, startPings } from './support-traffic.js';
import type { Asking } from './support-traffic.js';

const KILLS = Number(process.env['HEDDLE_KILLS'] ?? 8);
const CHILD = fileURLToPath(new URL('agent-child.ts', import.meta.url));
const CLOSED_PORT = 9000;

/** Everybody may ping the server, and nobody may do anything else. */
const PING_ALONE = {
	apiVersion: 'cilium.io/v2',
	kind: 'CiliumNetworkPolicy',
	metadata: { name: 'ping-alone' },
	spec: {
		endpointSelector: { matchLabels: { app: 'server' } },
		ingress: [{ icmps: [{ fields: [{ type: 8, family: 'IPv4' }] }] }],
	},
};

let lab: Lab;
let client: LabPod;
let server: LabPod;
let address: string;
let agent: Agent;

beforeEach(async () => {
	lab = openLab();
	[client, server] = [lab.pod('client'), lab.pod('server')];
	agent = await lab.agent();
	await agent.apply(example('pools.yaml'), example('networks.yaml'), PING_ALONE);
	await agent.attachPod(requestOf(client, { annotations: BOTH }));
	const [attachment] = await agent.attachPod(requestOf(server));
	address = attachment!.ipv4!;
});

afterEach(async () => {
	endPings();
	await lab[Symbol.asyncDispose]();
});

async function knock(): Promise<Asking> {
	const [from, to] = [await client.sockets(), await server.sockets()];
	await to.serveUdp(CLOSED_PORT, 4);
	return startKnocks(from, address, CLOSED_PORT);
}

describe('an agent that ends and comes back', () => {
	it('finds its pods, networks, pools and policies, and no packet is lost or let through', async () => {
		const before = agent.attachments('default/client');
		const pings = startPings(client, address);
		const knocks = await knock();
		for (let i = 0; i < 6; i++) {
			await agent.close();
			agent = await lab.agent();
			expect(agent.attachments('default/client')).toEqual(before);
			await new Promise((resolve) => setTimeout(resolve, 100));
			expect(Array.from(agent.documents, ({ metadata }) => metadata.name)).toContain('ping-alone');
			expectConsistent(agent);
		}
		const { tried, answered } = await knocks.stop();
		const { sent, lost } = await pings.stop();
		expect({ answered, lost }).toEqual({ answered: 0, lost: 0 });
		expect(tried).toBeGreaterThan(3);
		expect(sent).toBeGreaterThan(20);
		expect(await agent.detachPods(agent.pods)).toBe(2);
		expectNothing(agent);
	});

	it('without its pins attaches again what is still there, and policy is back', async () => {
		await agent.datapath.unload();
		await agent.close();
		agent = await lab.agent();
		expectConsistent(agent);
		agent.checkPod('default/client');
		expect(await client.ping(address)).toBe(true);
		const [from, to] = [await client.sockets(), await server.sockets()];
		await to.serveUdp(CLOSED_PORT, 4);
		await expect(from.sendUdp(address, CLOSED_PORT, 'x', 200)).rejects.toThrow('TIMEOUT');
	});

	it('forgets pods whose namespace went meanwhile', async () => {
		await agent.close();
		server.remove();
		await new Promise((resolve) => setTimeout(resolve, 300 * SLOWNESS));
		agent = await lab.agent();
		expect([...agent.pods]).toEqual(['default/client']);
		expectConsistent(agent);
		agent.checkPod('default/client');
	});

	it(
		`killed at ${KILLS} random moments leaves everything whole`,
		async () => {
			const busy = ['b0', 'b1', 'b2'].map((name) => lab.pod(name));
			const { statePath, pinPath } = lab.agentPaths;
			const pings = startPings(client, address);
			const knocks = await knock();
			for (let i = 0; i < KILLS; i++) {
				await agent.close();
				await killOne([statePath, pinPath, ...busy.map(({ path }) => path.slice('/run/netns/'.length))]);
				agent = await lab.agent();
				expectConsistent(agent);
				const pods = [...agent.pods];
				expect(pods).toEqual(expect.arrayContaining(['default/client', 'default/server']));
				pods.forEach((id) => agent.checkPod(id));
				const attachments = pods.flatMap((id) => agent.attachments(id));
				expect(ours().sort()).toEqual(attachments.map(({ hostInterface }) => hostInterface).sort());
				expect(agent.datapath.endpoints.size).toBe(attachments.length);
				expect(agent.datapath.stats().maps['addresses']?.entries).toBe(
					attachments.flatMap(({ ipv4, ipv6 }) => [ipv4, ipv6].filter(Boolean)).length,
				);
			}
			const { answered } = await knocks.stop();
			const { sent, lost } = await pings.stop();
			expect({ answered, lost }).toEqual({ answered: 0, lost: 0 });
			expect(sent).toBeGreaterThan(KILLS);
		},
		KILLS * 10_000 * SLOWNESS,
	);
});

async function killOne(args: readonly string[]): Promise<void> {
	const child: ChildProcess = spawn(process.execPath, ['--import', 'tsx', CHILD, ...args], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	await Promise.race([once(child.stdout!, 'data'), once(child, 'close')]);
	await new Promise((resolve) => setTimeout(resolve, Math.random() * 300));
	expect(child.exitCode).toBeNull();
	child.kill('SIGKILL');
	await once(child, 'close');
}
