import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';

import { afterEach, describe, expect, it } from 'vitest';

import { Proxy, TcpClient, UdpClient, type Asked } from './support/dns.js';
import { a, answer, pointer, query, rcodeOf, rcodes } from './support/dns-messages.js';

let proxy: Proxy;
const clients: (UdpClient | TcpClient)[] = [];

const start = async (limits: Readonly<Record<string, number>> = {}) => {
	proxy = await new Proxy().start({ rules: [{ matchPattern: '*.test' }], limits });
};
const clientAt = async (at?: string) => {
	const client = await new UdpClient(proxy).bind(at);
	clients.push(client);
	return client;
};
afterEach(async () => {
	for (const client of clients.splice(0)) client.close();
	expect(await proxy.close()).toBe(0);
});

const silent = () => {};
const open = () => readdirSync(`/proc/${proxy.pid}/fd`).length;

function allowNoMoreDescriptors(): void {
	const taken = new Set(readdirSync(`/proc/${proxy.pid}/fd`).map(Number));
	let free = 0;
	while (taken.has(free)) free++;
	execFileSync('prlimit', ['--pid', String(proxy.pid), `--nofile=${free}`]);
}

async function rcodesOf(client: UdpClient, count: number): Promise<number[]> {
	const queries = Array.from({ length: count }, (_, id) => query('a.test', { id }));
	queries.forEach((asked) => client.send(asked));
	return Promise.all(queries.map(async (asked) => rcodeOf(await client.answerTo(asked))));
}

describe('time', () => {
	it('a server has to answer', async () => {
		await start({ queryTimeout: 200 });
		proxy.server.serve = silent;
		const client = await clientAt();
		expect(rcodeOf(await client.ask(query('a.test')))).toBe(rcodes.SERVFAIL);
		const stream = new TcpClient(proxy);
		clients.push(stream);
		expect(rcodeOf(await stream.ask(query('a.test')))).toBe(rcodes.SERVFAIL);
		expect(await proxy.statistics()).toMatchObject({ timeouts: 2, active: 0 });
	});

	it('an answer that comes too late is dropped', async () => {
		await start({ queryTimeout: 100 });
		let late: Asked | undefined;
		proxy.server.serve = (asked) => (late = asked);
		const client = await clientAt();
		await client.ask(query('a.test'));
		late!.reply(answer(late!.message));
		await expect.poll(async () => (await proxy.statistics())['mismatched']).toBe(1);
		expect(client.got).toEqual([]);
	});

	it('a server that refuses is told at once', async () => {
		await start({ queryTimeout: 60_000 });
		await proxy.server.close();
		const client = await clientAt();
		expect(rcodeOf(await client.ask(query('a.test')))).toBe(rcodes.SERVFAIL);
	});

	it('a socket that is idle is closed', async () => {
		await start({ socketIdle: 100 });
		const before = open();
		for (const at of ['127.0.0.1', '127.0.0.2', '127.0.0.3']) await (await clientAt(at)).ask(query('a.test'));
		expect(await proxy.statistics()).toMatchObject({ sockets: 3 });
		await expect.poll(async () => (await proxy.statistics())['sockets']).toBe(0);
		expect(open()).toBe(before);
	});
});

