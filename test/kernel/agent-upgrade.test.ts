import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { afterEach, beforeEach, expect, it } from 'vitest';

import type { Agent } from '../../lib/index.js';
import { openLab, SLOWNESS } from './lab.js';
import type { Lab, LabPod } from './lab.js';
import type { SocketWorker } from './socket-worker.js';
import { BOTH, example, expectConsistent, expectNothing, requestOf } from './support-agent.js';
import { endPings, startConversations, startKnocks, startPings } from './support-traffic.js';

const CHILD = fileURLToPath(new URL('upgrade-child.ts', import.meta.url));
const KILLS = Number(process.env['HEDDLE_KILLS'] ?? 2);
/** Longer than it takes to open an agent: it is killed anywhere in it. */
const KILL_WITHIN_MS = 500 * SLOWNESS;
const [OPEN_PORT, ECHO_PORT, CLOSED_PORT] = [8000, 8001, 9000];

const SOME_PORTS = {
	apiVersion: 'cilium.io/v2',
	kind: 'CiliumNetworkPolicy',
	metadata: { name: 'some-ports' },
	spec: {
		endpointSelector: { matchLabels: { app: 'server' } },
		ingress: [
			{ icmps: [{ fields: [{ type: 8, family: 'IPv4' }] }] },
			{ toPorts: [{ ports: [`${OPEN_PORT}`, `${ECHO_PORT}`].map((port) => ({ port })) }] },
		],
	},
};

let lab: Lab;
let client: LabPod;
let address: string;
let agent: Agent;
let from: readonly SocketWorker[];

beforeEach(async () => {
	lab = openLab();
	client = lab.pod('client');
	const server = lab.pod('server');
	agent = await lab.agent();
	await agent.apply(example('pools.yaml'), example('networks.yaml'), SOME_PORTS);
	await agent.attachPod(requestOf(client, { annotations: BOTH }));
	address = (await agent.attachPod(requestOf(server, { annotations: BOTH })))[0]!.ipv4!;
	const to = await server.sockets();
	await to.serveUdp(OPEN_PORT, 4);
	await to.serveUdp(CLOSED_PORT, 4);
	await to.serveEcho(ECHO_PORT, 4);
	from = await Promise.all([client.sockets(), client.sockets(), client.sockets()]);
});

afterEach(async () => {
	endPings();
	await lab[Symbol.asyncDispose]();
});

/** What went through while `body` ran: nothing that is allowed is lost, and nothing else answered. */
async function underTraffic(body: () => Promise<void>): Promise<void> {
	const [asking, knocking, talking] = from as [SocketWorker, SocketWorker, SocketWorker];
	await talking.openEcho(address, ECHO_PORT);
	const pings = startPings(client, address);
	const conversations = startConversations(asking, address, OPEN_PORT);
	const knocks = startKnocks(knocking, address, CLOSED_PORT);
	await body();
	expect(await talking.echo('still the same connection', 5000)).toBe('still the same connection');
	const [knocked, asked, pinged] = [await knocks.stop(), await conversations.stop(), await pings.stop()];
	expect({ lost: pinged.lost, unanswered: asked.tried - asked.answered, let: knocked.answered }).toEqual({
		lost: 0,
		unanswered: 0,
		let: 0,
	});
	expect(pinged.sent).toBeGreaterThan(20);
	expect(asked.tried).toBeGreaterThan(20);
	expect(knocked.tried).toBeGreaterThan(3);
}

async function killedUpgrade(): Promise<void> {
	const { statePath, pinPath } = lab.agentPaths;
	const child = spawn(process.execPath, ['--import', 'tsx', CHILD, statePath, pinPath], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	await Promise.race([once(child.stdout, 'data'), once(child, 'close')]);
	await new Promise((resolve) => setTimeout(resolve, Math.random() * KILL_WITHIN_MS));
	expect(child.exitCode).toBeNull();
	child.kill('SIGKILL');
	await once(child, 'close');
}

function expectWhole(): void {
	expect([...agent.pods].sort()).toEqual(['default/client', 'default/server']);
	[...agent.pods].forEach((id) => agent.checkPod(id));
	expectConsistent(agent);
}

it('new programs take a running agent’s pods over: nothing allowed is lost, nothing else passes', async () => {
	const before = [...agent.pods].map((id) => agent.attachments(id));
	await underTraffic(async () => {
		for (let i = 0; i < 2; i++) {
			await agent.close();
			agent = await lab.agent({ datapath: { existing: 'upgrade' } });
			expect([...agent.pods].map((id) => agent.attachments(id))).toEqual(before);
			expectWhole();
		}
	});
	// The new programs obey.
	await agent.delete({ kind: 'CiliumNetworkPolicy', name: 'some-ports' });
	expect(await from[1]!.sendUdp(address, CLOSED_PORT, 'now')).toBe('now');
	await agent.detachPods(agent.pods);
	expectNothing(agent);
});

it(`killed at ${KILLS} moments of it, the next one finds everything whole`, async () => {
	await underTraffic(async () => {
		for (let i = 0; i < KILLS; i++) {
			await agent.close();
			await killedUpgrade();
			agent = await lab.agent({ datapath: { existing: i % 2 === 0 ? 'upgrade' : 'adopt' } });
			expectWhole();
		}
	});
});
