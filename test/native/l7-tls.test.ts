import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import {
	extension,
	helloFor,
	helloMessage,
	inRecords,
	nameEntry,
	serverNameExtension,
} from './support/client-hello.js';
import { Client, Proxy, converse, request, until } from './support/l7.js';

const NAMES = ['api.example.com', '*.one.example.com', '**.any.example.com', 'UPPER.example.com'];
const proxy = new Proxy();
beforeAll(() => proxy.start({ rules: [], serverNames: NAMES, limits: { headTimeout: 700, head: 20_000 } }));
afterAll(async () => expect(await proxy.close()).toBe(0));

/** The server says what it got, and ends with the client. */
beforeEach(() => {
	proxy.upstream.reset((socket) => socket.on('data', () => socket.write(`${proxy.upstream.received.length};`)));
	proxy.records.length = 0;
});

const records = () => proxy.records.filter(({ kind }) => kind === 'request');

async function refused(bytes: string, reason: string, slowly = false): Promise<void> {
	expect(await converse(proxy.port, bytes, slowly)).toBe('');
	await until(() => records().length > 0);
	expect(records()).toMatchObject([{ denied: true, status: 0, protocol: 'TLS', reason }]);
	expect(proxy.upstream.connections).toBe(0);
}

describe('a TLS connection', () => {
	it.each([
		'api.example.com',
		'API.Example.Com',
		'upper.example.com',
		'a.one.example.com',
		'a.any.example.com',
		'a.b.any.example.com',
	])('that asks for %s goes on as it came, both ways', async (name) => {
		const client = new Client(proxy.port);
		const hello = helloFor(name);
		client.send(`${hello}early data`);
		await client.got(`${hello.length + 10};`);
		client.send('\0\x17binary');
		await until(() => proxy.upstream.received === `${hello}early data\0\x17binary`);
		client.socket.end();
		await client.end();
		expect(records()).toMatchObject([
			{ denied: false, protocol: 'TLS', url: name.toLowerCase(), method: '', reason: '' },
		]);
	});

	it.each([
		'example.com',
		'xapi.example.com',
		'api.example.com.evil.test',
		'one.example.com',
		'a.b.one.example.com',
		'xone.example.com',
		'any.example.com',
		'.any.example.com',
	])('that asks for %s is reset', (name) => refused(helloFor(name), 'no rule allows the server name'));

	it('is understood in pieces: a record a byte, a segment a byte', async () => {
		for (const slowly of [true, false]) {
			const client = new Client(proxy.port);
			const hello = helloFor('api.example.com', 1);
			await (slowly ? client.sendSlowly(hello) : client.send(hello));
			await until(() => proxy.upstream.received.endsWith(hello));
			client.close();
			proxy.upstream.reset();
		}
	});

	const name = nameEntry('api.example.com');
	const message = (...extensions: Uint8Array[]) => helloMessage({ extensions });
	const named = message(serverNameExtension(name));
	const longer = (bytes: Uint8Array, at: number) => bytes.map((byte, i) => (i === at ? byte + 1 : byte));

	it.each([
		['names none', inRecords(message()), 'TLS without a server name'],
		['has no extensions', inRecords(helloMessage({})), 'TLS without a server name'],
		['names two', inRecords(message(serverNameExtension(name, nameEntry('b.test')))), 'SNI that is not one name'],
		[
			'names itself twice',
			inRecords(message(serverNameExtension(name), serverNameExtension(name))),
			'SNI that is there twice',
		],
		['has an empty name', inRecords(message(serverNameExtension(nameEntry('')))), 'SNI that is no host name'],
		[
			'has a NUL in its name',
			inRecords(message(serverNameExtension(nameEntry('api.example.com\0.x')))),
			'SNI that is no host name',
		],
		[
			'has a name of another kind',
			inRecords(message(serverNameExtension(nameEntry('api.example.com', 1)))),
			'SNI that is no host name',
		],
		['has an empty SNI', inRecords(message(extension(0, new Uint8Array()))), 'SNI whose lengths do not add up'],
		[
			'has more in its SNI than a list',
			inRecords(message(extension(0, Uint8Array.of(0, 0, 0)))),
			'SNI whose lengths do not add up',
		],
		[
			'has a name longer than its list',
			inRecords(message(extension(0, Uint8Array.of(0, 4, 0, 0, 9, 97)))),
			'SNI that is not one name',
		],
		[
			'has more behind its extensions',
			inRecords(helloMessage({ extensions: [], behind: Uint8Array.of(0) })),
			'a ClientHello whose lengths do not add up',
		],
		[
			'has half a cipher',
			inRecords(helloMessage({ ciphers: Uint8Array.of(1), extensions: [] })),
			'a ClientHello whose lengths do not add up',
		],
		[
			'has a session that is longer than all',
			inRecords(longer(named, 38).fill(255, 38, 39)),
			'a ClientHello whose lengths do not add up',
		],
		['is followed in its record', inRecords(Uint8Array.of(...named, 1)), 'a ClientHello with more behind it'],
		[
			'is another message',
			inRecords(Uint8Array.of(2, ...named.subarray(1))),
			'a TLS handshake that begins with no ClientHello',
		],
		['is of another version', inRecords(named).replace('\x03', '\x02'), 'a TLS record of an unknown version'],
		['has an empty record', '\x16\x03\x01\0\0', 'a TLS record of a length that none has'],
		['has a record that is too long', '\x16\x03\x01\x40\x01', 'a TLS record of a length that none has'],
		['goes on as something else', `${inRecords(named.subarray(0, 20))}\x17\x03\x01\0\x01x`, 'not a TLS handshake'],
		[
			'is longer than a head may be',
			inRecords(message(extension(21, new Uint8Array(30_000)))),
			'a ClientHello that is too long',
		],
		['is SSLv2', '\x80\x2e\x01\x03\x01', 'not TLS'],
		['is HTTP', request('/'), 'not TLS'],
	])('that %s is reset', (_, bytes, reason) => refused(bytes, reason));

	it('whose ClientHello does not come is reset', () =>
		refused(helloFor('api.example.com').slice(0, 50), 'a ClientHello that comes too slowly'));

	it('ends with the rule that let it in, and with no other', async () => {
		const client = new Client(proxy.port);
		client.send(helloFor('api.example.com'));
		await until(() => proxy.upstream.connections === 1 && client.text !== '');
		await proxy.reload({ rules: [{ path: '/' }], serverNames: ['api.example.com'] });
		client.send('more');
		await until(() => proxy.upstream.received.endsWith('more'));
		await proxy.reload({ rules: [], serverNames: ['b.example.com'] });
		await until(() => client.ended === 'reset');
	});

	it('and HTTP on the same port are each judged by their own rules', async () => {
		await proxy.reload({ rules: [{ path: '/public' }], serverNames: ['api.example.com'] });
		proxy.upstream.reset();
		expect(await converse(proxy.port, request('/public', 'Connection: close'))).toContain('200 OK');
		expect(await converse(proxy.port, request('/secret', 'Connection: close'))).toContain('403');
		expect(await converse(proxy.port, helloFor('b.test'))).toBe('');
		await proxy.reload({ rules: [{ path: '/public' }] });
		expect(await converse(proxy.port, helloFor('api.example.com'))).toContain('400');
	});
});
