import { createSocket } from 'node:dgram';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { Proxy, UdpClient, type Asked } from './support/dns.js';
import {
	a,
	aaaa,
	answer,
	answersOf,
	changed,
	cname,
	edns,
	idOf,
	pointer,
	query,
	questionOf,
	rcodeOf,
	rcodes,
	record,
	types,
	wireName,
	withId,
} from './support/dns-messages.js';

let proxy: Proxy;
let client: UdpClient;
let count = 0;
let name: string;

beforeAll(async () => {
	proxy = await new Proxy().start({ rules: [{ matchPattern: '**.test' }], limits: { mismatchesPerSocket: 8 } });
});
afterAll(async () => expect(await proxy.close()).toBe(0));
beforeEach(async () => {
	client = await new UdpClient(proxy).bind();
	name = `n${count++}.test`;
});
afterEach(() => client.close());

const lessonsOf = () => proxy.of('lesson').filter((lesson) => lesson['name'] === name);
const learned = () => lessonsOf().map((lesson) => lesson['addresses']);

function serving(make: (message: Buffer) => Buffer): Promise<Buffer> {
	proxy.server.serve = ({ message, reply }) => reply(make(message));
	return client.ask(query(name));
}

describe('addresses that are learned', () => {
	it('those of the name, each once with its time', async () => {
		const records = [a(pointer(), '192.0.2.1', { ttl: 40 }), aaaa(pointer(), '2001:db8:0:0:0:0:0:1', { ttl: 80 })];
		await serving((message) => answer(message, records));
		expect(learned()).toEqual([
			[
				{ address: '192.0.2.1', ttl: 52 },
				{ address: '[2001:db8::1]', ttl: 102 },
			],
		]);
	});

	it('along aliases in whatever order, as long as all of them hold', async () => {
		const first = cname(pointer(), 'B.x.test', { ttl: 100 });
		const records = [a('c.y', '192.0.2.3', { ttl: 400 }), cname('b.X.test', 'C.y', { ttl: 200 }), first];
		await serving((message) => answer(message, records));
		expect(learned()).toEqual([[{ address: '192.0.2.3', ttl: 127 }]]);
		const response = proxy.of('response').find((line) => line['name'] === `${name}.`);
		expect(response).toMatchObject({
			cnames: ['B.x.test.', 'C.y.'],
			rrtypes: ['A', 'CNAME', 'CNAME'],
			ips: ['192.0.2.3'],
			ttl: 100,
		});
	});

	it('not those of other names, of other sections, of other classes', async () => {
		const records = [a('other.test', '192.0.2.9'), a(pointer(), '192.0.2.10', { kind: 3 }), a(pointer(), '192.0.2.11')];
		const apart = { authority: [a(pointer(), '192.0.2.12')], additional: [a(pointer(), '192.0.2.13'), edns] };
		const got = await serving((message) => answer(message, records, apart));
		expect(answersOf(got)).toBe(3);
		expect(learned()).toEqual([[{ address: '192.0.2.11', ttl: 377 }]]);
	});

	it('of a circle of aliases, what there is', async () => {
		const records = [cname(pointer(), 'b.test'), cname('b.test', name), a('b.test', '192.0.2.1')];
		expect(rcodeOf(await serving((message) => answer(message, records)))).toBe(rcodes.NOERROR);
		expect(learned()).toEqual([[{ address: '192.0.2.1', ttl: 377 }]]);
	});

	it('a TTL of 0, or negative, suffices for a connection', async () => {
		await serving((message) =>
			answer(message, [a(pointer(), '192.0.2.1', { ttl: 0 }), a(pointer(), '192.0.2.2', { ttl: 0xffff_ffff })]),
		);
		expect(learned()).toEqual([
			[
				{ address: '192.0.2.1', ttl: 8 },
				{ address: '192.0.2.2', ttl: 8 },
			],
		]);
	});

	it('of an answer without any: nothing', async () => {
		const got = await serving((message) => answer(message, [cname(pointer(), 'b.test')], { rcode: rcodes.NXDOMAIN }));
		expect([rcodeOf(got), learned()]).toEqual([rcodes.NXDOMAIN, []]);
	});

	it('a truncated answer passes', async () => {
		const got = await serving((message) => answer(message, [], { flags: 0x8380 }));
		expect([got[2]! & 2, learned()]).toEqual([2, []]);
	});

	it('only once, while it holds', async () => {
		for (let round = 0; round < 3; round++) await serving((message) => answer(message, [a(pointer(), '192.0.2.1')]));
		expect(lessonsOf()).toHaveLength(1);
		await serving((message) => answer(message, [a(pointer(), '192.0.2.1'), a(pointer(), '192.0.2.2')]));
		expect(lessonsOf()).toHaveLength(2);
		proxy.tell(`forget ${name}`);
		await proxy.statistics();
		await serving((message) => answer(message, [a(pointer(), '192.0.2.1')]));
		expect(lessonsOf()).toHaveLength(3);
	});
});

