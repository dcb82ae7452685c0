import { afterEach, describe, expect, it } from 'vitest';

import { Proxy, UdpClient, until, type Configuration, type Line } from './support/dns.js';
import { a, answer, pointer, query, rcodeOf, rcodes } from './support/dns-messages.js';

let proxy: Proxy;
let client: UdpClient;

async function start(configuration: Partial<Configuration> = {}, threads = 1): Promise<void> {
	proxy = await new Proxy().start({ rules: [{ matchPattern: '*' }], learns: false, ...configuration }, threads);
	client = await new UdpClient(proxy).bind();
}
afterEach(async () => {
	client.close();
	expect(await proxy.close()).toBe(0);
});

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const release = (lesson: Line | undefined, word = 'release') => proxy.tell(`${word} ${String(lesson!['ticket'])}`);

describe('an answer', () => {
	it('waits until its addresses are learned', async () => {
		await start();
		const asked = query('A.test');
		client.send(asked);
		const [lesson] = await proxy.lessons(1);
		expect(lesson).toMatchObject({ name: 'a.test', client: '127.0.0.1', network: 7 });
		await sleep(50);
		expect(client.got).toEqual([]);
		release(lesson);
		expect(await client.answerTo(asked)).toEqual(answer(asked, [a(pointer(), '192.0.2.1')]));
		expect(await client.ask(asked)).toEqual(answer(asked, [a(pointer(), '192.0.2.1')]));
		expect(proxy.of('lesson')).toHaveLength(1);
	});

	it('without addresses does not', async () => {
		await start();
		proxy.server.serve = ({ message, reply }) => reply(answer(message, [], { rcode: rcodes.NXDOMAIN }));
		expect(rcodeOf(await client.ask(query('a.test')))).toBe(rcodes.NXDOMAIN);
	});

	it('that is not learned is none', async () => {
		await start();
		client.send(query('a.test'));
		release((await proxy.lessons(1))[0], 'refuse');
		expect(rcodeOf(await client.answerTo(query('a.test')))).toBe(rcodes.SERVFAIL);
		client.send(query('a.test'));
		await proxy.lessons(2);
		expect(await proxy.statistics()).toMatchObject({ held: 2, unlearned: 1, answered: 0 });
	});

	it('that is not learned in time is none either, and comes to nobody later', async () => {
		await start({ limits: { learnTimeout: 200 } });
		const begin = performance.now();
		expect(rcodeOf(await client.ask(query('a.test')))).toBe(rcodes.SERVFAIL);
		expect(performance.now() - begin).toBeGreaterThan(180);
		release((await proxy.lessons(1))[0]);
		const other = query('b.test', { id: 2 });
		client.send(other);
		release((await proxy.lessons(2))[1]);
		await client.answerTo(other);
		expect(client.got).toEqual([]);
		client.send(query('a.test'));
		await proxy.lessons(3);
	});

	it('tickets that are none change nothing', async () => {
		await start();
		client.send(query('a.test'));
		const [lesson] = await proxy.lessons(1);
		for (const ticket of ['0', '9999', '9007199254740991', '35184372088833', '']) proxy.tell(`release ${ticket}`);
		await proxy.statistics();
		expect(client.got).toEqual([]);
		release(lesson);
		release(lesson);
		await client.answerTo(query('a.test'));
	});
});

describe('one lesson', () => {
	it('serves all who ask meanwhile', async () => {
		await start();
		const queries = Array.from({ length: 20 }, (_, id) => query('a.test', { id }));
		for (const asked of queries) client.send(asked);
		await expect.poll(async () => (await proxy.statistics())['held']).toBe(20);
		expect(proxy.of('lesson')).toHaveLength(1);
		release(proxy.of('lesson')[0]);
		for (const asked of queries) expect(rcodeOf(await client.answerTo(asked))).toBe(0);
	});

	it('not those who are told of other addresses', async () => {
		await start();
		client.send(query('a.test', { id: 1 }));
		await proxy.lessons(1);
		proxy.server.serve = ({ message, reply }) => reply(answer(message, [a(pointer(), '192.0.2.2')]));
		client.send(query('a.test', { id: 2 }));
		const [first, second] = await proxy.lessons(2);
		release(second);
		await client.answerTo(query('a.test', { id: 2 }));
		expect(client.got).toEqual([]);
		release(first);
		await client.answerTo(query('a.test', { id: 1 }));
	});

	it('is not remembered where the name was forgotten meanwhile', async () => {
		await start();
		client.send(query('a.test'));
		const [lesson] = await proxy.lessons(1);
		proxy.tell('forget a.test');
		release(lesson);
		await client.answerTo(query('a.test'));
		client.send(query('a.test'));
		await proxy.lessons(2);
	});
});

it('what will not be known as long as the client may use it is learned again, and nobody waits', async () => {
	await start();
	const serve = (ttl: number) => {
		proxy.server.serve = ({ message, reply }) => reply(answer(message, [a(pointer(), '192.0.2.1', { ttl })]));
	};
	serve(100);
	client.send(query('a.test'));
	release((await proxy.lessons(1))[0]);
	await client.answerTo(query('a.test'));
	serve(1000);
	for (let round = 0; round < 3; round++) await client.ask(query('a.test'));
	expect(await proxy.lessons(2)).toHaveLength(2);
	release(proxy.of('lesson')[1]);
	await client.ask(query('a.test'));
	expect(proxy.of('lesson')).toHaveLength(2);
	expect(proxy.of('lesson')[1]).toMatchObject({ addresses: [{ address: '192.0.2.1', ttl: 1252 }] });
});

it('what is nearly over is held again', async () => {
	await start({ limits: { shortestTtl: 0 }, learns: true });
	proxy.server.serve = ({ message, reply }) => reply(answer(message, [a(pointer(), '192.0.2.1', { ttl: 0 })]));
	await client.ask(query('a.test'));
	await sleep(1100);
	await client.ask(query('a.test'));
	expect(await proxy.statistics()).toMatchObject({ held: 2 });
});

it('more names than are kept: each is learned again, none is lost', async () => {
	await start({ limits: { knownNames: 10 }, learns: true });
	for (let i = 0; i < 40; i++) expect(rcodeOf(await client.ask(query(`n${i}.test`)))).toBe(0);
	const { held } = await proxy.statistics();
	await client.ask(query('n39.test'));
	expect((await proxy.statistics())['held']).toBe(held);
});

it('several threads, each with its own lessons', async () => {
	await start({}, 3);
	const queries = Array.from({ length: 60 }, (_, id) => query(`n${id}.test`, { id }));
	for (const asked of queries) client.send(asked);
	const lessons = await proxy.lessons(60);
	expect(new Set(lessons.map(({ ticket }) => ticket)).size).toBe(60);
	lessons.forEach((lesson) => release(lesson));
	for (const asked of queries) expect(rcodeOf(await client.answerTo(asked))).toBe(0);
});

it('a listener that is removed ends what waits at it', async () => {
	await start();
	client.send(query('a.test'));
	await proxy.lessons(1);
	expect(await proxy.statistics()).toMatchObject({ active: 1 });
	await proxy.remove();
	release(proxy.of('lesson')[0]);
	await until(() => proxy.of('removed').length === 1);
	expect(await proxy.statistics()).toMatchObject({ active: 0, sockets: 0, answered: 0 });
});