describe('number', () => {
	it('of queries of a client', async () => {
		await start({ queriesPerClient: 3, queryTimeout: 300 });
		proxy.server.serve = silent;
		const [client, other] = [await clientAt(), await clientAt('127.0.0.2')];
		const got = rcodesOf(client, 5);
		await expect.poll(async () => (await proxy.statistics())['limited']).toBe(2);
		proxy.server.serve = ({ message, reply }) => reply(answer(message));
		expect(rcodeOf(await other.ask(query('a.test')))).toBe(0);
		expect(await got).toEqual(Array(5).fill(rcodes.SERVFAIL));
		expect(rcodeOf(await client.ask(query('a.test')))).toBe(0);
	});

	it('of queries in all', async () => {
		await start({ queries: 2, queryTimeout: 300 });
		proxy.server.serve = silent;
		for (const at of ['127.0.0.1', '127.0.0.2', '127.0.0.3']) (await clientAt(at)).send(query('a.test'));
		await expect.poll(async () => (await proxy.statistics())['limited']).toBe(1);
	});

	it('of bytes that wait for the learner', async () => {
		proxy = await new Proxy().start({ rules: [{ matchPattern: '*' }], limits: { held: 100 }, learns: false });
		const client = await clientAt();
		client.send(query('a.test', { id: 1 }));
		await proxy.lessons(1);
		client.send(query('b.test', { id: 2 }));
		client.send(query('c.test', { id: 3 }));
		const refused = await client.answerTo(query('', { id: 3 }));
		expect(rcodeOf(refused)).toBe(rcodes.SERVFAIL);
		proxy.lines
			.filter(({ kind }) => kind === 'lesson')
			.forEach(({ ticket }) => proxy.tell(`release ${String(ticket)}`));
		expect(rcodeOf(await client.answerTo(query('', { id: 1 })))).toBe(0);
		const again = query('c.test', { id: 4 });
		client.send(again);
		await proxy.lessons(3);
		expect(await proxy.statistics()).toMatchObject({ limited: 1 });
	});

	it('of sockets', async () => {
		await start({ sockets: 2, socketIdle: 100 });
		const [first, second, third] = [
			await clientAt('127.0.0.1'),
			await clientAt('127.0.0.2'),
			await clientAt('127.0.0.3'),
		];
		const got = [first, second, third].map(async (client) => rcodeOf(await client.ask(query('a.test'))));
		expect((await Promise.all(got)).toSorted((x, y) => x - y)).toEqual([0, 0, rcodes.SERVFAIL]);
		await expect.poll(async () => rcodeOf(await third.ask(query('a.test')))).toBe(0);
	});

	it('of queries of a socket: then another port', async () => {
		await start({ queriesPerSocket: 4 });
		const client = await clientAt();
		for (let i = 0; i < 12; i++) await client.ask(query('a.test'));
		expect(new Set(proxy.server.asked.map(({ from }) => from.port)).size).toBe(3);
		expect(await proxy.statistics()).toMatchObject({ sockets: 0 });
	});

	it('of descriptors: SERVFAIL, and a connection is reset', async () => {
		await start();
		const [kept, other] = [await clientAt(), await clientAt('127.0.0.2')];
		await kept.ask(query('a.test'));
		allowNoMoreDescriptors();
		expect(rcodeOf(await other.ask(query('a.test')))).toBe(rcodes.SERVFAIL);
		const streams = Array.from({ length: 5 }, () => new TcpClient(proxy));
		await expect.poll(() => streams.filter(({ ended }) => ended === 'reset').length).toBe(5);
		streams.forEach((stream) => stream.close());
		expect(rcodeOf(await kept.ask(query('a.test')))).toBe(0);
		expect(await proxy.statistics()).toMatchObject({ limited: 5, upstreamFailures: 1 });
	});
});

it('thousands of queries over a few threads leave nothing', async () => {
	proxy = await new Proxy().start(
		{ rules: [{ matchPattern: '*.test' }], limits: { queriesPerSocket: 50, socketIdle: 100 } },
		2,
	);
	const before = open();
	proxy.server.serve = ({ message, reply }) => reply(answer(message, [a(pointer(), '192.0.2.1')]));
	const asking = await Promise.all(Array.from({ length: 10 }, (_, i) => clientAt(`127.0.1.${i}`)));
	for (let round = 0; round < 20; round++) {
		const got = await Promise.all(asking.map((client) => rcodesOf(client, 10)));
		expect(got.flat().every((rcode) => rcode === 0)).toBe(true);
	}
	await expect.poll(open).toBe(before);
	expect(await proxy.statistics()).toMatchObject({
		active: 0,
		sockets: 0,
		queries: 2000,
		answered: 2000,
		mismatched: 0,
		unsent: 0,
	});
});
