import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Datapath, Endpoint, PolicyRow } from '../../lib/index.js';
import * as abi from '../../lib/abi/generated.js';
import { BpfMap, Netlink, findClsact } from '../../lib/native/addon.js';
import { openLab } from './lab.js';
import type { Lab, LabPod } from './lab.js';
import type { SocketWorker } from './socket-worker.js';

let lab: Lab;
let pinPath: string;
let pods: { client: LabPod; server: LabPod };
let client: Endpoint;
let server: Endpoint;
let from: SocketWorker;
let first: Datapath;

const CHILD = fileURLToPath(new URL('killed-child.ts', import.meta.url));

async function start(attachMode?: 'tcx' | 'clsact'): Promise<void> {
	first = await lab.datapath({ pinPath, sweepIntervalMs: 0, ...(attachMode === undefined ? {} : { attachMode }) });
	const jupiter = first.networks.create('jupiter', { id: 9, gateways: { ipv4: '10.5.0.1' }, hostRouting: true });
	pods = { client: lab.pod('client'), server: lab.pod('server') };
	client = await pods.client.join(jupiter, ['10.5.0.2', 'fd00:5::2']);
	server = await pods.server.join(jupiter, ['10.5.0.3', 'fd00:5::3'], { audit: false, enforcement: 'default' });
	from = await pods.client.sockets();
	const to = await pods.server.sockets();
	for (const family of [4, 6] as const) {
		await to.serveTcp(8080, family);
		await to.serveTcp(8081, family);
		await to.serveEcho(9000, family);
	}
	server.policy.setMany(rowsFor(client));
}

const rowsFor = (peer: Endpoint): PolicyRow[] => [
	[{ peer: peer.identity.id, direction: 'ingress', protocol: 'tcp', port: 8080 }, { verdict: 'allow' }],
	[
		{ peer: peer.identity.id, direction: 'ingress', protocol: 'tcp', port: 9000, endPort: 9100 },
		{ verdict: 'allow', precedence: 5 },
	],
	[{ peer: 'any', direction: 'ingress', protocol: 'icmp' }, { verdict: 'deny' }],
];

const reach = (port: number) => from.connectTcp('10.5.0.3', port, 400).catch((error: Error) => error.message);

beforeEach(() => {
	lab = openLab();
	pinPath = lab.pinPath();
});

afterEach(async () => {
	// Pins outlive the process; so would the programs.
	const left = existsSync(pinPath)
		? await lab.datapath({ pinPath, sweepIntervalMs: 0 }).catch(() => undefined)
		: undefined;
	await left?.unload();
	await lab[Symbol.asyncDispose]();
});

describe.each(['tcx', 'clsact'] as const)('a pinned datapath on %s', (mode) => {
	beforeEach(async (context) => {
		try {
			await start(mode);
		} catch (error) {
			if (mode === 'tcx' && (error as { code?: string }).code === 'ERR_KERNEL_FEATURE') {
				context.skip('this kernel has no TCX');
			}
			throw error;
		}
	});

	it('keeps enforcing after close, and is adopted with all it had', async () => {
		await from.openEcho('10.5.0.3', 9000);
		await first.close();
		expect(await reach(8080)).toBe('10.5.0.2');
		expect(await reach(8081)).toBe('TIMEOUT');
		expect(await from.echo('still here')).toBe('still here');

		const second = await lab.datapath({ pinPath, sweepIntervalMs: 0 });
		expect(second.attachMode).toBe(mode);
		expect(second.networks.get('jupiter')).toMatchObject({ id: 9, gateways: { ipv4: '10.5.0.1' }, hostRouting: true });
		const adopted = second.endpoints.get(server.id);
		expect(adopted).toMatchObject({
			name: 'server',
			addresses: ['10.5.0.3', 'fd00:5::3'],
			pod: { namespace: 'default', name: 'server' },
			mac: server.mac,
			interface: server.interface,
		});
		expect(adopted?.identity).toEqual(server.identity);
		expect(new Set(adopted?.policy)).toEqual(new Set(rowsFor(client)));
		const unchanged = adopted?.policy.replace(rowsFor(client));
		expect(unchanged).toEqual({ added: 0, removed: 0, unchanged: 3 });
		adopted?.policy.delete(rowsFor(client)[0]![0]);
		expect(await reach(8080)).toBe('TIMEOUT');
		await second.endpoints.get(client.id)?.detach();
		expect(second.endpoints.size).toBe(1);
		await second.unload();
		expect(existsSync(pinPath)).toBe(false);
		expect(findClsact(server.interface.index, 'ingress')).toBeUndefined();
	});

	it('is upgraded while a connection goes on', async () => {
		await from.openEcho('10.5.0.3', 9000);
		await first.close();
		const second = await lab.datapath({ pinPath, existing: 'upgrade', sweepIntervalMs: 0 });
		expect(await from.echo('through new programs')).toBe('through new programs');
		expect(await reach(8081)).toBe('TIMEOUT');
		expect(second.endpoints.size).toBe(2);
		await second.close();
		const third = await lab.datapath({ pinPath, sweepIntervalMs: 0 });
		expect(await reach(8080)).toBe('10.5.0.2');
		await third.unload();
	});

	it('drops what is gone when it is adopted', async () => {
		await first.close();
		const netlink = new Netlink();
		netlink.deleteLink(client.interface.name);
		netlink.close();
		const second = await lab.datapath({ pinPath, sweepIntervalMs: 0 });
		expect([...second.endpoints.keys()]).toEqual([server.id]);
		expect(second.identities.lookup('jupiter', '10.5.0.2')?.name).toBe('world-ipv4');
		expect(second.stats().maps['addresses']?.entries).toBe(2);
		await second.unload();
	});
});

