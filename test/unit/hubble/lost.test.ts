import { once } from 'node:events';
import http2 from 'node:http2';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { flow } from './fake-source.js';
import { flows, ports, serving } from './serving.js';

const GET_FLOWS = 'observer.Observer/GetFlows';

/** A client that goes without a word, once it got a flow: its connection. */
async function followRaw(address: string): Promise<Socket> {
	const socket = connect(address.replace('unix://', ''));
	const session = http2.connect('http://localhost', { createConnection: () => socket });
	session.on('error', () => undefined);
	const stream = session.request({
		':method': 'POST',
		':path': `/${GET_FLOWS}`,
		'content-type': 'application/grpc',
		te: 'trailers',
	});
	stream.on('error', () => undefined);
	// number 1, follow
	stream.end(Uint8Array.of(0, 0, 0, 0, 4, 0x08, 1, 0x18, 1));
	await new Promise((resolve) => stream.once('data', resolve));
	return socket;
}

describe('flows that are lost', () => {
	it(
		'before this process are told to who follows, and to who asks later',
		serving(flows(1), async ({ client, source }) => {
			const stream = client.open(GET_FLOWS, { follow: true, number: 1, whitelist: [{ verdict: ['DROPPED'] }] });
			await client.one('observer.Observer/ServerStatus');
			source.lose(7);
			const [answer] = await stream.count(1);
			expect(answer.lost_events).toMatchObject({ source: 'PERF_EVENT_RING_BUFFER', num_events_lost: 7 });
			expect(answer.node_name).toBe('node-1');
			stream.call.cancel();
			expect((await client.all(GET_FLOWS)).map((told) => told.lost_events?.num_events_lost ?? 0)).toEqual([0, 7]);
		}),
	);

	it(
		'by a client that stalls are counted for it alone: it gets the newest, and every flow is told or counted',
		serving(
			[],
			async ({ client, connect, source, seen }) => {
				const stalled = connect().open(GET_FLOWS, { follow: true });
				const quick = client.open(GET_FLOWS, { follow: true });
				await Promise.all([quick, stalled].map(({ call }) => new Promise((resolve) => call.once('metadata', resolve))));
				stalled.call.pause();
				const total = 20_000;
				for (let i = 0; i < total; i += 50) {
					source.push(...flows(50, i));
					await quick.count(i + 50);
				}
				await seen(total);
				stalled.call.resume();
				while (ports(stalled.answers).at(-1) !== (total - 1) % 20_000) {
					await stalled.count(stalled.answers.length + 1);
				}
				const lost = stalled.answers.reduce((sum, { lost_events: event }) => sum + (event?.num_events_lost ?? 0), 0);
				const told = stalled.answers.filter((answer) => answer.flow !== undefined).length;
				expect(lost).toBeGreaterThan(1000);
				expect(told + lost).toBe(total);
				expect(stalled.answers.find((answer) => answer.lost_events)?.lost_events.source).toBe('HUBBLE_RING_BUFFER');
				expect(quick.answers).toHaveLength(total);
				stalled.call.cancel();
				quick.call.cancel();
			},
			{ clientQueue: 64 },
		),
	);
});

describe('many clients', () => {
	it(
		'are served at once, each on its own connection',
		serving(flows(10), async ({ connect, source, client }) => {
			const streams = Array.from({ length: 100 }, (_, i) =>
				connect().open(GET_FLOWS, { follow: true, number: 2, blacklist: [{ source_port: [String(40_100 + i)] }] }),
			);
			await Promise.all(streams.map((stream) => stream.count(2)));
			source.push(...flows(100, 100));
			await Promise.all(streams.map((stream) => stream.count(101)));
			streams.forEach(({ answers }, i) => {
				const wanted = Array.from({ length: 100 }, (_, n) => 100 + n).filter((port) => port !== 100 + i);
				expect(ports(answers)).toEqual([8, 9, ...wanted]);
			});
			streams.forEach(({ call }) => call.cancel());
			await client.one('observer.Observer/ServerStatus');
		}),
	);

	it(
		'that talk something else are cut off, and the others served',
		serving(flows(1), async ({ address, client }) => {
			const path = address.replace('unix://', '');
			for (const words of ['GET / HTTP/1.1\r\n\r\n', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' + '\xff'.repeat(4096), '\0']) {
				const socket = connect(path);
				const over = once(socket, 'close');
				socket.on('error', () => undefined).resume();
				socket.end(words, 'latin1');
				await over;
			}
			expect(await client.all(GET_FLOWS)).toHaveLength(1);
		}),
	);

	it(
		'are refused beyond the limit, until one leaves or vanishes',
		serving(
			flows(1),
			async ({ client, address }) => {
				const first = client.open(GET_FLOWS, { follow: true, number: 1 });
				await first.count(1);
				const second = await followRaw(address);
				await expect(client.all(GET_FLOWS)).rejects.toMatchObject({ code: status.RESOURCE_EXHAUSTED });
				second.destroy();
				const again = async (): Promise<unknown[]> => client.all(GET_FLOWS).catch(() => again());
				expect(await again()).toHaveLength(1);
				first.call.cancel();
				await first.ended;
			},
			{ maxClients: 2 },
		),
	);
});

it(
	'a server that closes tells its clients, and leaves the source closed and no socket',
	serving([flow()], async ({ client, server, source }) => {
		const stream = client.open(GET_FLOWS, { follow: true, number: 1 });
		const events = client.open('observer.Observer/GetAgentEvents', { follow: true });
		await stream.count(1);
		await server.close();
		expect(await stream.ended).toMatchObject({ code: status.UNAVAILABLE, details: 'the server is closing' });
		expect(await events.ended).toBeUndefined();
		expect(source.closed).toBe(true);
		await expect(client.one('observer.Observer/ServerStatus')).rejects.toMatchObject({ code: status.UNAVAILABLE });
	}),
);
