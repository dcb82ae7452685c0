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

/** Of a command that answers JSON. */
async function json<T>(...args: string[]): Promise<T> {
	const { code, out, err } = await heddle([...args, '-o', 'json']);
	expect({ code, err }).toEqual({ code: 0, err: '' });
	return JSON.parse(out) as T;
}

/** Cells of a table by the first column. */
async function table(...args: string[]): Promise<{ head: string; lines: string[] }> {
	const { code, out, err } = await heddle(args);
	expect({ code, err }).toEqual({ code: 0, err: '' });
	const [head = '', ...lines] = out.trimEnd().split('\n');
	return { head, lines };
}

describe('what is there', () => {
	it('is listed by the agent', async () => {
		const at = ['--socket', socket];
		const { head, lines } = await table('endpoint', 'list', ...at);
		expect(head.split(/ {3,}/).slice(0, 11)).toEqual([
			'ENDPOINT ID',
			'POLICY (INGRESS) ENFORCEMENT',
			'POLICY (EGRESS) ENFORCEMENT',
			'IDENTITY',
			'LABELS',
			'IPv6',
			'IPv4',
			'STATUS',
			'NETWORK',
			'AGGREGATION',
			'INTERFACE',
		]);
		const second = lines.find((line) => line.endsWith('default/client-cil1'))!;
		expect(second).toMatch(
			/^\d+ +Disabled +Disabled +\d+ +cni:com\.isovalent\.v1alpha1\.network\.attachment=jupiter +fd00:16::[\da-f]+ +192\.168\.16\.\d+ +ready +jupiter +maximum +cil1 /,
		);
		expect(lines.find((line) => line.endsWith('default/server-default'))).toMatch(/^\d+ +Enabled +Disabled /);
		const [one] = await json<[{ id: number; name: string }]>('endpoint', 'get', 'default/client-cil1', ...at);
		expect(one.name).toBe('client-cil1');
		// What the pod says of its own accord may be dropped meanwhile.
		expect(await json('endpoint', 'get', String(one.id), ...at)).toEqual([
			{ ...one, drops: expect.anything() as unknown },
		]);
		const id = idOf('client-cil1');
		expect(await json('identity', 'get', String(id), ...at)).toMatchObject([{ id, kind: 'labels', endpoints: 1 }]);
		expect(await json('identity', 'get', 'host', ...at)).toMatchObject([{ id: 1, kind: 'reserved' }]);
		expect((await table('network', 'list', ...at)).lines).toEqual([
			expect.stringMatching(/^1 +default +default +2$/) as string,
			expect.stringMatching(
				/^2 +jupiter +jupiter-ip-pool +2 +192\.168\.0\.0\/16 via 192\.168\.0\.1,fd00:16::/,
			) as string,
		]);
		expect((await table('ip', 'list', ...at)).lines).toHaveLength(8);
		expect((await table('status', ...at)).head).toMatch(/^Agent: +Ok$/);
	});

	it('is read from pinned maps, with an agent and without', async () => {
		const { pinPath } = lab.agentPaths;
		const at = ['--pin-path', pinPath];
		const [{ ipv4 }] = agent.attachments('default/client').slice(-1) as unknown as [{ ipv4: string }];
		await pingBoth();
		const identities = ['client', 'client-cil1', 'server-default'].map(idOf);
		const sockets = await client.sockets();
		const [{ ipv4: target }] = agent.attachments('default/server-default') as unknown as [{ ipv4: string }];
		// The proxy takes the connection; there is nobody behind it.
		await expect(sockets.connectTcp(target, 80, 500)).rejects.toThrow();
		expect((await table('top', '--once', '--socket', socket)).lines.join('\n')).toMatch(
			/default +default\/client +default\/server-default +1 [^]*default\/server-jupiter +jupiter +ingress +Policy denied +1\b/,
		);
		const before = {
			rules: await json('bpf', 'policy', 'list', ...at),
			ips: await json('bpf', 'ipcache', 'list', ...at),
		};
		await server.close();
		await agent.close();
		expect(await json('bpf', 'policy', 'list', ...at)).toEqual(before.rules);
		expect(await json('bpf', 'ipcache', 'list', ...at)).toEqual(before.ips);
		expect((await table('bpf', 'ipcache', 'list', ...at)).lines).toContainEqual(
			expect.stringMatching(new RegExp(`^jupiter +${ipv4}/32 +${identities[1]} +default/client-cil1 +endpoint$`)),
		);
		expect((await table('bpf', 'policy', 'list', ...at)).lines).toContainEqual(
			expect.stringMatching(new RegExp(`default/server-default +ingress +${identities[0]} +80/TCP +redirect +NONE`)),
		);
		expect((await table('bpf', 'flows', 'list', ...at)).lines).toContainEqual(
			expect.stringMatching(
				new RegExp(`^default +TCP .*${target}:80 \\(default/server-default ID:${identities[2]}\\)`),
			),
		);
		expect(await heddle(['bpf', 'flows', 'list', '--pin-path', '/sys/fs/bpf/nowhere'])).toMatchObject({
			code: 2,
			err: expect.stringContaining('found nothing at /sys/fs/bpf/nowhere') as string,
		});
	});
});
