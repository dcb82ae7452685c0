import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createNamePattern } from '../../lib/rules/name-pattern.js';
import { Proxy, TcpClient, UdpClient, address, until } from './support/dns.js';
import {
	a,
	aaaa,
	answer,
	edns,
	idOf,
	nameOf,
	pointer,
	query,
	questionOf,
	rcodeOf,
	rcodes,
	types,
	withId,
} from './support/dns-messages.js';

let proxy: Proxy;
let client: UdpClient;
const rules = [{ matchName: 'www.Example.com.' }, { matchPattern: '*.test' }];

beforeAll(async () => {
	proxy = await new Proxy().start({ rules });
});
afterAll(async () => expect(await proxy.close()).toBe(0));
beforeEach(async () => {
	client = await new UdpClient(proxy).bind('127.0.0.5');
});
afterEach(() => client.close());

describe('a query', () => {
	it('that a rule allows goes to its server as it is, from the client, under another id', async () => {
		const asked = query('wWw.eXample.com', { additional: edns });
		const got = await client.ask(asked);
		const { message, from } = proxy.server.asked.at(-1)!;
		expect(message.subarray(2)).toEqual(asked.subarray(2));
		expect(from.address).toBe('127.0.0.5');
		expect(got).toEqual(answer(asked, [a(pointer(), address)]));
		expect(client.from).toMatchObject({ address: '127.0.0.1', port: proxy.port });
	});

	it('that no rule allows is refused, and reaches nobody', async () => {
		const before = proxy.server.asked.length;
		const got = await client.ask(query('www.example.org'));
		expect(rcodeOf(got)).toBe(rcodes.REFUSED);
		expect(questionOf(got)).toEqual(questionOf(query('www.example.org')));
		await client.ask(query('www.example.com'));
		expect(proxy.server.asked.slice(before).map(({ message }) => nameOf(message))).toEqual(['www.example.com']);
	});

	it('with EDNS is refused with the reason', async () => {
		const got = await client.ask(query('www.example.org', { additional: edns }));
		expect(got.subarray(-6).toString('hex')).toBe('000f00020012');
		expect(got.readUInt16BE(10)).toBe(1);
	});

	it('of any type is judged by its name', async () => {
		const txt = await client.ask(query('www.example.com', { type: types.TXT }));
		expect(rcodeOf(txt)).toBe(rcodes.NOERROR);
		expect(rcodeOf(await client.ask(query('other.example.com', { type: types.TXT })))).toBe(rcodes.REFUSED);
	});

	it('is told of, and its answer', async () => {
		const asked = query('records.test', { type: types.AAAA });
		proxy.server.serve = ({ message, reply }) =>
			reply(answer(message, [aaaa(pointer(), '2001:db8:0:0:0:0:0:7', { ttl: 9 })]));
		await client.ask(asked);
		await client.ask(query('denied.example'));
		const of = (name: string) => proxy.lines.filter((line) => line['name'] === name && line.kind !== 'lesson');
		await until(() => of('denied.example.').length > 0);
		const ends = { client: `127.0.0.5:${client.port}`, server: `127.0.0.1:${proxy.port}`, tcp: false, network: 7 };
		expect(of('records.test.')).toMatchObject([
			{ kind: 'request', verdict: 'forwarded', type: 'AAAA', rcode: 0, reason: '', ...ends },
			{
				kind: 'response',
				verdict: 'forwarded',
				type: 'AAAA',
				ips: ['[2001:db8::7]'],
				ttl: 9,
				rrtypes: ['AAAA'],
				...ends,
			},
		]);
		expect(of('records.test.')[1]!['latencyNs']).toBeGreaterThan(0);
		expect(of('denied.example.')).toMatchObject([
			{ kind: 'request', verdict: 'denied', rcode: rcodes.REFUSED, ...ends },
		]);
	});
});

const patterns = [
	'*',
	'**',
	'*.',
	'a*',
	'*a',
	'a*b*c',
	'*.com',
	'**.com',
	'***.com',
	'a.*',
	'a.*.c',
	'**.a*.com',
	'*.*',
	'A.COM',
	'**',
	'**a.com',
];
const names = [
	'',
	'a',
	'com',
	'ab',
	'abc',
	'axbxc',
	'abcabc',
	'a.com',
	'b.com',
	'a.b.com',
	'x.ab.com',
	'a.b.c',
	'a.c',
	'a.b.b.c',
	'A.Com',
	'aa.com',
	'-a_.com',
];

describe('rules', () => {
	it('have the patterns of toFQDNs', async () => {
		proxy.server.serve = ({ message, reply }) => reply(answer(message));
		for (const matchPattern of patterns) {
			await proxy.reload({ rules: [{ matchPattern }] });
			const queries = names.map((name, id) => query(name, { id }));
			const got = await Promise.all(queries.map((asked) => client.ask(asked)));
			const allowed = names.filter((_, id) => rcodeOf(got.find((one) => idOf(one) === id)!) === rcodes.NOERROR);
			expect({ matchPattern, allowed }).toEqual({
				matchPattern,
				allowed: names.filter(createNamePattern(matchPattern)),
			});
		}
	});

	it('mean no name of other characters, however they are written', async () => {
		await proxy.reload({ rules: [{ matchPattern: '*' }] });
		const dotted = Buffer.from('\x05a.com\0', 'latin1');
		const before = proxy.server.asked.length;
		for (const name of [dotted, Buffer.from('\x02a\0\0', 'latin1'), Buffer.from('\x02\xc3\xa4\0', 'latin1')])
			expect(rcodeOf(await client.ask(query(name)))).toBe(rcodes.REFUSED);
		expect(proxy.server.asked.length).toBe(before);
	});

	it('that allow nothing', async () => {
		await proxy.reload({ rules: [] });
		expect(rcodeOf(await client.ask(query('a.com')))).toBe(rcodes.REFUSED);
	});

	it('that are none any more: a query is dropped, a connection reset', async () => {
		await proxy.reload({ rules: [{ matchPattern: '*' }] });
		const stream = new TcpClient(proxy);
		await stream.ask(query('a.com'));
		await proxy.reload({ rules: null });
		await stream.end();
		expect(stream.ended).toBe('reset');
		const [dropped, kept] = [query('a.com', { id: 1 }), query('a.com', { id: 2 })];
		client.send(dropped);
		await expect.poll(async () => (await proxy.statistics())['unredirected']).toBe(1);
		await proxy.reload({ rules: [{ matchPattern: '*' }] });
		await client.ask(kept);
		expect(client.got).toEqual([]);
	});
});

it('a rule that is none is told with its place', async () => {
	await expect(
		new Proxy().start({ rules: [{ matchName: 'a' }, { matchPattern: 'a b' }] }).then((bad) => bad.close()),
	).resolves.toBe(1);
});

it('IPv6', async () => {
	const six = await new Proxy('::1').start({ rules });
	const asking = await new UdpClient(six).bind();
	const asked = query('a.test');
	expect(await asking.ask(asked)).toEqual(answer(asked, [a(pointer(), address)]));
	expect(withId(six.server.asked[0]!.message, idOf(asked))).toEqual(asked);
	const stream = new TcpClient(six);
	expect(await stream.ask(asked)).toEqual(answer(asked, [a(pointer(), address)]));
	stream.close();
	asking.close();
	expect(await six.close()).toBe(0);
});
