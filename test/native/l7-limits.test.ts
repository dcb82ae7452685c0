import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';

import { afterEach, describe, expect, it } from 'vitest';

import { Client, Proxy, answering, converse, last, ok, request, statuses } from './support/l7.js';

let proxy: Proxy;
afterEach(async () => expect(await proxy.close()).toBe(0));

const start = async (limits: Readonly<Record<string, number>>, quiet = false) => {
	proxy = await new Proxy({ quiet }).start({ rules: [{ path: '/public' }], limits });
};
const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const post = (length: number) => `POST /public HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n`;

function allowNoMoreDescriptors(): void {
	const open = new Set(readdirSync(`/proc/${proxy.pid}/fd`).map(Number));
	let free = 0;
	while (open.has(free)) free++;
	execFileSync('prlimit', ['--pid', String(proxy.pid), `--nofile=${free}`]);
}

async function elapsed(client: Client): Promise<number> {
	const begin = performance.now();
	await client.end();
	return performance.now() - begin;
}

describe('a limit of time', () => {
	it('a head has to come whole, however steadily its bytes do', async () => {
		await start({ headTimeout: 400 });
		const client = new Client(proxy.port);
		const drip = setInterval(() => client.send('a'), 50);
		client.send('GET /');
		const took = await elapsed(client);
		clearInterval(drip);
		expect(statuses(client.text)).toEqual([408]);
		expect(took).toBeGreaterThan(300);
		expect(took).toBeLessThan(1500);
	});

	it('an idle connection is closed, before and after a request', async () => {
		await start({ idleTimeout: 300 });
		const [silent, asking] = [new Client(proxy.port), new Client(proxy.port)];
		asking.send(request('/public'));
		await Promise.all([silent.end(), asking.end()]);
		expect([silent.text, statuses(asking.text)]).toEqual(['', [200]]);
		expect((await proxy.statistics())['connections']).toBe(0);
	});

	it('a body has to come at a rate', async () => {
		await start({ bodyTimeout: 300, bodyRate: 1000 });
		proxy.upstream.reset(answering(() => ''));
		const client = new Client(proxy.port);
		client.send(post(10_000));
		const drip = setInterval(() => client.send('a'), 50);
		await client.end();
		clearInterval(drip);
		expect(statuses(client.text)).toEqual([408]);
		await expect.poll(() => proxy.upstream.sockets.size).toBe(0);
	});

	it('the body of a denied request, too', async () => {
		await start({ bodyTimeout: 300, bodyRate: 1000 });
		const client = new Client(proxy.port);
		client.send(post(10_000).replace('public', 'secret'));
		const drip = setInterval(() => client.send('a'), 50);
		await client.end();
		clearInterval(drip);
		expect(statuses(client.text)).toEqual([403]);
	});

	it('a client has to read', async () => {
		await start({ bodyTimeout: 300, bodyRate: 1000 });
		proxy.upstream.reset(answering(() => ok('a'.repeat(30_000_000))));
		const client = new Client(proxy.port);
		client.socket.pause();
		client.send(request('/public'));
		await expect.poll(async () => (await proxy.statistics())['connections'], { timeout: 5000, interval: 200 }).toBe(0);
		client.close();
	});

	it('a server has to answer', async () => {
		await start({ responseTimeout: 300 });
		proxy.upstream.reset(answering(() => ''));
		expect(statuses(await converse(proxy.port, request('/public')))).toEqual([504]);
	});

	it('a server may take its time with a body that has begun', async () => {
		await start({ bodyTimeout: 200, bodyRate: 1000, responseTimeout: 2000 });
		proxy.upstream.reset((socket) =>
			socket.once('data', () => {
				socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\na');
				setTimeout(() => socket.write('bcde'), 900);
			}),
		);
		const client = new Client(proxy.port);
		client.send(request('/public'));
		await client.got('abcde');
		client.close();
	});

	it('a tunnel without a byte', async () => {
		await start({ tunnelTimeout: 400 });
		proxy.upstream.reset((socket) => socket.once('data', () => socket.write('HTTP/1.1 101 S\r\n\r\n')));
		const client = new Client(proxy.port);
		client.send(request('/public', 'Connection: upgrade', 'Upgrade: x'));
		await client.got('101');
		await sleep(250);
		client.send('a');
		const took = await elapsed(client);
		expect(took).toBeGreaterThan(300);
	});
});

