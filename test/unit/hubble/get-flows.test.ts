import { status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { flow, START_NS } from './fake-source.js';
import { flows, ports, serving } from './serving.js';

const GET_FLOWS = 'observer.Observer/GetFlows';
const at = (i: number) => {
	const ns = START_NS + BigInt(i) * 1_000_000n;
	return { seconds: Number(ns / 1_000_000_000n), nanos: Number(ns % 1_000_000_000n) };
};

describe('GetFlows tells of the past', () => {
	it(
		'the newest, the oldest, or all',
		serving(flows(10), async ({ client }) => {
			expect(ports(await client.all(GET_FLOWS, { number: 3 }))).toEqual([7, 8, 9]);
			expect(ports(await client.all(GET_FLOWS, { number: 3, first: true }))).toEqual([0, 1, 2]);
			expect(ports(await client.all(GET_FLOWS))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
			expect(ports(await client.all(GET_FLOWS, { number: 99 }))).toHaveLength(10);
		}),
	);

	it(
		'since and until a time, both included',
		serving(flows(10), async ({ client }) => {
			expect(ports(await client.all(GET_FLOWS, { since: at(7) }))).toEqual([7, 8, 9]);
			expect(ports(await client.all(GET_FLOWS, { until: at(2) }))).toEqual([0, 1, 2]);
			expect(ports(await client.all(GET_FLOWS, { since: at(3), until: at(5) }))).toEqual([3, 4, 5]);
			expect(ports(await client.all(GET_FLOWS, { since: at(3), number: 2 }))).toEqual([3, 4]);
			expect(ports(await client.all(GET_FLOWS, { until: at(6), number: 2 }))).toEqual([5, 6]);
		}),
	);

	it(
		'no more than it may keep, and never the ends of conversations',
		serving(
			[...flows(10), flow(10, { eventType: 'flow-end' })],
			async ({ client }) => {
				expect(ports(await client.all(GET_FLOWS))).toEqual([6, 7, 8, 9]);
				expect(await client.one('observer.Observer/ServerStatus')).toMatchObject({
					num_flows: 4,
					max_flows: 4,
					seen_flows: 10,
				});
			},
			{ maxFlows: 4 },
		),
	);

	it(
		'with filters before counting, and a blacklist that wins',
		serving(flows(10), async ({ client }) => {
			const some = ['40001', '40002', '40003', '40004'];
			expect(ports(await client.all(GET_FLOWS, { number: 2, whitelist: [{ source_port: some }] }))).toEqual([3, 4]);
			const both = {
				whitelist: [{ source_port: some }],
				blacklist: [{ source_port: ['40002'] }, { source_port: ['40003'] }],
			};
			expect(ports(await client.all(GET_FLOWS, both))).toEqual([1, 4]);
		}),
	);
});

describe('GetFlows follows', () => {
	it(
		'from now on, or after the last ones, without a gap',
		serving(flows(5), async ({ client, source }) => {
			const now = client.open(GET_FLOWS, { follow: true });
			const last = client.open(GET_FLOWS, { follow: true, number: 2 });
			await last.count(2);
			await client.one('observer.Observer/ServerStatus');
			source.push(...flows(3, 5));
			expect(ports(await last.count(5))).toEqual([3, 4, 5, 6, 7]);
			expect(ports(await now.count(3))).toEqual([5, 6, 7]);
			now.call.cancel();
			last.call.cancel();
			expect((await now.ended)?.code).toBe(status.CANCELLED);
		}),
	);

	it(
		'only what the filter lets through, until a time',
		serving(flows(1), async ({ client, source }) => {
			const stream = client.open(GET_FLOWS, {
				follow: true,
				since: at(0),
				until: at(8),
				blacklist: [{ source_port: ['40003'] }],
			});
			await stream.count(1);
			source.push(...flows(11, 2));
			expect(await stream.ended).toBeUndefined();
			expect(ports(stream.answers)).toEqual([0, 2, 4, 5, 6, 7, 8]);
		}),
	);

	it(
		'until the source ends, which is an error the client can try again after',
		serving(flows(2), async ({ client, source }) => {
			const stream = client.open(GET_FLOWS, { follow: true, number: 2 });
			await stream.count(2);
			source.fail(new Error('ring gone'));
			expect(await stream.ended).toMatchObject({ code: status.UNAVAILABLE, details: /ring gone/ });
			expect((await client.open(GET_FLOWS, { follow: true }).ended)?.code).toBe(status.UNAVAILABLE);
			expect(ports(await client.all(GET_FLOWS))).toEqual([0, 1]);
		}),
	);
});

describe('GetFlows sends', () => {
	it(
		'the fields of a mask alone, wherever the client put it',
		serving(flows(1), async ({ client }) => {
			const paths = ['source.identity', 'l4', 'l4.TCP.flags', 'destination.labels'];
			const masked = {
				source: { identity: 256 },
				l4: { TCP: { source_port: 40_000, destination_port: 80, flags: { SYN: true } } },
				destination: { labels: ['k8s:app=web', 'k8s:io.kubernetes.pod.namespace=shop', 'heddle:network=blue'] },
			};
			const [answer] = await client.all(GET_FLOWS, { field_mask: { paths } });
			expect(answer.flow).toEqual(masked);
			expect(answer).toMatchObject({ node_name: 'node-1', time: at(0) });
			const [older] = await client.all(GET_FLOWS, { experimental: { field_mask: { paths } } });
			expect(older.flow).toEqual(masked);
		}),
	);

	it(
		'the same uuid to everyone',
		serving(flows(3), async ({ client, connect }) => {
			const [mine, others] = await Promise.all([client.all(GET_FLOWS), connect().all(GET_FLOWS)]);
			const uuids = mine.map((answer) => answer.flow.uuid);
			expect(others.map((answer) => answer.flow.uuid)).toEqual(uuids);
			expect(new Set(uuids).size).toBe(3);
			expect(ports(await client.all(GET_FLOWS, { whitelist: [{ uuid: [uuids[1]] }] }))).toEqual([1]);
		}),
	);

	it.each([
		[{ first: true, follow: true }, /^first: /],
		[{ since: { seconds: 1, nanos: 2e9 } }, /^since\.nanos: found 2000000000/],
		[{ whitelist: [{}, { verdict: [99] }] }, /^whitelist\[1\]\.verdict\[0\]: found 99/],
		[{ blacklist: [{ source_ip: ['10.0.0.0/8', '10.0.0'] }] }, /^blacklist\[0\]\.source_ip\[1\]: found "10\.0\.0"/],
		[{ field_mask: { paths: ['source.id'] } }, /^field_mask\.paths\[0\]: found "source\.id"/],
	])('INVALID_ARGUMENT naming the field for %j', (request, message) =>
		serving(flows(1), async ({ client }) => {
			const refused = client.all(GET_FLOWS, request);
			await expect(refused).rejects.toMatchObject({ code: status.INVALID_ARGUMENT, details: message });
			expect(await client.all(GET_FLOWS)).toHaveLength(1);
		})(),
	);
});
