import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { serveAgent } from '../../lib/agent/server/server.js';
import type { AgentServer } from '../../lib/agent/server/server.js';
import type { Agent } from '../../lib/index.js';
import { heddle } from '../unit/cli/support/cli.js';
import { openLab } from './lab.js';
import type { Lab, LabPod } from './lab.js';
import { BOTH, example, JUPITER, requestOf } from './support-agent.js';

let lab: Lab;
let agent: Agent;
let server: AgentServer;
let folder: string;
let client: LabPod;
let socket: string;

beforeEach(async () => {
	lab = openLab();
	folder = mkdtempSync(join(tmpdir(), 'heddle-observe-'));
	socket = join(folder, 'agent.sock');
	agent = await lab.agent();
	const host = { agent, version: '0', manifests: () => undefined, unavailable: () => undefined };
	server = await serveAgent({ socket, host, log: () => undefined });
	await agent.apply(example('pools.yaml'), example('networks.yaml'), example('policies.yaml'));
	client = lab.pod('client');
	await agent.attachPods([
		requestOf(client, { annotations: BOTH }),
		requestOf(lab.pod('server-default')),
		requestOf(lab.pod('server-jupiter'), { annotations: JUPITER }),
	]);
});

afterEach(async () => {
	await server.close();
	await lab[Symbol.asyncDispose]();
	rmSync(folder, { recursive: true, force: true });
});

const idOf = (name: string) =>
	[...agent.datapath.endpoints.values()].find((endpoint) => endpoint.name === name)!.identity.id;

/** Without their times. */
async function observe(...args: string[]): Promise<string[]> {
	const { code, out, err } = await heddle(['observe', '--socket', socket, ...args]);
	expect({ code, err }).toEqual({ code: 0, err: '' });
	return out.split('\n').flatMap((line) => (line === '' ? [] : [line.replace(/^\w{3} [ \d]\d [\d:.]{12}: /, '')]));
}

async function pingBoth(): Promise<void> {
	for (const name of ['default/server-default', 'default/server-jupiter']) {
		expect(await client.ping(agent.attachments(name)[0]!.ipv4!)).toBe(false);
	}
}

describe('heddle observe', () => {
	it('tells of each denied ping that it left, was denied and was dropped', async () => {
		await pingBoth();
		const onDefault = `default/client (ID:${idOf('client')} eth0@default) -> default/server-default (ID:${idOf('server-default')} eth0@default)`;
		const onJupiter = `default/client-cil1 (ID:${idOf('client-cil1')} cil1@jupiter) -> default/server-jupiter (ID:${idOf('server-jupiter')} eth0@jupiter)`;
		const told = (ends: string) => [
			`${ends} from-endpoint FORWARDED (ICMPv4 EchoRequest)`,
			`${ends} policy-verdict:none INGRESS DENIED (ICMPv4 EchoRequest)`,
			`${ends} Policy denied DROPPED (ICMPv4 EchoRequest)`,
		];
		const all = await observe('--pod', 'client', '--protocol', 'icmp');
		// Beside the pings, pods speak to their neighbours on the link.
		expect(all.filter((line) => !line.includes('ICMPv6'))).toEqual([...told(onDefault), ...told(onJupiter)]);
		expect(await observe('--identity', `${idOf('client-cil1')}`, '--protocol', 'icmpv4')).toEqual(told(onJupiter));
		expect(await observe('--interface', 'cil1', '--type', 'drop', '--protocol', 'icmpv4')).toEqual(
			told(onJupiter).slice(2),
		);
		expect(
			await observe('--verdict', 'DROPPED', '--ip', '0.0.0.0/0', '--last', '1', '--not', '--type', 'policy-verdict'),
		).toEqual(told(onJupiter).slice(2));
	});

	it('follows, and ends with the agent’s server', async () => {
		const following = observe('-f', '--type', 'drop', '--protocol', 'icmpv4', '--network', 'jupiter');
		await new Promise((resolve) => setTimeout(resolve, 300));
		await pingBoth();
		await server.close();
		expect(await following).toHaveLength(1);
	});
});
