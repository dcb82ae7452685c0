import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Datapath, Direction, Endpoint } from '../../lib/index.js';
import { appLabels as labels, openLab } from './lab.js';
import type { Lab, LabPod } from './lab.js';
import type { SocketWorker } from './socket-worker.js';
import { request, serveIn, urlOf } from './support-http.js';

const CLIENT = ['10.8.0.1', 'fd00:8::1'] as const;
const SERVER = ['10.8.0.2', 'fd00:8::2'] as const;
const PROXY_PORT = 9000;

let lab: Lab;
let datapath: Datapath;
let pods: { client: LabPod; server: LabPod };
let client: Endpoint;
let server: Endpoint;
let from: SocketWorker;
let to: SocketWorker;
let folder: string;
let pinPath: string;
let proxy: ChildProcess | undefined;

/** In the namespace where heddle's own are. */
async function startProxy(port = PROXY_PORT): Promise<void> {
	const program = join(folder, 'proxy');
	const source = fileURLToPath(new URL('transparent-proxy.c', import.meta.url));
	execFileSync('cc', ['-O1', '-o', program, source], { stdio: 'pipe' });
	proxy = spawn('nsenter', [`--net=${datapath.l7.netns}`, program, String(port)], {
		stdio: ['ignore', 'pipe', 'inherit'],
		detached: true,
	});
	await once(proxy.stdout!, 'data');
}

function redirect(way: Direction, port: number, proxyPort = PROXY_PORT): void {
	const [own, other] = way === 'ingress' ? [server, client] : [client, server];
	own.policy.set(
		{ peer: other.identity.id, direction: way, protocol: 'tcp', port },
		{ verdict: 'redirect', proxyPort },
	);
}

const reach = (family: 0 | 1, port = 8080) =>
	from.connectTcp(SERVER[family], port, 1500).catch((error: Error) => error.message);

beforeEach(async () => {
	folder = mkdtempSync(join(tmpdir(), 'heddle-proxy-'));
	lab = openLab();
	pinPath = lab.pinPath();
	datapath = await lab.datapath({ pinPath, sweepIntervalMs: 0, l7: { threads: 1 } });
	pods = { client: lab.pod('client'), server: lab.pod('server') };
	client = await pods.client.join(datapath.networks.default, CLIENT, { labels: labels('client') });
	server = await pods.server.join(datapath.networks.default, SERVER, { labels: labels('server') });
	from = await pods.client.sockets();
	to = await pods.server.sockets();
	await to.serveTcp(8080, 4);
	await to.serveTcp(8080, 6);
	await to.serveEcho(8081, 4);
});

afterEach(async () => {
	if (proxy?.pid !== undefined) {
		// With what it forked.
		process.kill(-proxy.pid, 'SIGKILL');
		proxy = undefined;
	}
	await lab[Symbol.asyncDispose]();
	rmSync(folder, { recursive: true });
});

describe('a row that redirects to a proxy of somebody else', () => {
	it.each(['ingress', 'egress'] as const)('on %s leads there, and the server sees the client itself', async (way) => {
		await startProxy();
		redirect(way, 8080);
		expect(await reach(0)).toBe(`proxied ${CLIENT[0]}`);
		expect(await reach(1)).toBe(`proxied ${CLIENT[1]}`);
		expect(await reach(0, 8082)).not.toContain('proxied');
		expect(datapath.policies.verify()).toMatchObject({ ok: true, wrong: 0 });
	});

	it('refuses while nobody listens, and lets nothing past', async () => {
		redirect('ingress', 8080);
		expect(await reach(0)).toBe('ECONNREFUSED');
		await startProxy();
		expect(await reach(0)).toBe(`proxied ${CLIENT[0]}`);
	});

	it('is taken back: what goes through the proxy stops with it', async () => {
		await startProxy();
		redirect('ingress', 8081);
		await from.openEcho(SERVER[0], 8081);
		await from.echo('one'); // what the proxy says first
		expect(await from.echo('again')).toMatch(/one|again/);
		await new Promise((resolve) => setTimeout(resolve, 200));
		const [key] = [...server.policy][0]!;
		server.policy.set(key, { verdict: 'deny' });
		await expect(from.echo('two', 500)).rejects.toThrow('TIMEOUT');
	});

	it('survives the process, with its port', async () => {
		redirect('ingress', 8080);
		const rows = [...server.policy];
		await datapath.close();
		datapath = await lab.datapath({ pinPath, sweepIntervalMs: 0, l7: { threads: 1 } });
		server = datapath.endpoints.get(server.id)!;
		expect([...server.policy]).toEqual(rows);
		expect(rows[0]![1]).toEqual({ verdict: 'redirect', proxyPort: PROXY_PORT });
		await startProxy();
		expect(await reach(0)).toBe(`proxied ${CLIENT[0]}`);
	});
});

it('a proxy that listens on a port for which rules of documents exist does not take what is theirs', async () => {
	await startProxy(80);
	await using serving = await serveIn(pods.server, 80);
	void serving;
	datapath.policies.apply({
		apiVersion: 'cilium.io/v2',
		kind: 'CiliumNetworkPolicy',
		metadata: { name: 'http' },
		spec: {
			endpointSelector: { matchLabels: { app: 'server' } },
			ingress: [{ toPorts: [{ ports: [{ port: '80', protocol: 'TCP' }], rules: { http: [{ path: '/public' }] } }] }],
		},
	});
	expect(await request(pods.client, urlOf(SERVER[0], '/public'))).toMatchObject({ status: 200, body: 'public' });
	expect(await request(pods.client, urlOf(SERVER[0], '/client-ip'))).toMatchObject({ status: 403 });
});
