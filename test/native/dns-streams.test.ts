import { afterEach, describe, expect, it } from 'vitest';

import { Proxy, TcpClient, framed, until, type Asked } from './support/dns.js';
import { a, answer, idOf, nameOf, pointer, query, rcodeOf, rcodes, withId } from './support/dns-messages.js';

let proxy: Proxy;
let client: TcpClient;

async function start(limits: Readonly<Record<string, number>> = {}, learns = true, env = {}): Promise<void> {
	proxy = await new Proxy().start({ rules: [{ matchPattern: '*.test' }], limits, learns }, 1, env);
	client = new TcpClient(proxy, '127.0.0.6');
}
afterEach(async () => {
	client.close();
	expect(await proxy.close()).toBe(0);
});

const queries = (count: number) => Array.from({ length: count }, (_, id) => query(`n${id}.test`, { id }));
const answered = ({ message }: Asked) => answer(message, [a(pointer(), '192.0.2.1')]);

describe('a connection', () => {
	it('of several queries is one to the server, from the client', async () => {
		await start();
		for (const asked of queries(3)) expect(await client.ask(asked)).toEqual(answer(asked, [a(pointer(), '192.0.2.1')]));
		expect(proxy.server.sockets.size).toBe(1);
		expect(proxy.server.asked.map(({ from }) => from.address)).toEqual(Array(3).fill('127.0.0.6'));
	});

	it('takes queries that come together, and answers that come in another order', async () => {
		await start();
		const asked: Asked[] = [];
		proxy.server.serve = (one) =>
			asked.push(one) === 20 && asked.toReversed().forEach((each) => each.reply(answered(each)));
		client.send(...queries(20));
		await until(() => client.got.length === 20);
		expect(client.got.map(idOf)).toEqual(Array.from({ length: 20 }, (_, i) => 19 - i));
		expect(client.got.every((got) => nameOf(got) === `n${idOf(got)}.test`)).toBe(true);
	});

	it('denies in the middle', async () => {
		await start();
		client.send(query('a.test', { id: 1 }), query('secret.example', { id: 2 }), query('b.test', { id: 3 }));
		await until(() => client.got.length === 3);
		expect(rcodeOf(await client.answerTo(query('', { id: 2 })))).toBe(rcodes.REFUSED);
		expect(proxy.server.asked.map(({ message }) => nameOf(message))).toEqual(['a.test', 'b.test']);
	});

	it('takes queries byte by byte', async () => {
		await start();
		for (const byte of framed(query('a.test'))) {
			client.socket.write(Buffer.of(byte));
			await new Promise(setImmediate);
		}
		await client.answerTo(query('a.test'));
	});

	it('takes a large answer, and one byte by byte', async () => {
		await start();
		const records = Array.from({ length: 1000 }, (_, i) => a(pointer(), `192.0.${i >> 8}.${i & 255}`));
		proxy.server.serve = ({ message, reply }) => reply(answer(message, records));
		expect(await client.ask(query('a.test'))).toEqual(answer(query('a.test'), records));
		const slowly = async ({ message, tcp }: Parameters<typeof proxy.server.serve>[0]) => {
			for (const byte of framed(answer(message))) {
				tcp!.write(Buffer.of(byte));
				await new Promise(setImmediate);
			}
		};
		proxy.server.serve = (asked) => void slowly(asked);
		expect(rcodeOf(await client.ask(query('b.test')))).toBe(0);
	});

	it('whose client has said all gets its answers, then its end', async () => {
		await start();
		proxy.server.serve = (asked) => setTimeout(() => asked.reply(answered(asked)), 50);
		client.send(...queries(3));
		client.socket.end();
		await client.end();
		expect([client.ended, client.got.length]).toEqual(['end', 3]);
		expect(await proxy.statistics()).toMatchObject({ active: 0, sockets: 0 });
	});

	it('whose client leaves ends that to the server, and what waits for the learner', async () => {
		await start({}, false);
		client.send(query('a.test'));
		await proxy.lessons(1);
		client.socket.resetAndDestroy();
		await expect.poll(() => proxy.server.sockets.size).toBe(0);
		expect(await proxy.statistics()).toMatchObject({ active: 0, sockets: 0 });
		proxy.tell(`release ${String(proxy.of('lesson')[0]!['ticket'])}`);
		expect(await proxy.statistics()).toMatchObject({ answered: 0 });
	});
});

