import type { Socket } from 'node:net';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { Client, Proxy, answering, converse, ok, request, statuses, until } from './support/l7.js';

const proxy = new Proxy();
const rules = [
	{ method: 'GET', path: '/public' },
	{ method: 'CONNECT', path: 'a:80' },
];
beforeAll(() => proxy.start({ rules }));
afterAll(async () => expect(await proxy.close()).toBe(0));
beforeEach(() => proxy.upstream.reset());

const upgrade = request('/public', 'Connection: Upgrade', 'Upgrade: websocket');
const switching = 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n';
const connect = 'CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n';

/** Answers the first head, then repeats what it gets. */
const echoing = (answer: string) => (socket: Socket) => {
	socket.once('data', (data) => {
		const text = data.toString('latin1');
		socket.write(answer + text.slice(text.indexOf('\r\n\r\n') + 4), 'latin1');
		socket.on('data', (more) => socket.write(more));
	});
};

describe.each([
	['an upgrade', upgrade, switching],
	['CONNECT', connect, 'HTTP/1.1 200 Connection established\r\n\r\n'],
])('%s', (_name, ask, answer) => {
	it('that the server takes is a tunnel, both ways and to both ends', async () => {
		proxy.upstream.reset(echoing(answer));
		const client = new Client(proxy.port);
		client.send(`${ask}early`);
		await client.got('early');
		const large = 'GET /secret HTTP/1.1\r\n\r\n'.repeat(20_000);
		client.socket.end(large, 'latin1');
		await client.end();
		expect(client.text).toBe(`${answer}early${large}`);
		expect(client.ended).toBe('end');
	});

	it('waits: what is behind it leaves only when the tunnel is there', async () => {
		proxy.upstream.reset(answering(() => ''));
		const client = new Client(proxy.port);
		client.send(`${ask}${request('/secret')}`);
		await until(() => proxy.upstream.received.includes('\r\n\r\n'));
		await new Promise((resolve) => setTimeout(resolve, 50));
		expect(proxy.upstream.received).not.toContain('/secret');
		client.close();
	});

	it('that the server does not take is a request like others: what is behind it is judged', async () => {
		proxy.upstream.reset(answering(() => ok('no').replace('200 OK', '400 Bad Request')));
		const text = await converse(proxy.port, `${ask}${request('/secret')}${request('/public', 'Connection: close')}`);
		expect(statuses(text)).toEqual([400, 403, 400]);
		expect(proxy.upstream.received).not.toContain('/secret');
	});

	it('that no rule allows is denied', async () => {
		await proxy.reload({ rules: [{ method: 'POST' }] });
		expect(statuses(await converse(proxy.port, ask + request('/public', 'Connection: close')))[0]).toBe(403);
		expect(proxy.upstream.received).toBe('');
		await proxy.reload({ rules });
	});

	it('is reset when the rules that let it in are gone', async () => {
		proxy.upstream.reset(echoing(answer));
		const client = new Client(proxy.port);
		client.send(`${ask}early`);
		await client.got('early');
		await proxy.reload({ rules });
		await client.end();
		expect(client.ended).toBe('reset');
	});
});

describe('a tunnel', () => {
	it('is not opened by a rule that names no method', async () => {
		await proxy.reload({ rules: [{}] });
		expect(statuses(await converse(proxy.port, connect))).toEqual([403]);
		expect(proxy.upstream.received).toBe('');
		await proxy.reload({ rules });
	});

	it('to HTTP/2 is never asked for: the request is one of HTTP/1.1', async () => {
		const ask = request(
			'/public',
			'Connection: Upgrade, HTTP2-Settings, close',
			'Upgrade: h2c',
			'HTTP2-Settings: AAMAAABk',
		);
		expect(statuses(await converse(proxy.port, ask))).toEqual([200]);
		expect(proxy.upstream.received).not.toMatch(/upgrade|h2c|settings/i);
	});

	it('needs Connection to name it', async () => {
		proxy.upstream.reset(echoing(switching));
		expect(statuses(await converse(proxy.port, request('/public', 'Upgrade: websocket')))).toEqual([502]);
		expect(proxy.upstream.received).not.toContain('websocket');
	});
});
