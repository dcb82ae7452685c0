import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { closedError } from '../../../lib/errors.js';
import { serveMetrics } from '../../../lib/metrics/serve.js';
import type { MetricsOptions } from '../../../lib/metrics/options.js';
import type { MetricsServer } from '../../../lib/metrics/serve.js';
import { fakeDatapath } from './fake-datapath.js';
import { namesOf } from './scrape.js';

let folder: string;
let servers: MetricsServer[];

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'heddle-metrics-'));
	servers = [];
});

afterEach(async () => {
	await Promise.all(servers.map((server) => server.close()));
	rmSync(folder, { recursive: true });
});

async function serve(listen: string, datapath = fakeDatapath()): Promise<MetricsServer> {
	const server = await serveMetrics(datapath, { listen });
	servers.push(server);
	return server;
}

interface Answer {
	readonly status: number | undefined;
	readonly headers: IncomingMessage['headers'];
	readonly text: string;
}

function ask(address: string, path: string, method = 'GET'): Promise<Answer> {
	const target = address.startsWith('unix://')
		? { socketPath: address.slice('unix://'.length) }
		: { host: new URL(`http://${address}`).hostname.replace(/[[\]]/g, ''), port: new URL(`http://${address}`).port };
	return new Promise((resolve, reject) => {
		const asked = request({ ...target, path, method, agent: false }, (answer) => {
			let text = '';
			answer.on('data', (data: Buffer) => (text += data.toString()));
			answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, text }));
		});
		asked.on('error', reject);
		asked.end();
	});
}

describe('a scrape', () => {
	it('gets what render makes, as Prometheus’ text', async () => {
		const server = await serve('127.0.0.1:0');
		const { status, headers, text } = await ask(server.address, '/metrics');
		expect(status).toBe(200);
		expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
		expect(text).toBe(await server.render());
		expect(namesOf(text)).toContain('cilium_drop_count_total');
	});

	it('may bear a query, or ask for the head alone', async () => {
		const { address } = await serve('127.0.0.1:0');
		expect((await ask(address, '/metrics?name=x')).status).toBe(200);
		expect(await ask(address, '/metrics', 'HEAD')).toMatchObject({ status: 200, text: '' });
	});

	it.each(['/', '/metrics/', '/metric', '//metrics', '/metrics%2f', '*'])('of %s is not found', async (path) => {
		const { address } = await serve('127.0.0.1:0');
		const { status, text } = await ask(address, path);
		expect(status).toBe(404);
		expect(text).toContain('expected /metrics');
	});

	it('by another method is refused', async () => {
		const { address } = await serve('127.0.0.1:0');
		expect(await ask(address, '/metrics', 'POST')).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
	});

	it('of a datapath that was closed says so', async () => {
		const datapath = fakeDatapath();
		const server = await serve('127.0.0.1:0', datapath);
		Object.assign(datapath, {
			stats() {
				throw closedError('the datapath');
			},
		});
		expect(await ask(server.address, '/metrics')).toMatchObject({ status: 503, text: 'the datapath is closed\n' });
		await expect(server.render()).rejects.toMatchObject({ code: 'ERR_CLOSED' });
	});

	it('that fails in another way harms no other', async () => {
		const datapath = fakeDatapath();
		const { address } = await serve('127.0.0.1:0', datapath);
		const { stats } = datapath;
		Object.assign(datapath, {
			stats() {
				throw new Error('no such map');
			},
		});
		expect(await ask(address, '/metrics')).toMatchObject({ status: 500, text: 'no such map\n' });
		Object.assign(datapath, { stats });
		expect((await ask(address, '/metrics')).status).toBe(200);
	});
});

