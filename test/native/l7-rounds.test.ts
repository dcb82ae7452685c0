import { readdirSync, readlinkSync } from 'node:fs';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { Client, Proxy, answering, ok, request } from './support/l7.js';

/** More than leave in one call. */
const MANY = 150;

const paths = Array.from({ length: MANY }, (_, i) => `/public/${i}`);
const echo = answering((head) => ok(`<${head.split(' ')[1]}>`));

describe.each([
	{ way: 'in one call' },
	{ way: 'in a call each, where io_uring is forbidden', forbidden: 'setup' },
	{ way: 'in a call each, once io_uring has failed', forbidden: 'enter' },
] as const)('what many connections have to send at a time, $way', (options) => {
	const proxy = new Proxy(options);
	beforeAll(() => proxy.start({ rules: [{ path: '/public.*' }] }));
	afterAll(async () => expect(await proxy.close()).toBe(0));
	beforeEach(() => proxy.upstream.reset(echo));

	/** Each with a connection to the server already. */
	async function connected(): Promise<Client[]> {
		const clients = paths.map(() => new Client(proxy.port));
		for (const client of clients) client.send(request('/public'));
		await Promise.all(clients.map((client) => client.got('</public>')));
		return clients;
	}

	/** The proxy finds all of it at once. */
	function atOnce(send: () => void): void {
		process.kill(proxy.pid, 'SIGSTOP');
		send();
		setTimeout(() => process.kill(proxy.pid, 'SIGCONT'), 100);
	}

	it('reaches each its own', async () => {
		const clients = await connected();
		atOnce(() => clients.forEach((client, i) => client.send(request(paths[i]!) + request('/secret'))));
		await Promise.all(clients.map((client) => client.got('Access denied')));
		clients.forEach(({ text }, i) => {
			expect(text.match(/<[^>]*>|Access denied/g)).toEqual(['</public>', `<${paths[i]}>`, 'Access denied']);
		});
		clients.forEach((client) => client.close());
	});

	it('is not held up by those that have gone, or do not read', async () => {
		const clients = await connected();
		const large = 'x'.repeat(4 << 20);
		for (const socket of proxy.upstream.sockets) {
			socket.removeAllListeners('data');
			answering((head) => ok(head.includes('/large') ? large : `<${head.split(' ')[1]}>`))(socket);
		}
		atOnce(() =>
			clients.forEach((client, i) => {
				if (i % 5 === 1) client.socket.pause();
				client.send(request(i % 5 === 1 ? '/public/large' : paths[i]!));
				if (i % 5 === 2) client.socket.resetAndDestroy();
			}),
		);
		await Promise.all(
			clients.map(async (client, i) => {
				if (i % 5 === 1 || i % 5 === 2) return;
				await client.got(`<${paths[i]}>`);
			}),
		);
		const late = clients.filter((_client, i) => i % 5 === 1);
		late.forEach(({ socket }) => socket.resume());
		await Promise.all(late.map((client) => client.got(large)));
		clients.forEach((client) => client.close());
	});

	it('went the way that is meant', async () => {
		// Connections are still being closed.
		await expect.poll(async () => (await proxy.statistics())['connections']).toBe(0);
		const folder = `/proc/${proxy.pid}/fd`;
		const kinds = readdirSync(folder).map((fd) => readlinkSync(`${folder}/${fd}`));
		expect(kinds.some((kind) => kind.includes('io_uring'))).toBe(!('forbidden' in options));
	});
});
