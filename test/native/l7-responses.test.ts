/** What servers answer: forwarded byte for byte where it can be read in one way only, 502 or a cut otherwise. */

import type { Socket } from 'node:net';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { Client, Proxy, answering, closing, converse, last, ok, request, statuses } from './support/l7.js';

const proxy = new Proxy();
beforeAll(() => proxy.start({ rules: [{ path: '/public.*' }, { method: 'CONNECT' }] }));
afterAll(async () => expect(await proxy.close()).toBe(0));
beforeEach(() => proxy.upstream.reset());

/** The same answer to each request. */
const always = (answer: string) => answering(() => answer);
/** It, and the connection's end. */
const once = (answer: string) => answering((_head, socket) => (socket.end(answer, 'latin1'), ''));
const ask = request('/public');

const forwarded: Readonly<Record<string, string>> = {
	'a length': ok('hello'),
	'no body': 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
	'no reason': 'HTTP/1.1 200\r\nContent-Length: 1\r\n\r\na',
	chunks: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;a="b"\r\n world\r\n0\r\n\r\n',
	trailers: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 1\r\nY: 2\r\n\r\n',
	'no content': 'HTTP/1.1 204 No Content\r\n\r\n',
	'not modified, with a length': 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n',
	'odd but clear headers':
		'HTTP/1.1 200 OK\r\nx:y\r\nServer:  a\t\r\nX-\xe9: \xe9\r\n'.replace('X-\xe9', 'X') + 'Content-Length: 1\r\n\r\na',
	'interim responses': `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n${ok()}`,
};

describe('a response', () => {
	it.each(Object.entries(forwarded))('%s: forwarded as it is, the connection kept', async (_name, answer) => {
		proxy.upstream.reset(always(answer));
		expect(await converse(proxy.port, ask + last)).toBe(answer + closing(answer));
		expect(proxy.upstream.connections).toBe(1);
	});

	it.each([
		'HTTP/1.1 200 OK\r\n\r\nhello',
		'HTTP/1.0 200 OK\r\n\r\nhello',
		'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello',
	])('until the end of the connection: %j', async (answer) => {
		proxy.upstream.reset(once(answer));
		expect(await converse(proxy.port, ask + last)).toBe(answer);
	});

	it('in segments of one byte', async () => {
		const answer = forwarded['trailers'] as string;
		proxy.upstream.reset(
			answering((_head, socket) => {
				socket.setNoDelay(true);
				void (async () => {
					for (const byte of answer) await new Promise((resolve) => socket.write(byte, () => setImmediate(resolve)));
				})();
				return '';
			}),
		);
		expect(await converse(proxy.port, ask + last)).toBe(answer + closing(answer));
	});

	it('to HEAD has no body, whatever its length says', async () => {
		proxy.upstream.reset(always('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n'));
		const head = 'HEAD /public HTTP/1.1\r\nHost: a\r\n';
		expect(statuses(await converse(proxy.port, `${head}\r\n${head}Connection: close\r\n\r\n`))).toEqual([200, 200]);
	});

	it('100 is waited for, and the body sent on', async () => {
		proxy.upstream.reset((socket) =>
			socket.on('data', (data) => {
				if (data.includes('Expect')) socket.write('HTTP/1.1 100 Continue\r\n\r\n');
				if (data.includes('hello')) socket.write(ok());
			}),
		);
		const client = new Client(proxy.port);
		client.send('POST /public HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n');
		await client.got('100 Continue\r\n\r\n');
		client.send(`hello${request('/secret', 'Connection: close')}`);
		await client.end();
		expect(statuses(client.text)).toEqual([100, 200, 403]);
	});

	it('before the end of its request: delivered, the body goes on', async () => {
		proxy.upstream.reset((socket) => socket.once('data', () => socket.write(ok('early'))));
		const client = new Client(proxy.port);
		client.send('POST /public HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc');
		await client.got('early');
		client.send(`def${request('/secret', 'Connection: close')}`);
		await client.end();
		expect(statuses(client.text)).toEqual([200, 403]);
		await expect.poll(() => proxy.upstream.received).toContain('abcdef');
	});

	it('before the end of its request, and the end: delivered whole', async () => {
		proxy.upstream.reset((socket) =>
			socket.once('data', () =>
				socket.end('HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbig'),
			),
		);
		const client = new Client(proxy.port);
		client.send(`POST /public HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\n${'a'.repeat(2_000_000)}`);
		await client.end();
		expect(client.text).toContain('big');
		expect(client.ended).toBe('end');
	});
});

