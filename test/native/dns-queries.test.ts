import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { Proxy, TcpClient, UdpClient } from './support/dns.js';
import {
	changed,
	edns,
	idOf,
	pointer,
	query,
	question,
	questionOf,
	rcodeOf,
	rcodes,
	types,
	u16,
} from './support/dns-messages.js';

let proxy: Proxy;
let client: UdpClient;

beforeAll(async () => {
	proxy = await new Proxy().start({ rules: [{ matchPattern: '*' }] });
});
afterAll(async () => expect(await proxy.close()).toBe(0));
beforeEach(async () => {
	client = await new UdpClient(proxy).bind();
});
afterEach(() => client.close());

const long = (length: number) => Buffer.concat([Buffer.of(length), Buffer.alloc(length, 'a')]);
const root = Buffer.of(0);
const label = 'a'.repeat(63);
const longest = [label, label, label, 'a'.repeat(61)].join('.');
const good = query('a.test');

const malformed: Readonly<Record<string, Buffer>> = {
	'no question': query('a.test', { counts: [0, 0, 0, 0] }),
	'two questions': Buffer.concat([query('a.test', { counts: [2, 0, 0, 0] }), question('secret.test')]),
	'a question that is not there': Buffer.concat([u16(7), u16(0x100), u16(1), u16(0), u16(0), u16(0)]),
	'an answer in it': query('a.test', { counts: [1, 1, 0, 0] }),
	'an authority in it': query('a.test', { counts: [1, 0, 1, 0] }),
	'more additional records than there are': query('a.test', { counts: [1, 0, 0, 1] }),
	'fewer additional records than there are': query('a.test', { counts: [1, 0, 0, 0], additional: edns }),
	'two OPT records': query('a.test', { counts: [1, 0, 0, 2], additional: Buffer.concat([edns, edns]) }),
	'an OPT record that is not of the root': query('a.test', {
		additional: Buffer.concat([question('a', types.OPT), Buffer.alloc(6)]),
	}),
	'OPT data beyond the end': query('a.test', { additional: changed(edns, edns.length - 1, 9) }),
	'bytes behind it': Buffer.concat([good, root]),
	'a question cut short': good.subarray(0, -1),
	'a name cut short': good.subarray(0, 14),
	'a pointer to itself': query(pointer(12)),
	'a pointer behind a label': query(Buffer.concat([long(1), pointer(12)])),
	'a pointer forward': Buffer.concat([query(pointer(18)), long(1), root]),
	'a label of 64 bytes': query(Buffer.concat([long(64), root])),
	'a label of the kind 0x80': query(Buffer.concat([Buffer.of(0x81, 0x61), root])),
	'a name of 256 bytes': query(`${longest}a`),
	truncated: query('a.test', { flags: 0x0300 }),
	'an rcode': query('a.test', { flags: 0x0103 }),
};

const unimplemented: Readonly<Record<string, Buffer>> = {
	'inverse query': query('a.test', { flags: 0x0800 }),
	status: query('a.test', { flags: 0x1000 }),
	notify: query('a.test', { flags: 0x2400 }),
	update: query('a.test', { flags: 0x2800, counts: [1, 0, 1, 0] }),
	'zone transfer': query('a.test', { type: types.AXFR }),
	'incremental zone transfer': query('a.test', { type: types.IXFR }),
};

async function isAnsweredHere(message: Buffer, rcode: number): Promise<void> {
	const before = proxy.server.asked.length;
	const got = await client.ask(message);
	expect([rcodeOf(got), got[2]! >> 7]).toEqual([rcode, 1]);
	expect(got.length).toBeLessThanOrEqual(message.length + 17);
	await client.ask(good);
	expect(proxy.server.asked.length).toBe(before + 1);
}

describe('FORMERR', () => {
	it.each(Object.entries(malformed))('%s', async (_, message) => isAnsweredHere(message, rcodes.FORMERR));

	it('repeats what could be read of the question, and only that', async () => {
		const got = await client.ask(malformed['bytes behind it']!);
		expect([got.readUInt16BE(4), questionOf(got)]).toEqual([1, questionOf(good)]);
		expect((await client.ask(malformed['a label of 64 bytes']!)).length).toBe(12);
	});
});

describe('NOTIMP', () => {
	it.each(Object.entries(unimplemented))('%s', async (_, message) => isAnsweredHere(message, rcodes.NOTIMP));
});

describe('dropped', () => {
	const dropped = [
		Buffer.alloc(0),
		Buffer.alloc(11),
		query('a.test', { flags: 0x8180 }),
		Buffer.concat([good, Buffer.alloc(5000)]),
	];

	it('what is no query, an answer, and what is too long', async () => {
		const before = (await proxy.statistics())['malformed'] as number;
		for (const message of dropped) client.send(message);
		await client.ask(good);
		expect(client.got).toEqual([]);
		expect((await proxy.statistics())['malformed']).toBe(before + dropped.length);
	});

	it('and its connection is reset', async () => {
		for (const message of dropped) {
			const stream = new TcpClient(proxy);
			stream.send(message);
			await stream.end();
			expect([stream.ended, stream.got]).toEqual(['reset', []]);
		}
	});
});

describe('forwarded', () => {
	it('the longest name and labels, every flag that is none of ours', async () => {
		for (const message of [
			query(longest),
			query(''),
			query('a.test', { flags: 0x01b0 }),
			query('a.test', { type: 65_280 }),
		]) {
			expect(rcodeOf(await client.ask(message))).toBe(rcodes.NOERROR);
			expect(proxy.server.asked.at(-1)!.message.subarray(2)).toEqual(message.subarray(2));
		}
	});

	it('under ids that follow no order', async () => {
		const before = proxy.server.asked.length;
		const queries = Array.from({ length: 200 }, (_, id) => query('a.test', { id }));
		await Promise.all(queries.map((message) => client.ask(message)));
		const ids = proxy.server.asked.slice(before).map(({ message }) => idOf(message));
		expect(new Set(ids).size).toBeGreaterThan(190);
		expect(ids.filter((id, i) => id === i).length).toBeLessThan(10);
		const rising = ids.filter((id, i) => i > 0 && id > ids[i - 1]!).length;
		expect(rising).toBeGreaterThan(50);
		expect(rising).toBeLessThan(150);
	});
});
