import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Datapath, DatapathOptions, Endpoint, PolicyInput } from '../../lib/index.js';
import { Netlink } from '../../lib/native/addon.js';
import { appLabels as labels, openLab } from './lab.js';
import type { Lab, LabPod } from './lab.js';
import { keepAlive, originIn, request, urlOf } from './support-http.js';
import type { Origin } from './support-http.js';

const CLIENT = ['10.9.0.1', 'fd00:9::1'];
const SERVER = ['10.9.0.2', 'fd00:9::2'];
const SCENES = fileURLToPath(new URL('http-scenes.mjs', import.meta.url));
const CHILD = fileURLToPath(new URL('l7-child.ts', import.meta.url));
const ALL = ['/who', '/sink', '/large', '/slow', '/chunks', '/reset', '/upgrade'].map((path) => ({ path }));

let lab: Lab;
let datapath: Datapath;
let client: LabPod;
let server: LabPod;
let clientEnd: Endpoint;
let origin: Origin;

/** Flows that push others out of a small table, for two seconds. */
const STIR = `
	const socket = require('node:dgram').createSocket('udp4');
	const until = Date.now() + 2000;
	let sent = 0;
	const timer = setInterval(() => {
		for (let i = 0; i < 20; i++) socket.send('x', 1 + (sent++ % 60000), process.argv[1]);
		if (Date.now() < until) return;
		clearInterval(timer);
		socket.close();
		console.log(sent);
	}, 1);
`;

const url = (path: string, family = 0) => urlOf(SERVER[family]!, path);
const WEB = { kind: 'CiliumNetworkPolicy', name: 'web' } as const;

function policy(http: readonly object[], peer = 'client'): PolicyInput {
	const toPorts = [{ ports: [{ port: '80', protocol: 'TCP' }], rules: { http } }];
	return {
		apiVersion: 'cilium.io/v2',
		kind: 'CiliumNetworkPolicy',
		metadata: { name: 'web' },
		spec: {
			endpointSelector: { matchLabels: { app: 'server' } },
			ingress: [{ fromEndpoints: [{ matchLabels: { app: peer } }], toPorts }],
		},
	} as PolicyInput;
}

/** The scene's answer. */
async function play(scene: string, argument = ''): Promise<unknown> {
	const { output } = await client.run(process.execPath, SCENES, scene, SERVER[0]!, argument);
	return JSON.parse(output);
}

async function begin(options: DatapathOptions = {}): Promise<void> {
	datapath = await lab.datapath({ sweepIntervalMs: 0, l7: { threads: 2 }, ...options });
	clientEnd = await client.join(datapath.networks.default, CLIENT, { labels: labels('client') });
	await server.join(datapath.networks.default, SERVER, { labels: labels('server') });
	datapath.policies.apply(policy(ALL));
}

beforeEach(async () => {
	lab = openLab();
	[client, server] = [lab.pod('client'), lab.pod('server')];
	origin = await originIn(server, 80);
});

afterEach(async () => {
	await origin[Symbol.asyncDispose]();
	await lab[Symbol.asyncDispose]();
});

describe('conversations', () => {
	it('of every manner are as without the proxy, but for what no rule allows', async () => {
		await begin();
		expect(await play('pipeline')).toEqual([200, 403, 200, 200]);
		expect(await play('halfClosed')).toEqual({ status: 200, whole: true });
		expect(await play('chunked')).toEqual({ status: 200, same: true });
		expect(await play('upgrade')).toEqual({ status: 101, echoed: 'through the tunnel' });
		expect(await play('serverResets')).toEqual({ status: 200, failed: true });
		expect(await play('resetInBody')).toBe(true);
		expect(await request(client, url('/chunks'))).toMatchObject({ status: 200, body: 'one,two' });
		expect(origin.heard.filter((line) => line.includes('denied') || line.startsWith('CONNECT'))).toEqual([]);
		datapath.policies.apply(policy([{ method: 'CONNECT' }]));
		expect(await play('connect')).toEqual({ status: 200, echoed: 'through the tunnel' });
	});

	it('by the thousand, and from one port again and again, are all answered', async () => {
		await begin();
		expect(await play('crowd', '1500')).toBe(1500);
		expect(await play('samePort', 'server')).toEqual({ 200: 50 });
		expect(await play('samePort', 'client')).toEqual({ 200: 50 });
	});

	it('stay whole while epochs pass and flows are thrown out', async () => {
		await begin({ capacity: { flows: 64 } });
		const bump = setInterval(() => datapath.identities.assign('default', '192.0.2.1/32', 2), 1);
		const size = String(30 << 20);
		const sum = (path: string, ...options: string[]) => request(client, url(path), '-m', '20', ...options);
		const downloads = ['-H', `X-Bytes: ${size}`, '-o', '/dev/null', '-w', '%{size_download}\n%{http_code}'];
		let stirred: string | undefined;
		const stir = server.run(process.execPath, '-e', STIR, CLIENT[0]!).then(({ output }) => (stirred = output));
		for (let rounds = 0; stirred === undefined; rounds++) {
			const [down, up] = await Promise.all([sum('/large', ...downloads), sum('/sink', '-T', process.execPath)]);
			expect(down, `round ${rounds}`).toMatchObject({ code: 0, body: expect.stringContaining(size) as string });
			expect(up, `round ${rounds}`).toMatchObject({ code: 0, status: 200 });
		}
		clearInterval(bump);
		expect(Number(await stir)).toBeGreaterThan(1000);
	}, 40_000);
});