describe('a server that', () => {
	it('closes: who waits is told, and the next query opens again', async () => {
		await start();
		proxy.server.serve = ({ tcp }) => tcp!.destroy();
		expect(rcodeOf(await client.ask(query('a.test')))).toBe(rcodes.SERVFAIL);
		proxy.server.serve = (asked) => {
			asked.reply(answered(asked));
			asked.tcp!.end();
		};
		for (const asked of queries(3)) {
			expect(rcodeOf(await client.ask(asked))).toBe(0);
			await expect.poll(() => proxy.server.sockets.size).toBe(0);
		}
	});

	it('is not there', async () => {
		await start();
		await proxy.server.close();
		expect(rcodeOf(await client.ask(query('a.test')))).toBe(rcodes.SERVFAIL);
	});

	it('says a length that is none', async () => {
		await start();
		proxy.server.serve = ({ tcp }) => tcp!.write(Buffer.from([0, 3, 1, 2, 3]));
		expect(rcodeOf(await client.ask(query('a.test')))).toBe(rcodes.SERVFAIL);
	});

	it('says what nobody asked', async () => {
		await start({ mismatchesPerSocket: 5 });
		proxy.server.serve = (asked) => {
			for (let guess = 1; guess < 5; guess++) asked.reply(withId(answered(asked), idOf(asked.message) ^ guess));
			asked.reply(answered(asked));
		};
		expect(rcodeOf(await client.ask(query('a.test')))).toBe(0);
		expect(rcodeOf(await client.ask(query('b.test')))).toBe(rcodes.SERVFAIL);
	});
});

describe('limits', () => {
	it('queries under way wait in the connection, and none is lost', async () => {
		await start({ pipelined: 4 });
		const asked: Asked[] = [];
		proxy.server.serve = (one) => asked.push(one);
		client.send(...queries(30));
		await until(() => asked.length === 4);
		await proxy.statistics();
		expect(asked.length).toBe(4);
		proxy.server.serve = (one) => one.reply(answered(one));
		asked.forEach((one) => one.reply(answered(one)));
		await until(() => client.got.length === 30);
		expect(client.got.map(idOf).toSorted((x, y) => x - y)).toEqual(Array.from({ length: 30 }, (_, i) => i));
	});

	it('a client that does not read is not read from', async () => {
		await start({ connectionIdle: 60_000 }, true, { DNS_DRIVER_QUIET: '1' });
		client.socket.pause();
		const refused = framed(query(`${'a'.repeat(63)}.`.repeat(3)));
		client.socket.write(Buffer.concat(Array.from({ length: 80_000 }, () => refused)));
		let [before, now] = [-1, 0];
		while (before !== now) {
			await new Promise((resolve) => setTimeout(resolve, 80));
			[before, now] = [now, (await proxy.statistics())['queries'] as number];
		}
		expect(now).toBeGreaterThan(0);
		expect(now).toBeLessThan(80_000);
	});

	it('a connection without a whole query is closed, one that waits for an answer is not', async () => {
		await start({ connectionIdle: 200 });
		const silent = new TcpClient(proxy);
		proxy.server.serve = (asked) => setTimeout(() => asked.reply(answered(asked)), 500);
		const drip = setInterval(() => silent.socket.write(Buffer.of(1)), 50);
		const got = client.ask(query('a.test'));
		await silent.end();
		clearInterval(drip);
		expect(rcodeOf(await got)).toBe(0);
		await client.end();
	});

	it('connections of a client, and in all', async () => {
		await start({ connectionsPerClient: 2, connections: 3 });
		await client.ask(query('a.test'));
		const clients = ['127.0.0.6', '127.0.0.6', '127.0.0.7', '127.0.0.8'].map((from) => new TcpClient(proxy, from));
		await expect.poll(() => clients.filter(({ ended }) => ended === 'reset').length).toBe(2);
		clients.forEach((one) => one.close());
		await expect
			.poll(async () => {
				const again = new TcpClient(proxy, '127.0.0.7');
				again.send(query('a.test'));
				await until(() => again.ended !== undefined || again.got.length > 0);
				again.close();
				return again.got.length;
			})
			.toBe(1);
	});
});