describe('a limit of size', () => {
	it('request line, head and headers', async () => {
		await start({ requestLine: 100, head: 1000, headerCount: 3 });
		expect(statuses(await converse(proxy.port, request(`/${'a'.repeat(100)}`)))).toEqual([414]);
		expect(statuses(await converse(proxy.port, `GET /${'a'.repeat(200)}`))).toEqual([414]);
		expect(statuses(await converse(proxy.port, request('/public', `X: ${'a'.repeat(1000)}`)))).toEqual([431]);
		expect(statuses(await converse(proxy.port, request('/public', 'A: 1', 'B: 1', 'C: 1')))).toEqual([431]);
		expect(statuses(await converse(proxy.port, request('/public', 'A: 1', 'Connection: close')))).toEqual([200]);
	});

	it('the largest head that is allowed', async () => {
		await start({ head: 200_000 });
		const bytes = request('/public', `X: ${'a'.repeat(190_000)}`, 'Connection: close');
		expect(statuses(await converse(proxy.port, bytes))).toEqual([200]);
	});
});

describe('a limit of number', () => {
	it('of a client', async () => {
		await start({ connectionsPerClient: 3 });
		const clients = Array.from({ length: 5 }, () => new Client(proxy.port));
		await expect.poll(() => clients.filter(({ ended }) => ended === 'reset').length).toBe(2);
		const other = new Client(proxy.port, '127.0.0.2');
		other.send(last);
		await other.end();
		expect(statuses(other.text)).toEqual([200]);
		for (const client of clients) client.close();
		await expect.poll(async () => (await proxy.statistics())['connections'], { interval: 100 }).toBe(0);
		expect(statuses(await converse(proxy.port, last))).toEqual([200]);
		expect((await proxy.statistics())['refused']).toBe(2);
	});

	it('in all', async () => {
		await start({ connections: 2 });
		const clients = ['127.0.0.2', '127.0.0.3', '127.0.0.4'].map((from) => new Client(proxy.port, from));
		await expect.poll(() => clients.filter(({ ended }) => ended === 'reset').length).toBe(1);
		for (const client of clients) client.close();
	});

	it('of answers that a client does not read', async () => {
		await start({ idleTimeout: 60_000 }, true);
		const client = new Client(proxy.port);
		client.socket.pause();
		client.send(request('/secret').repeat(500_000));
		let [before, now] = [0, 1];
		for (let round = 0; round < 30 && before !== now; round++) {
			await sleep(200);
			[before, now] = [now, (await proxy.statistics())['requests'] as number];
		}
		expect(now).toBe(before);
		expect(now).toBeLessThan(500_000);
		client.close();
	});

	it('of descriptors: what cannot be taken is reset, not left waiting', async () => {
		await start({});
		const kept = new Client(proxy.port);
		kept.send(request('/public'));
		await kept.got('200 OK');
		allowNoMoreDescriptors();
		const clients = Array.from({ length: 10 }, () => new Client(proxy.port));
		await expect.poll(() => clients.filter(({ ended }) => ended === 'reset').length).toBe(10);
		for (const client of clients) client.close();
		kept.send(last);
		await kept.end();
		expect(statuses(kept.text)).toEqual([200, 200]);
		expect((await proxy.statistics())['refused']).toBe(10);
	});

	it('of descriptors for the server: 503', async () => {
		await start({});
		const client = new Client(proxy.port);
		client.send(request('/secret'));
		await client.got('denied');
		allowNoMoreDescriptors();
		client.send(request('/public'));
		await client.end();
		expect(statuses(client.text)).toEqual([403, 503]);
		expect(proxy.upstream.connections).toBe(0);
	});

	it('a thousand connections one after the other leave no descriptor', async () => {
		await start({ upstreamIdle: 100 });
		const open = () => readdirSync(`/proc/${proxy.pid}/fd`).length;
		const before = open();
		for (let round = 0; round < 20; round++)
			await Promise.all(
				Array.from({ length: 50 }, (_, i) => converse(proxy.port, i % 2 ? last : `${request('/secret')}\0\r\n`)),
			);
		await expect.poll(open).toBe(before);
	});
});