describe('an address', () => {
	it('that is another pod’s now does not let the old connection speak', async () => {
		await begin();
		datapath.policies.apply(policy([{ path: '/slow' }, { path: '/who' }]));
		await using connection = await keepAlive(client, SERVER[0]!, 80);
		expect(await connection.get('/who')).toBe(200);
		await clientEnd.detach();
		const other = lab.pod('other');
		await other.join(datapath.networks.default, CLIENT, { labels: labels('client') });
		await waitFor(() => datapath.l7.stats()!.http.connections === 0);
		expect(await request(other, url('/who'))).toMatchObject({ status: 200, body: CLIENT[0] });
	});

	it('whose pod has other labels now is judged by them', async () => {
		await begin();
		await using connection = await keepAlive(client, SERVER[0]!, 80);
		expect(await connection.get('/who')).toBe(200);
		clientEnd.relabel(labels('stranger'));
		expect(await connection.get('/who')).toBe('ended');
		expect(origin.heard).toEqual(['GET /who']);
	});
});

/** Longer than a proxy may be without a turn. */
const STALLED_MS = 4500;

async function waitFor(condition: () => boolean): Promise<void> {
	for (let tries = 0; tries < 100 && !condition(); tries++) {
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
	expect(condition()).toBe(true);
}

describe('a proxy', () => {
	let pinPath: string;
	const children: ChildProcess[] = [];

	beforeEach(async () => {
		pinPath = lab.pinPath();
		await begin({ pinPath, l7: false });
		await datapath.close();
	});

	afterEach(() => children.splice(0).forEach((child) => child.kill('SIGKILL')));

	async function proxyProcess(): Promise<ChildProcess> {
		const child = spawn(process.execPath, ['--import', 'tsx', CHILD, pinPath], {
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		children.push(child);
		await once(child.stdout, 'data');
		return child;
	}

	it('that stands still refuses who needs it, and nobody else, until it goes on', async () => {
		const child = await proxyProcess();
		await using connection = await keepAlive(client, SERVER[0]!, 80);
		expect(await connection.get('/who')).toBe(200);
		child.kill('SIGSTOP');
		await new Promise((resolve) => setTimeout(resolve, STALLED_MS));
		for (const family of [0, 1]) {
			const asked = performance.now();
			expect(await request(client, url('/who', family), '-m', '2')).toMatchObject({ code: 7, status: 0 });
			expect(performance.now() - asked).toBeLessThan(1000);
		}
		expect(await server.ping(CLIENT[0]!)).toBe(true);
		child.kill('SIGCONT');
		await expect.poll(() => request(client, url('/who')), { timeout: 5000 }).toMatchObject({ status: 200 });
		expect(await connection.get('/who')).toBe(200);
		child.kill('SIGKILL');
		await once(child, 'exit');
		datapath = await lab.datapath({ pinPath, sweepIntervalMs: 0 });
		const drops = [...datapath.stats().endpoints.values()].flatMap((each) => each.drops);
		expect(drops).toContainEqual(
			expect.objectContaining({ reason: expect.objectContaining({ name: 'PROXY_UNAVAILABLE' }) }),
		);
		await datapath.unload();
	});

	it('that is killed lets nothing past, and its successor takes over and leaves nothing', async () => {
		const child = await proxyProcess();
		await using connection = await keepAlive(client, SERVER[0]!, 80);
		expect(await connection.get('/who')).toBe(200);
		child.kill('SIGSTOP');
		expect(await request(client, url('/who'), '-m', '0.3')).toMatchObject({ status: 0 });
		expect(await client.ping(SERVER[0]!)).toBe(false);
		child.kill('SIGKILL');
		await once(child, 'exit');
		await connection.ended();
		expect(await request(client, url('/who'))).toMatchObject({ code: 7, status: 0 });
		expect(await request(client, url('/who', 1))).toMatchObject({ code: 7, status: 0 });
		datapath = await lab.datapath({ pinPath, sweepIntervalMs: 0, l7: { threads: 1 } });
		const drops = [...datapath.stats().endpoints.values()].flatMap((each) => each.drops);
		expect(drops.map(({ reason }) => reason.name)).toContain('PROXY_UNAVAILABLE');
		expect(await request(client, url('/who'))).toMatchObject({ status: 200 });
		expect(await request(client, url('/denied', 1))).toMatchObject({ status: 403 });
		expect(origin.heard).toEqual(['GET /who', 'GET /who']);
		await datapath.unload();
		expect(leftovers()).toEqual([]);
	});
});

describe('starting and stopping', () => {
	it('leaves nothing, and refuses what it cannot be', async () => {
		await begin();
		await expect(datapath.l7.start()).rejects.toMatchObject({ code: 'ERR_EXISTS' });
		for (let i = 0; i < 10; i++) {
			await datapath.l7.stop();
			await datapath.l7.start({ threads: 1 });
		}
		expect(await request(client, url('/who'))).toMatchObject({ status: 200 });
		await datapath.l7.stop();
		expect(leftovers()).toEqual([]);
		const bad = [null, 5, { threads: 0 }, { threads: '2' }, { limits: null }, { limits: 5 }, { limits: { heads: 1 } }];
		for (const options of bad) {
			await expect(datapath.l7.start(options as object)).rejects.toMatchObject({ code: 'ERR_INVALID_ARGUMENT' });
			expect(leftovers()).toEqual([]);
		}
		datapath.policies.delete(WEB);
	});
});

/** Of this or another test's proxies: only one test file at a time uses the kernel. */
function leftovers(): string[] {
	const netlink = new Netlink();
	try {
		const links = netlink.links().map(({ name }) => name);
		return [...links, ...readdirSync('/run/netns')].filter((name) => /^(hl7_|heddle-l7-)/.test(name));
	} finally {
		netlink.close();
	}
}
