import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { Client, Proxy, answering, closing, converse, last, ok, request, statuses, until } from './support/l7.js';

const IDLE_MS = 600;
const RULES = { rules: [{}], limits: { upstreamIdle: IDLE_MS } };
const proxy = new Proxy();
beforeAll(() => proxy.start(RULES));
afterAll(async () => expect(await proxy.close()).toBe(0));
/** A fresh server, and none of its predecessor's connections left with the proxy. */
beforeEach(async () => {
	proxy.upstream.reset();
	await proxy.reload(RULES);
});

/** One request on a connection of its own, which the client ends. */
async function visit(text = request('/'), localAddress?: string): Promise<string> {
	const client = new Client(proxy.port, localAddress);
	client.send(text);
	await until(() => client.text.endsWith('ok') || client.ended !== undefined);
	client.socket.end();
	await client.end();
	return client.text;
}

const expectConnections = (count: number) => expect(proxy.upstream.connections).toBe(count);
const post = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi';
const keep = (answer: string) => answering(() => answer);

describe('a connection to a server whose client has gone', () => {
	it('serves the next of the same client, and of no other', async () => {
		for (let i = 0; i < 5; i++) expect(statuses(await visit())).toEqual([200]);
		expectConnections(1);
		expect(statuses(await visit(request('/'), '127.0.0.2'))).toEqual([200]);
		expectConnections(2);
		await visit();
		expectConnections(2);
	});

	it('is left as well by a client that resets', async () => {
		for (let i = 0; i < 3; i++) {
			const client = new Client(proxy.port);
			client.send(request('/'));
			await client.got('ok');
			client.socket.resetAndDestroy();
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
		expectConnections(1);
	});

	it('is taken over by what can be asked again, and by nothing else', async () => {
		await visit(post);
		await visit(request('/').replace('GET', 'HEAD'));
		expectConnections(1);
		await visit(post);
		expectConnections(2);
		await visit('GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi');
		expectConnections(3);
	});

	it('is closed after a while', async () => {
		await visit();
		await until(() => proxy.upstream.sockets.size === 0, IDLE_MS + 2000);
		await visit();
		expectConnections(2);
	});

	it('is closed when policy changes', async () => {
		await visit();
		await proxy.reload(RULES);
		await until(() => proxy.upstream.sockets.size === 0, IDLE_MS / 2);
	});

	it.each(['NTLM TlRM', 'Negotiate YII', 'negotiate YII'])(
		'is nobody else’s where it was authorized: %s',
		async (value) => {
			await visit(request('/', `Authorization: ${value}`));
			await visit();
			expectConnections(2);
			await visit(request('/', 'Authorization: Bearer x'));
			expectConnections(2);
		},
	);

	it('is not taken over where the server ended it, or will', async () => {
		proxy.upstream.reset(keep('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok'));
		expect(statuses(await visit())).toEqual([200]);
		expect(statuses(await visit())).toEqual([200]);
		expectConnections(2);
		proxy.upstream.reset((socket) => {
			answering(() => ok())(socket);
			socket.on('data', () => setTimeout(() => socket.end(), 20));
		});
		for (let i = 0; i < 3; i++) {
			expect(statuses(await visit())).toEqual([200]);
			await new Promise((resolve) => setTimeout(resolve, 60));
		}
		expectConnections(3);
	});

	it('is not taken over where the server says more than it was asked for', async () => {
		proxy.upstream.reset((socket) => {
			answering(() => ok())(socket);
			socket.on('data', () => setTimeout(() => socket.write(ok('poison')), 20));
		});
		expect(await visit()).toBe(ok());
		await new Promise((resolve) => setTimeout(resolve, 60));
		expect(await visit()).toBe(ok());
		expectConnections(2);
	});

	it.each(['end', 'resetAndDestroy'] as const)(
		'that ends with the request on it is replaced by another: %s',
		async (end) => {
			let refused = 0;
			proxy.upstream.reset((socket) => {
				let asked = 0;
				const answer = answering(() => (asked++ === 0 ? ok() : ''));
				answer(socket);
				socket.on('data', () => {
					if (asked < 2) return;
					refused++;
					socket[end]();
				});
			});
			for (let i = 0; i < 4; i++) expect(statuses(await visit()), `visit ${i}`).toEqual([200]);
			expect(refused).toBe(3);
			expectConnections(4);
		},
	);

	it('whose answer breaks off is not asked again', async () => {
		proxy.upstream.reset((socket) => {
			let asked = 0;
			answering(() => (asked++ === 0 ? ok() : 'HTTP/1.1 200 OK\r\nContent-Le'))(socket);
			socket.on('data', () => asked > 1 && socket.end());
		});
		await visit();
		expect(statuses(await visit())).toEqual([502]);
		expectConnections(1);
	});
});

describe('a client that ends its connection with a request', () => {
	const head = (method: string, ...headers: string[]) =>
		request('/', 'Connection: close', ...headers).replace('GET', method);

	it('does not end the one to the server, and learns of its end', async () => {
		for (let i = 0; i < 3; i++) expect(await converse(proxy.port, last)).toBe(closing(ok()));
		expectConnections(1);
		expect(proxy.upstream.received).not.toMatch(/connection:/i);
	});

	it.each([
		[
			'that the server keeps',
			'Connection: Keep-Alive\r\nKeep-Alive: timeout=5\r\nX: y\r\n',
			'X: y\r\nConnection: close\r\n',
		],
		['that the server ends', 'Connection: close\r\nX: y\r\n', 'Connection: close\r\nX: y\r\n'],
	])('learns of it once: %s', async (_name, answered, expected) => {
		proxy.upstream.reset(keep(`HTTP/1.1 204 No Content\r\n${answered}\r\n`));
		expect(await converse(proxy.port, last)).toBe(`HTTP/1.1 204 No Content\r\n${expected}\r\n`);
	});

	it.each([
		['a method that changes something', head('POST')],
		['a body', `${head('GET', 'Content-Length: 2')}hi`],
		['an authorized connection', head('GET', 'Authorization: Negotiate YII')],
	])('ends it as well, and says so: %s', async (_name, text) => {
		expect(statuses(await converse(proxy.port, text))).toEqual([200]);
		expect(proxy.upstream.received).toContain('Connection: close\r\n');
		await until(() => proxy.upstream.sockets.size === 0, IDLE_MS / 2);
	});

	it('ends it where the server said more than it was asked for', async () => {
		proxy.upstream.reset(keep(ok() + ok('poison')));
		for (let i = 0; i < 2; i++) expect(await converse(proxy.port, last)).toBe(closing(ok()));
		expectConnections(2);
	});
});

it('without `upstreamIdle` it ends with its client', async () => {
	const other = new Proxy();
	await other.start({ rules: [{}], limits: { upstreamIdle: 0 } });
	const client = new Client(other.port);
	client.send(request('/'));
	await client.got('ok');
	client.close();
	await until(() => other.upstream.sockets.size === 0);
	expect(await other.close()).toBe(0);
});