describe('an address', () => {
	it('of IPv6 is written in brackets', async () => {
		const { address } = await serve('[::1]:0');
		expect(address).toMatch(/^\[::1\]:\d+$/);
		expect((await ask(address, '/metrics')).status).toBe(200);
	});

	it('may be a host’s name', async () => {
		expect((await serve('localhost:0')).address).toMatch(/^(127\.0\.0\.1|\[::1\]):\d+$/);
	});

	it('without a host is every one of this host', async () => {
		const { address } = await serve(':0');
		const port = address.slice(address.lastIndexOf(':') + 1);
		expect((await ask(`127.0.0.1:${port}`, '/metrics')).status).toBe(200);
	});

	it('may be a unix socket, of its owner alone and gone in the end', async () => {
		const path = join(folder, 'metrics.sock');
		const server = await serve(`unix://${path}`);
		expect(server.address).toBe(`unix://${path}`);
		expect(statSync(path).mode & 0o777).toBe(0o600);
		expect((await ask(server.address, '/metrics')).status).toBe(200);
		await server.close();
		expect(existsSync(path)).toBe(false);
	});

	it.each([
		'',
		'9965',
		'127.0.0.1',
		'127.0.0.1:',
		'127.0.0.1:65536',
		'127.0.0.1:-1',
		'127.0.0.1:99999999',
		'::1:9965',
		'[::1]',
		'http://127.0.0.1:9965',
		'127.0.0.1:9965/metrics',
		'a b:1',
		'unix:/run/x',
		'unix://',
		'unix://relative',
		'unix:///run/',
		`unix:///${'x'.repeat(200)}`,
		9965,
		undefined,
		null,
		{},
	])('%j is refused, by name', async (listen) => {
		await expect(serve(listen as string)).rejects.toMatchObject({ code: 'ERR_INVALID_ARGUMENT', field: 'listen' });
	});

	it('where another listens is refused', async () => {
		const first = await serve('127.0.0.1:0');
		await expect(serve(first.address)).rejects.toMatchObject({
			code: 'ERR_SOCKET_IN_USE',
			field: 'listen',
			found: first.address,
		});
		const path = `unix://${join(folder, 'metrics.sock')}`;
		await serve(path);
		await expect(serve(path)).rejects.toMatchObject({ code: 'ERR_SOCKET_IN_USE', field: 'listen', found: path });
		expect((await ask(path, '/metrics')).status).toBe(200);
	});

	it('that this host has not is refused', async () => {
		await expect(serve('192.0.2.1:0')).rejects.toMatchObject({ code: 'ERR_SOCKET', field: 'listen' });
	});

	it('of a file that is no socket is refused, and the file kept', async () => {
		const path = join(folder, 'file');
		writeFileSync(path, 'precious');
		await expect(serve(`unix://${path}`)).rejects.toMatchObject({ code: 'ERR_INVALID_ARGUMENT', field: 'listen' });
		expect(existsSync(path)).toBe(true);
	});

	it('that is refused leaves nothing that counts', async () => {
		const { address } = await serve('127.0.0.1:0');
		const datapath = fakeDatapath();
		await expect(serve(address, datapath)).rejects.toMatchObject({ code: 'ERR_SOCKET_IN_USE' });
		expect(datapath.stream.closed).toBe(true);
	});
});

describe('an option', () => {
	it.each<[string, unknown]>([
		['labels.network', { labels: { network: 'yes' } }],
		['labels', { labels: true }],
		['maxLabelSets', { maxLabelSets: 0 }],
		['maxLabelSets', { maxLabelSets: 1.5 }],
		['maxLabelSets', { maxLabelSets: 1_000_001 }],
	])('%s that is wrong is named', async (field, options) => {
		const all = { listen: '127.0.0.1:0', ...(options as Partial<MetricsOptions>) };
		await expect(serveMetrics(fakeDatapath(), all)).rejects.toMatchObject({ code: 'ERR_INVALID_ARGUMENT', field });
	});

	it('bounds what one metric may have', async () => {
		const datapath = fakeDatapath();
		await using server = await serveMetrics(datapath, { listen: '127.0.0.1:0', maxLabelSets: 5 });
		datapath.now.maps = Object.fromEntries(
			Array.from({ length: 20 }, (_, i) => [`m${i}`, { entries: 1, maxEntries: 1, memoryBytes: 1 }]),
		);
		const lines = (await server.render()).split('\n').filter((line) => line.startsWith('heddle_bpf_map_entries{'));
		expect(lines).toHaveLength(5);
		expect(lines).toContain('heddle_bpf_map_entries{map_name="other"} 16');
	});
});

describe('clients that are slow or talk nonsense', () => {
	const port = (address: string) => Number(address.slice(address.lastIndexOf(':') + 1));

	it('are told so, and harm nobody', async () => {
		const { address } = await serve('127.0.0.1:0');
		const answer = await new Promise<string>((resolve, reject) => {
			let text = '';
			const socket = connect(port(address), '127.0.0.1', () => socket.write('\0\x01nonsense\r\n\r\n'));
			socket.on('data', (data: Buffer) => (text += data.toString()));
			socket.on('close', () => resolve(text));
			socket.on('error', reject);
		});
		expect(answer).toMatch(/^HTTP\/1\.1 400 /);
		expect((await ask(address, '/metrics')).status).toBe(200);
	});

	it('do not hold up the end', async () => {
		const server = await serve('127.0.0.1:0');
		const sockets = Array.from({ length: 20 }, () => connect(port(server.address), '127.0.0.1'));
		const closed = sockets.map((socket) => new Promise((resolve) => socket.on('close', resolve)));
		sockets.forEach((socket) => socket.on('error', () => undefined));
		await Promise.all(
			sockets.map((socket) => new Promise<void>((resolve) => socket.write('GET /metrics HT', () => resolve()))),
		);
		expect((await ask(server.address, '/metrics')).status).toBe(200);
		const start = performance.now();
		await server.close();
		await Promise.all(closed);
		expect(performance.now() - start).toBeLessThan(2000);
	});

	it('end with the server, and its port is free', async () => {
		const server = await serve('127.0.0.1:0');
		await server.close();
		await server.close();
		await expect(ask(server.address, '/metrics')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
		const next = createServer();
		await new Promise<void>((resolve) => next.listen(port(server.address), '127.0.0.1', resolve));
		expect((next.address() as AddressInfo).port).toBe(port(server.address));
		await new Promise((resolve) => next.close(resolve));
	});
});