const broken: Readonly<Record<string, string>> = {
	'a length and chunks': 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
	'two lengths': 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!',
	'a length that is none': 'HTTP/1.1 200 OK\r\nContent-Length: a\r\n\r\n',
	'another coding': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
	'chunks in HTTP/1.0': 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
	'a folded header': 'HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 0\r\n\r\n',
	'a bare LF': 'HTTP/1.1 200 OK\nContent-Length: 0\n\n',
	'a bare CR': 'HTTP/1.1 200 OK\r\nX: a\rSet-Cookie: b\r\nContent-Length: 0\r\n\r\n',
	'a NUL': 'HTTP/1.1 200 OK\r\nX: a\0\r\nContent-Length: 0\r\n\r\n',
	'a space before a colon': 'HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n',
	'no colon': 'HTTP/1.1 200 OK\r\nX\r\nContent-Length: 0\r\n\r\n',
	'a status of two digits': 'HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n',
	'a status of four digits': 'HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n',
	'a status that is none': 'HTTP/1.1 abc OK\r\nContent-Length: 0\r\n\r\n',
	'another version': 'HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n',
	'what is not HTTP': 'SSH-2.0-OpenSSH\r\n',
	'a head that is too long': `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(70_000)}\r\nContent-Length: 0\r\n\r\n`,
	'101 that nobody asked for': 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n',
	'interim responses without end': 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(20),
	'a chunk size that is none': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n',
};

describe('a response that can be read in two ways', () => {
	it.each(Object.entries(broken))('%s: 502', async (_name, answer) => {
		proxy.upstream.reset(always(answer));
		const text = await converse(proxy.port, ask + last);
		expect(statuses(text).filter((status) => status >= 200)).toEqual([502].filter(() => !text.includes(' 102 ')));
		expect(text).not.toMatch(/Set-Cookie|SSH|h2c/);
		expect(proxy.upstream.received).not.toContain('Connection: close');
	});

	it('a second one behind the first answers nobody', async () => {
		const split = `${ok('first')}HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison`;
		proxy.upstream.reset(always(split));
		const text = await converse(proxy.port, ask + last);
		expect(text).toBe(ok('first'));
		expect(proxy.upstream.received).not.toContain('Connection: close');
	});

	it('a second one a little later ends the connection', async () => {
		let later = (_socket: Socket) => {};
		proxy.upstream.reset(
			answering((_head, socket) => ((later = () => socket.write(ok('poison'))), later.name ? ok('first') : '')),
		);
		const client = new Client(proxy.port);
		client.send(ask);
		await client.got('first');
		for (const socket of proxy.upstream.sockets) later(socket);
		await client.end();
		expect(client.text).not.toContain('poison');
	});

	it.each([
		['of a length', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello'],
		['in chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nhello'],
	])('a body %s that is cut short is cut for the client: a reset, no clean end', async (_name, answer) => {
		// Node takes data and a reset in one event for an end.
		proxy.upstream.reset(answering((_head, socket) => (setTimeout(() => socket.end(), 50), answer)));
		const client = new Client(proxy.port);
		client.send(ask);
		await client.end();
		expect(client.ended).toBe('reset');
	});

	it('reset in the middle of a body until the end: a reset', async () => {
		proxy.upstream.reset(
			answering((_head, socket) => (setTimeout(() => socket.resetAndDestroy(), 50), 'HTTP/1.1 200 OK\r\n\r\nhel')),
		);
		const client = new Client(proxy.port);
		client.send(ask);
		await client.end();
		expect(client.ended).toBe('reset');
	});

	it('a broken chunk behind a head that has left: a reset', async () => {
		proxy.upstream.reset(
			answering((_head, socket) => {
				setTimeout(() => socket.write('zz\r\nevil\r\n0\r\n\r\n'), 50);
				return 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n';
			}),
		);
		const client = new Client(proxy.port);
		client.send(ask);
		await client.end();
		expect(client.ended).toBe('reset');
		expect(client.text).not.toContain('evil');
	});
});

describe('a server', () => {
	it.each([
		['that ends without an answer', (socket: Socket) => socket.once('data', () => socket.end())],
		['that resets', (socket: Socket) => socket.once('data', () => socket.resetAndDestroy())],
		['that ends inside a head', (socket: Socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nX: '))],
	])('%s: 502', async (_name, serve) => {
		proxy.upstream.reset((socket) => void serve(socket));
		expect(statuses(await converse(proxy.port, ask + last))).toEqual([502]);
	});

	it('that is not there: 503', async () => {
		const lonely = new Proxy();
		await lonely.start({ rules: [{}] });
		await lonely.upstream.close();
		expect(statuses(await converse(lonely.port, ask + last))).toEqual([503]);
		lonely.upstream.close = () => Promise.resolve();
		expect(await lonely.close()).toBe(0);
	});
});