const one = a(pointer(), '192.0.2.1');
/** An answer of one A record ends with 16 bytes: 2 of its name, 10, and 4 of data. */
const malformed: Readonly<Record<string, (message: Buffer) => Buffer>> = {
	'a record cut short': (message) => answer(message, [one]).subarray(0, -1),
	'fewer records than it says': (message) => answer(message, [one], { counts: [1, 2, 0, 0] }),
	'more records than it says': (message) => answer(message, [one, one], { counts: [1, 1, 0, 0] }),
	'an authority that is not there': (message) => answer(message, [one], { counts: [1, 1, 1, 0] }),
	'an additional record that is not there': (message) => answer(message, [one], { counts: [1, 1, 0, 1] }),
	'bytes behind it': (message) => Buffer.concat([answer(message, [one]), Buffer.of(0)]),
	'an address of 3 bytes': (message) => answer(message, [record(pointer(), types.A, Buffer.alloc(3))]),
	'an address of 5 bytes': (message) => answer(message, [record(pointer(), types.A, Buffer.alloc(5))]),
	'an IPv6 address of 4 bytes': (message) => answer(message, [record(pointer(), types.AAAA, Buffer.alloc(4))]),
	'data beyond the end': (message) => answer(message, [a(pointer(), '192.0.2.1', { length: 5 })]),
	'an alias shorter than its data': (message) =>
		answer(message, [cname(pointer(), Buffer.concat([wireName('b'), Buffer.of(0)]))]),
	'an alias longer than its data': (message) =>
		answer(message, [cname(pointer(), wireName('b.test'), { length: 4 }), one]),
	'a pointer to itself': (message) => answer(message, [a(pointer(12 + questionOf(message).length), '192.0.2.1')]),
	'a pointer forward': (message) =>
		answer(message, [a(pointer(12 + questionOf(message).length + 20), '192.0.2.1'), one]),
	'a pointer into the header': (message) => answer(message, [a(pointer(4), '192.0.2.1')]),
	'a pointer beyond the end': (message) => answer(message, [a(pointer(0x3fff), '192.0.2.1')]),
	'two pointers to each other': (message) => {
		const at = 12 + questionOf(message).length;
		return answer(message, [cname(pointer(), pointer(at + 14)), a(pointer(at + 12), '192.0.2.1')]);
	},
	'an owner that is too long': (message) => {
		const label = Buffer.concat([Buffer.of(63), Buffer.alloc(63, 'a')]);
		return answer(message, [a(Buffer.concat([label, label, label, label, Buffer.of(0)]), '192.0.2.1')]);
	},
	'a label of the kind 0x40': (message) => answer(message, [a(Buffer.of(0x41, 0x61, 0), '192.0.2.1')]),
	'too many addresses': (message) =>
		answer(
			message,
			Array.from({ length: 1025 }, () => one),
		),
};