describe('pins', () => {
	it('that exist are refused when asked', async () => {
		await start();
		await expect(lab.datapath({ pinPath, existing: 'fail' })).rejects.toMatchObject({
			code: 'ERR_EXISTS',
			field: 'pinPath',
		});
	});

	it('of another layout are refused, and stay', async () => {
		await start();
		await first.close();
		const records = BpfMap.openPinned(`${pinPath}/maps/records`);
		const data = new Uint8Array(253);
		const text = JSON.stringify({ layout: 'ffffffffffffffff', attachMode: 'tcx' });
		const encoded = new TextEncoder().encode(text);
		data.set(encoded);
		const key = abi.recordKeyCodec.encode({ id: 0, chunk: 0, kind: abi.RecordKind.Datapath });
		const former = new Uint8Array(abi.recordCodec.size);
		records.lookup(key, former);
		records.update(key, abi.recordCodec.encode({ length: encoded.length, more: 0, data }));
		await expect(lab.datapath({ pinPath })).rejects.toMatchObject({
			code: 'ERR_LAYOUT_MISMATCH',
			found: 'ffffffffffffffff',
		});
		await expect(lab.datapath({ pinPath, existing: 'upgrade' })).rejects.toMatchObject({ code: 'ERR_LAYOUT_MISMATCH' });
		records.update(key, former);
		records.close();
		expect(await reach(8080)).toBe('10.5.0.2');
	});

	it('appear whole: no half-made directory stays after a failure', async () => {
		const own = () => readdirSync(dirname(pinPath)).filter((name) => name.startsWith(basename(pinPath)));
		const before = own();
		await expect(lab.datapath({ pinPath: `${pinPath}.dot` })).rejects.toMatchObject({ code: 'ERR_INVALID_ARGUMENT' });
		await expect(lab.datapath({ pinPath: 'relative' })).rejects.toMatchObject({ code: 'ERR_INVALID_ARGUMENT' });
		expect(own()).toEqual(before);
	});

	it('remember rows by hand that documents or other rows hide', async () => {
		await start();
		server.policy.set({ peer: 'any', direction: 'ingress', protocol: 'any' }, { verdict: 'deny', precedence: 100 });
		await first.close();
		const second = await lab.datapath({ pinPath, sweepIntervalMs: 0 });
		const policy = second.endpoints.get(server.id)?.policy;
		expect(policy?.size).toBe(4);
		policy?.delete({ peer: 'any', direction: 'ingress', protocol: 'any' });
		expect(await reach(8080)).toBe('10.5.0.2');
	});
});

describe('a process that is killed', () => {
	it('with pins leaves a datapath that enforces and is adopted', async () => {
		const pod = lab.pod('pod');
		const host = pod.plug(['10.5.0.9']);
		await killedChild(host, pod.path, pinPath);
		const second = await lab.datapath({ pinPath, sweepIntervalMs: 0 });
		expect([...second.endpoints.values()].map((endpoint) => endpoint.interface.name)).toEqual([host]);
		await second.unload();
	});

	it('without pins leaves no program attached', async () => {
		const pod = lab.pod('pod');
		const host = pod.plug(['10.5.0.9']);
		await killedChild(host, pod.path);
		const datapath = await lab.datapath({ sweepIntervalMs: 0 });
		const other = lab.pod('other');
		const endpoint = await other.join(datapath.networks.default, ['10.5.0.8']);
		await datapath.networks.default.attach(host, {
			name: 'pod',
			labels: {},
			addresses: ['10.5.0.9'],
			podNetns: pod.path,
		});
		expect(await other.ping('10.5.0.9')).toBe(true);
		expect(endpoint.stats().drops.filter(({ reason }) => reason.name === 'UNKNOWN_SENDER')).toEqual([]);
	});
});

/** Attaches in a process of its own, and kills it once it has. */
async function killedChild(host: string, podNetns: string, pins?: string): Promise<void> {
	const args = ['--import', 'tsx', CHILD, host, podNetns, ...(pins === undefined ? [] : [pins])];
	const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
	await new Promise<void>((resolve, reject) => {
		child.stdout.once('data', () => resolve());
		child.once('exit', (code) => reject(new Error(`the child ended with ${String(code)} before it was killed`)));
	});
	const gone = new Promise((resolve) => child.once('close', resolve));
	child.kill('SIGKILL');
	await gone;
}
