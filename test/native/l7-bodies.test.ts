import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { Client, Proxy, closing, last, ok, request, statuses } from './support/l7.js';

const proxy = new Proxy();
beforeAll(() => proxy.start({ rules: [{ path: '/public.*' }] }, 2));
afterAll(async () => expect(await proxy.close()).toBe(0));
beforeEach(() => proxy.upstream.reset());

const sizes = [1, 16_383, 16_384, 16_385, 65_535, 65_536, 65_537, 300_000, 5_000_000];
/** No two parts alike: what is lost, doubled or moved shows. */
const bodyOf = (size: number) => {
	let text = '';
	for (let i = 0; text.length < size; i++) text += `${i.toString(36)}\n`;
	return text.slice(0, size);
};
const digest = (text: string) => createHash('sha256').update(text, 'latin1').digest('hex');

const chunksOf = (body: string, size: number) => {
	let text = '';
	for (let at = 0; at < body.length; at += size) {
		const part = body.slice(at, at + size);
		text += `${part.length.toString(16)}\r\n${part}\r\n`;
	}
	return `${text}0\r\nX-Sum: 1\r\n\r\n`;
};

const framings: Readonly<Record<string, (body: string) => string>> = {
	'a length': (body) => `Content-Length: ${body.length}\r\n\r\n${body}`,
	'large chunks': (body) => `Transfer-Encoding: chunked\r\n\r\n${chunksOf(body, 200_000)}`,
	'small chunks': (body) => `Transfer-Encoding: chunked\r\n\r\n${chunksOf(body, 1000)}`,
};
const matrix = Object.keys(framings).flatMap((framing) => sizes.map((size) => [framing, size] as const));
const framed = (framing: string, size: number) => (framings[framing] as (body: string) => string)(bodyOf(size));

async function finished(client: Client): Promise<string> {
	await expect.poll(() => client.ended, { timeout: 20_000 }).toBe('end');
	return client.text;
}

describe('a body', () => {
	it.each(matrix)('of a response, by %s, %i bytes', async (framing, size) => {
		const answer = `HTTP/1.1 200 OK\r\n${framed(framing, size)}`;
		proxy.upstream.reset((socket) => socket.on('data', () => socket.write(answer, 'latin1')));
		const client = new Client(proxy.port);
		client.send(request('/public') + last);
		expect(digest(await finished(client))).toBe(digest(answer + closing(answer)));
	});

	it.each(matrix)('of a request, by %s, %i bytes', async (framing, size) => {
		const bytes = `POST /public HTTP/1.1\r\nHost: a\r\n${framed(framing, size)}`;
		let answered = 0;
		proxy.upstream.reset((socket) =>
			socket.on('data', () => {
				for (; answered < Math.floor(proxy.upstream.received.length / bytes.length); answered++) socket.write(ok());
			}),
		);
		const client = new Client(proxy.port);
		client.send(bytes + bytes + request('/secret', 'Connection: close'));
		expect(statuses(await finished(client))).toEqual([200, 200, 403]);
		expect(digest(proxy.upstream.received)).toBe(digest(bytes + bytes));
	});

	it('until the end of the connection', async () => {
		const answer = `HTTP/1.1 200 OK\r\n\r\n${bodyOf(5_000_000)}`;
		proxy.upstream.reset((socket) => socket.once('data', () => socket.end(answer, 'latin1')));
		const client = new Client(proxy.port);
		client.send(request('/public'));
		expect(digest(await finished(client))).toBe(digest(answer));
	});

	it('waits for a client that does not read: the server is held back, and nothing is lost', async () => {
		const answer = `HTTP/1.1 200 OK\r\n${framed('small chunks', 20_000_000)}`;
		let written: Socket | undefined;
		proxy.upstream.reset((socket) => socket.once('data', () => ((written = socket), socket.end(answer, 'latin1'))));
		const client = new Client(proxy.port);
		client.socket.pause();
		client.send(request('/public', 'Connection: close'));
		await new Promise((resolve) => setTimeout(resolve, 500));
		expect(written?.writableLength).toBeGreaterThan(0);
		client.socket.resume();
		expect(digest(await finished(client))).toBe(digest(closing(answer)));
	});

	it('of many at once, on two threads', async () => {
		const answer = `HTTP/1.1 200 OK\r\n${framed('a length', 300_000)}`;
		proxy.upstream.reset((socket) => socket.on('data', () => socket.write(answer, 'latin1')));
		const clients = Array.from({ length: 50 }, () => new Client(proxy.port));
		for (const client of clients) client.send(request('/public') + request('/secret') + last);
		const texts = await Promise.all(clients.map(finished));
		for (const text of texts) expect(statuses(text)).toEqual([200, 403, 200]);
		expect(new Set(texts.map(digest)).size).toBe(1);
	});
});