describe('SERVFAIL, and nothing learned', () => {
	it.each(Object.entries(malformed))('%s', async (_, make) => {
		const before = (await proxy.statistics())['badAnswers'] as number;
		const got = await serving(make);
		expect([rcodeOf(got), answersOf(got), questionOf(got)]).toEqual([rcodes.SERVFAIL, 0, questionOf(query(name))]);
		expect(lessonsOf()).toEqual([]);
		expect((await proxy.statistics())['badAnswers']).toBe(before + 1);
		const response = proxy.of('response').find((line) => line['name'] === `${name}.`);
		expect(response).toMatchObject({ verdict: 'error', reason: 'malformed answer', rcode: rcodes.SERVFAIL });
	});
});

const forged = a(pointer(), '198.51.100.66');
const forgeries: Readonly<Record<string, (asked: Asked) => void>> = {
	'another id': ({ message, reply }) => reply(withId(answer(message, [forged]), idOf(message) ^ 1)),
	'another name': ({ message, reply }) => reply(answer(withId(query('other.test'), idOf(message)), [forged])),
	'another type': ({ message, reply }) => reply(answer(query(name, { id: idOf(message), type: types.TXT }), [forged])),
	'another letter case': ({ message, reply }) => reply(answer(changed(message, 13, message[13]! ^ 0x20), [forged])),
	'no question': ({ message, reply }) =>
		reply(Buffer.concat([answer(message, [], { counts: [0, 0, 0, 0] }).subarray(0, 12)])),
	'a query': ({ message, reply }) => reply(message),
	'another opcode': ({ message, reply }) => reply(answer(message, [forged], { flags: 0x8980 })),
	'hardly a byte': ({ reply }) => reply(Buffer.alloc(3)),
};

describe('an answer that fits no query is dropped', () => {
	it.each(Object.entries(forgeries))('%s', async (_, forge) => {
		const before = (await proxy.statistics())['mismatched'] as number;
		proxy.server.serve = (asked) => {
			forge(asked);
			asked.reply(answer(asked.message, [one]));
		};
		const asked = query(name);
		expect(await client.ask(asked)).toEqual(answer(asked, [one]));
		expect((await proxy.statistics())['mismatched']).toBe(before + 1);
		expect(learned()).toEqual([[{ address: '192.0.2.1', ttl: 377 }]]);
	});

	it('from another address, or another port', async () => {
		const sockets = ['127.0.0.9', '127.0.0.1'].map((at) => {
			const socket = createSocket('udp4');
			socket.bind(at === '127.0.0.1' ? 0 : proxy.server.port, at);
			return socket;
		});
		await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('listening', resolve))));
		proxy.server.serve = ({ message, from, reply }) => {
			for (const socket of sockets) socket.send(answer(message, [forged]), from.port, from.address);
			setTimeout(() => reply(answer(message, [one])), 30);
		};
		const asked = query(name);
		expect(await client.ask(asked)).toEqual(answer(asked, [one]));
		for (const socket of sockets) socket.close();
	});

	it('a second time', async () => {
		proxy.server.serve = ({ message, reply }) => {
			reply(answer(message, [one]));
			reply(answer(message, [forged]));
		};
		await client.ask(query(name));
		await client.ask(query('end.test', { id: 9 }));
		expect(client.got).toEqual([]);
	});

	it('and after some the port is another one, while who waits is still answered', async () => {
		const ports = new Set<number>();
		proxy.server.serve = ({ message, from, reply }) => {
			ports.add(from.port);
			for (let guess = 1; guess <= 8; guess++) reply(withId(answer(message, [forged]), idOf(message) ^ guess));
			reply(answer(message, [one]));
		};
		for (let round = 0; round < 3; round++) {
			const asked = query(name);
			expect(await client.ask(asked)).toEqual(answer(asked, [one]));
		}
		expect(ports.size).toBe(3);
	});
});
