/** Pieces of attacks in any order, through the engine to a server that is as lenient as Node's can be. */

import { createServer } from 'node:http';

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { Client, Proxy, statuses } from './support/l7.js';

const proxy = new Proxy();
const seen: string[] = [];
// A parser that is not ours, told to take what it should not.
const server = createServer({ insecureHTTPParser: true, requireHostHeader: false }, (message, response) => {
	seen.push(`${message.method} ${message.url}`);
	message.resume().on('end', () => response.end('ok'));
});
server.on('clientError', (_error, socket) => socket.destroy());

beforeAll(async () => {
	await proxy.start({ rules: [{ method: 'GET|POST', path: '/public(/.*)?' }] });
	proxy.upstream.reset((socket) => server.emit('connection', socket));
});
afterAll(async () => {
	server.close();
	expect(await proxy.close()).toBe(0);
});

const smuggled = 'GET /secret HTTP/1.1\r\nHost: a\r\n\r\n';
const requestLines = [
	'GET /public HTTP/1.1\r\n',
	'POST /public HTTP/1.1\r\n',
	'POST /public/x HTTP/1.0\r\n',
	'GET /secret HTTP/1.1\r\n',
	'POST /public/../secret HTTP/1.1\r\n',
	'GET /public/%2e%2e/public HTTP/1.1\r\n',
];
const headers = [
	'Content-Length: 5\r\n',
	`Content-Length: ${smuggled.length}\r\n`,
	'Content-Length: 0\r\n',
	'Transfer-Encoding: chunked\r\n',
	'Transfer-Encoding: identity\r\n',
	'Transfer-Encoding:\x0bchunked\r\n',
	'Transfer-Encoding : chunked\r\n',
	'Connection: keep-alive\r\n',
	'Connection: Content-Length\r\n',
	'Connection: Upgrade\r\nUpgrade: websocket\r\n',
	'Expect: 100-continue\r\n',
	'X: y\r\n',
	'X: y\r\n folded\r\n',
	'X: y\nContent-Length: 5\r\n',
];
const bodies = [
	'',
	'abcde',
	smuggled,
	'5\r\nabcde\r\n0\r\n\r\n',
	'0\r\n\r\n',
	'0\r\nX: y\r\n\r\n',
	'5\nabcde\n0\n\n',
	'5;x=\r\nabcde\r\n0\r\n\r\n',
	`${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`,
	`5\r\nabcde${smuggled}`,
];
const oddities = ['\r\n', '\n', '\r', '\0', '\t', ' ', ':', '0', smuggled];

const message = fc
	.tuple(
		fc.constantFrom(...requestLines),
		fc.array(fc.constantFrom(...headers), { maxLength: 2 }),
		fc.constantFrom(...bodies),
	)
	.map(([line, more, body]) => `${line}Host: a\r\n${more.join('')}\r\n${body}`);
/** At a place anywhere, in one of four conversations. */
const oddity = fc.option(fc.tuple(fc.constantFrom(...oddities), fc.nat(400)), { freq: 1 });
const conversation = fc.tuple(fc.array(message, { minLength: 1, maxLength: 4 }), oddity).map(([messages, odd]) => {
	const bytes = messages.join('');
	return odd === null ? bytes : bytes.slice(0, odd[1]) + odd[0] + bytes.slice(odd[1]);
});
const segments = fc.tuple(conversation, fc.array(fc.nat(400), { maxLength: 3 }));

async function send(bytes: string, cuts: readonly number[]): Promise<string> {
	const client = new Client(proxy.port);
	let from = 0;
	for (const cut of [...cuts].sort((a, b) => a - b)) {
		if (cut <= from || cut >= bytes.length) continue;
		client.send(bytes.slice(from, cut));
		from = cut;
		await new Promise((resolve) => setImmediate(resolve));
	}
	client.socket.end(bytes.slice(from), 'latin1');
	await client.end();
	return client.text;
}

describe('any order of the pieces of attacks', () => {
	it('never brings a request to the server that no rule allows', async () => {
		let answered = 0;
		const holds = fc.asyncProperty(segments, async ([bytes, cuts]) => {
			seen.length = 0;
			const text = await send(bytes, cuts);
			answered += statuses(text).filter((status) => status === 200).length;
			for (const request of seen) expect(request).toMatch(/^(GET|POST) \/public(\/.*)?$/);
		});
		await fc.assert(holds, { numRuns: 1500 });
		expect(answered).toBeGreaterThan(100);
	});
});
