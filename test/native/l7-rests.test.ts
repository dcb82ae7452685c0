import type { Socket } from 'node:net';

import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';

import { Client, Proxy, closing, last, ok, request, statuses } from './support/l7.js';

const proxy = new Proxy({ quiet: true });
beforeAll(() => proxy.start({ rules: [{ path: '/public' }] }, 2));
afterAll(async () => expect(await proxy.close()).toBe(0));
beforeEach(() => proxy.upstream.reset());

/** Some end while the receiver takes no more, with their last part read and not yet written. */
const lengths = Array.from({ length: 40 }, (_, i) => 65_536 + i * 131_072);
const REST_MS = 300;

const finished = (client: Client) => expect.poll(() => client.ended, { timeout: 10_000 }).toBe('end');

/** Takes nothing for a while. */
function rest(socket: Socket): void {
	socket.pause();
	setTimeout(() => socket.resume(), REST_MS);
}

it('a body of any length comes whole to a client that rests', async () => {
	proxy.upstream.reset((socket) => {
		socket.on('data', (bytes) => {
			const length = Number(/X-Length: (\d+)/.exec(bytes.toString('latin1'))?.[1] ?? 2);
			socket.write(ok('x'.repeat(length)));
		});
	});
	const clients = lengths.map((length) => {
		const client = new Client(proxy.port);
		client.send(request('/public', `X-Length: ${length}`) + last);
		rest(client.socket);
		return { client, length };
	});
	for (const { client, length } of clients) {
		await finished(client);
		expect(statuses(client.text), String(length)).toEqual([200, 200]);
		expect(client.text.length).toBe(ok('x'.repeat(length)).length + closing(ok()).length);
	}
});

it('a body of any length comes whole to a server that rests', async () => {
	proxy.upstream.reset((socket) => {
		let left: number | undefined;
		rest(socket);
		socket.on('data', (bytes) => {
			const head = left === undefined ? /^(.*?Content-Length: (\d+).*?\r\n\r\n)/s.exec(bytes.toString('latin1')) : null;
			left ??= Number(head?.[2]) + Number(head?.[1]?.length);
			left -= bytes.length;
			if (left === 0) socket.write('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok');
		});
	});
	const clients = lengths.map((length) => {
		const client = new Client(proxy.port);
		client.send(`POST /public HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n${'x'.repeat(length)}`);
		return { client, length };
	});
	for (const { client, length } of clients) {
		await finished(client);
		expect(statuses(client.text), String(length)).toEqual([200]);
	}
});
