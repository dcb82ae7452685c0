import type { Socket } from 'node:net';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { Client, Proxy, answering, converse, last, ok, request, statuses } from './support/l7.js';

const proxy = new Proxy();
beforeAll(() => proxy.start({ rules: [{ method: 'GET|POST|HEAD|OPTIONS', path: '/public.*|\\*' }] }));
afterAll(async () => expect(await proxy.close()).toBe(0));
beforeEach(() => proxy.upstream.reset());

const denied = request('/secret');
const post = (body: string, path = '/public') =>
	`POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const chunked = (body: string, path = '/public') =>
	`POST ${path} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${body}`;
const requestLines = () => proxy.upstream.received.match(/(?:GET|POST) \S+ HTTP\/1\.1/g) ?? [];

describe('a denied request', () => {
	it('is answered with 403, and the connection kept', async () => {
		const client = new Client(proxy.port);
		client.send(denied);
		await client.got('Access denied');
		expect(client.text).toBe(
			'HTTP/1.1 403 Forbidden\r\ncontent-type: text/plain\r\ncontent-length: 13\r\n\r\nAccess denied',
		);
		expect(proxy.upstream.connections).toBe(0);
		client.send(last);
		await client.end();
		expect(statuses(client.text)).toEqual([403, 200]);
	});

	it('of HEAD has no body in its answer', async () => {
		const text = await converse(proxy.port, `HEAD /secret HTTP/1.1\r\nHost: a\r\n\r\n${last}`);
		expect(statuses(text)).toEqual([403, 200]);
		expect(text).not.toContain('Access denied');
	});

	it.each([
		['of a length', post(last, '/secret')],
		['in chunks', chunked(`${last.length.toString(16)}\r\n${last}\r\n0\r\nX: y\r\n\r\n`, '/secret')],
	])('with a body %s that looks like a request: nothing of it is judged', async (_name, bytes) => {
		expect(statuses(await converse(proxy.port, bytes + last))).toEqual([403, 200]);
		expect(requestLines()).toEqual(['GET /public HTTP/1.1']);
		expect(proxy.upstream.connections).toBe(1);
	});

	it('with a body that is too long ends the connection', async () => {
		const head = 'POST /secret HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n';
		expect(statuses(await converse(proxy.port, head + last))).toEqual([403]);
		expect(proxy.upstream.received).toBe('');
	});

	it('that expects 100 ends the connection: its body may come or not', async () => {
		const head = 'POST /secret HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n';
		expect(statuses(await converse(proxy.port, head + last))).toEqual([403]);
		expect(proxy.upstream.received).toBe('');
	});
});

// Every sequence of three, in one segment, in segments of one byte, and one after the other.
const kinds: Readonly<Record<string, readonly [string, number]>> = {
	allowed: [request('/public/a'), 200],
	denied: [denied, 403],
	body: [post('abc'), 200],
	chunks: [chunked('3;x=y\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n'), 200],
	deniedBody: [post('GET /public HTTP/1.1\r\n\r\n', '/secret'), 403],
	deniedChunks: [chunked('4\r\nGET \r\n0\r\n\r\n', '/secret'), 403],
};
const names = Object.keys(kinds);
const triples = names.flatMap((a) => names.flatMap((b) => names.map((c) => [a, b, c] as const)));

/** Reads bodies as they are framed in `kinds`. */
const bodyAware = () => {
	let text = '';
	return (socket: Socket) => {
		text = '';
		socket.on('data', (data) => {
			text += data.toString('latin1');
			for (;;) {
				const whole = /^[A-Z]+ (\S+) HTTP\/1\.1\r\n(?:[^\r\n]+\r\n)*\r\n/.exec(text);
				if (whole === null) return;
				const length = bodyLength(whole[0], text.slice(whole[0].length));
				if (length < 0 || text.length < whole[0].length + length) return;
				text = text.slice(whole[0].length + length);
				socket.write(ok(whole[1]));
			}
		});
	};
};
function bodyLength(head: string, rest: string): number {
	const length = /Content-Length: (\d+)/.exec(head);
	if (length !== null) return Number(length[1]);
	if (!head.includes('chunked')) return 0;
	const end = rest.indexOf('X-Sum: 1\r\n\r\n');
	return end < 0 ? -1 : end + 'X-Sum: 1\r\n\r\n'.length;
}

describe('requests one behind the other', () => {
	const expected = (triple: readonly string[]) => [...triple.map((name) => kinds[name]?.[1]), 200];
	const bytesOf = (triple: readonly string[]) => triple.map((name) => kinds[name]?.[0]).join('') + last;
	const forwarded = (triple: readonly string[]) => triple.filter((name) => kinds[name]?.[1] === 200).length + 1;

	it.each(triples)('%s, %s, %s: in one segment', async (...triple) => {
		proxy.upstream.reset(bodyAware());
		expect(statuses(await converse(proxy.port, bytesOf(triple)))).toEqual(expected(triple));
		expect(requestLines()).toHaveLength(forwarded(triple));
	});

	it('in segments of one byte', async () => {
		for (const triple of triples.filter((_, i) => i % 12 === 0)) {
			proxy.upstream.reset(bodyAware());
			expect(statuses(await converse(proxy.port, bytesOf(triple), true))).toEqual(expected(triple));
			expect(requestLines()).toHaveLength(forwarded(triple));
		}
	});

	it('a hundred deep, answers in order', async () => {
		proxy.upstream.reset(answering((head) => ok(head.split(' ')[1])));
		const paths = Array.from({ length: 100 }, (_, i) => (i % 3 === 0 ? `/secret/${i}` : `/public/${i}`));
		const text = await converse(proxy.port, paths.map((path) => request(path)).join('') + last);
		expect(statuses(text)).toEqual([...paths.map((path) => (path.startsWith('/secret') ? 403 : 200)), 200]);
		expect(text.match(/\/public\/\d+/g)).toEqual(paths.filter((path) => path.startsWith('/public')));
		expect(proxy.upstream.connections).toBe(1);
	});

	it('the second waits for the answer to the first', async () => {
		let release = () => {};
		proxy.upstream.reset(answering((_head, socket) => ((release = () => socket.write(ok())), '')));
		const client = new Client(proxy.port);
		client.send(request('/public/1') + request('/public/2'));
		await expect.poll(requestLines).toHaveLength(1);
		await new Promise((resolve) => setTimeout(resolve, 50));
		expect(requestLines()).toHaveLength(1);
		release();
		await expect.poll(requestLines).toHaveLength(2);
		client.close();
	});
});

describe('a connection', () => {
	it('of HTTP/1.0 ends with its answer, unless it is to be kept', async () => {
		expect(statuses(await converse(proxy.port, 'GET /public HTTP/1.0\r\n\r\n'))).toEqual([200]);
		const kept = 'GET /public HTTP/1.0\r\nConnection: keep-alive\r\n\r\n';
		expect(statuses(await converse(proxy.port, kept + kept + last))).toEqual([200, 200, 200]);
	});

	it('takes empty lines before a request', async () => {
		expect(statuses(await converse(proxy.port, `\r\n\r\n${request('/public')}\r\n${last}`))).toEqual([200, 200]);
	});

	it('half closed by the client gets all its answers', async () => {
		const client = new Client(proxy.port);
		client.socket.end(request('/public/1') + denied + request('/public/2'));
		await client.end();
		expect(statuses(client.text)).toEqual([200, 403, 200]);
		expect(client.ended).toBe('end');
	});

	it('half closed in a head or in a body is no request', async () => {
		for (const bytes of ['GET /public HTTP/1.1\r\nHost: a\r\n', post('abc').slice(0, -1)]) {
			proxy.upstream.reset(bodyAware());
			const client = new Client(proxy.port);
			client.socket.end(bytes);
			await client.end();
			expect(statuses(client.text)).toEqual([]);
			await expect.poll(() => proxy.upstream.sockets.size).toBe(0);
		}
	});

	it('reset by the client is reset towards the server', async () => {
		let reset = false;
		proxy.upstream.reset((socket) =>
			socket.on('error', (error) => (reset = 'code' in error && error.code === 'ECONNRESET')),
		);
		const client = new Client(proxy.port);
		client.send('POST /public HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc');
		await expect.poll(() => proxy.upstream.received).toContain('abc');
		client.socket.resetAndDestroy();
		await expect.poll(() => reset).toBe(true);
	});

	it('ended by the server while idle ends for the client', async () => {
		proxy.upstream.reset(answering((_head, socket) => (socket.end(ok()), '')));
		const client = new Client(proxy.port);
		client.send(request('/public'));
		await client.end();
		expect(statuses(client.text)).toEqual([200]);
		expect(client.ended).toBe('end');
	});

	it('is under the rules of the moment, request by request', async () => {
		const client = new Client(proxy.port);
		client.send(request('/public'));
		await client.got('200 OK');
		await proxy.reload({ rules: [{ path: '/other' }] });
		client.send(request('/public') + request('/other'));
		await expect.poll(() => statuses(client.text)).toEqual([200, 403, 200]);
		await proxy.reload({ rules: null });
		await client.end();
		expect(client.ended).toBe('reset');
		expect(statuses(await converse(proxy.port, request('/other') + last))).toEqual([403]);
		await proxy.reload({ rules: [{ method: 'GET|POST|HEAD|OPTIONS', path: '/public.*|\\*' }] });
	});

	it('is told in records: request and response, with latency', async () => {
		proxy.records.length = 0;
		await converse(proxy.port, last);
		await expect.poll(() => proxy.records.length).toBe(2);
		const [asked, answered] = proxy.records;
		expect(asked).toMatchObject({ kind: 'request', method: 'GET', url: 'http://a/public', denied: false, status: 0 });
		expect(answered).toMatchObject({ kind: 'response', method: 'GET', protocol: 'HTTP/1.1', status: 200 });
		expect(answered?.latencyNs).toBeGreaterThan(1000);
		expect(Math.abs(Number(answered?.['time']) / 1e6 - Date.now())).toBeLessThan(5000);
	});
});
