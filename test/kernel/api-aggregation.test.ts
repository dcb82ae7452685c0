import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { AggregationChange, Datapath, Endpoint, Flow, FlowStream, PairCount } from '../../lib/index.js';
import { openLab, SLOWNESS } from './lab.js';
import type { Lab, LabPod } from './lab.js';

const SERVER = '10.8.0.3';

let lab: Lab;
let datapath: Datapath;
let pods: { client: LabPod; server: LabPod };
let client: Endpoint;
let server: Endpoint;
let pinPath: string;

beforeEach(async () => {
	lab = openLab();
	pinPath = lab.pinPath();
	datapath = await lab.datapath({ pinPath, sweepIntervalMs: 0, aggregation: 'low', sampling: 2 });
	const blue = datapath.networks.create('blue');
	pods = { client: lab.pod('client'), server: lab.pod('server') };
	client = await pods.client.join(blue, ['10.8.0.2'], { aggregation: 'none', sampling: 1 });
	server = await pods.server.join(blue, [SERVER]);
});

afterEach(async () => {
	await lab.datapath({ pinPath, sweepIntervalMs: 0 }).then((left) => left.unload());
	await lab[Symbol.asyncDispose]();
});

/** Flows of the stream until a second passed without one. */
async function take(stream: FlowStream): Promise<Flow[]> {
	const flows: Flow[] = [];
	for (;;) {
		const timeout = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 500 * SLOWNESS).unref());
		const next = await Promise.race([stream.next(), timeout]);
		if (next === undefined || next.done === true) {
			await stream.close();
			return flows;
		}
		flows.push(next.value);
	}
}

const ping = (count: number) =>
	pods.client.run('ping', '-n', '-q', '-c', String(count), '-i', '0.01', '-W', '1', SERVER);
const told = ({ eventType, trafficDirection, traceReason, weight = 1 }: Flow) =>
	`${eventType} ${trafficDirection} ${traceReason} ${weight}`;

describe('what is told of an endpoint’s packets', () => {
	it('is each packet of a ping where both ask for it, with Hubble’s points, directions and reasons', async () => {
		server.setAggregation('none');
		server.setSampling(1);
		await ping(1); // ARP, and whatever else is first
		await using stream = datapath.flows({ filter: { protocol: 'icmp', ip: SERVER } });
		await ping(1);
		expect((await take(stream)).map(told)).toEqual([
			'from-endpoint EGRESS NEW 1',
			'to-endpoint INGRESS NEW 1',
			'from-endpoint INGRESS REPLY 1',
			'to-endpoint EGRESS REPLY 1',
		]);
	});

	it('is by each end’s own level and sampling, and the weights say so', async () => {
		expect([client.aggregation, client.sampling, server.aggregation, server.sampling]).toEqual(['none', 1, 'low', 2]);
		await using stream = datapath.flows({ filter: { protocol: 'icmp', isReply: false } });
		await ping(40);
		const flows = await take(stream);
		const sum = (point: string) =>
			flows.filter(({ eventType }) => eventType === point).reduce((all, { weight = 1 }) => all + weight, 0);
		expect(sum('from-endpoint')).toBe(40);
		// Six standard deviations of 40 draws.
		expect(Math.abs(sum('to-endpoint') - 40)).toBeLessThanOrEqual(38);
		expect(flows.every(({ eventType, weight }) => weight === (eventType === 'to-endpoint' ? 2 : undefined))).toBe(true);
	});

	it('outlives the process', async () => {
		client.setAggregation('medium');
		client.setSampling(100);
		await datapath.close();
		datapath = await lab.datapath({ pinPath, sweepIntervalMs: 0 });
		const again = datapath.endpoints.get(client.id)!;
		expect([again.aggregation, again.sampling]).toEqual(['medium', 100]);
	});

	it('is refused where there is no such level', () => {
		const wrong = expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT' });
		expect(() => client.setAggregation('lowest' as never)).toThrow(wrong);
		expect(() => client.setSampling(0)).toThrow(wrong);
		expect([client.aggregation, client.sampling]).toEqual(['none', 1]);
	});
});

describe('totals by pair', () => {
	const between = (verdict: string): PairCount[] =>
		[...datapath.pairs()].filter(
			(pair) => pair.verdict === verdict && Number(pair.source?.identity) === Number(client.identity.id),
		);

	it('have every conversation and every refused packet of a ping, with names and labels', async () => {
		await ping(10);
		server.setEnforcement('always');
		await pods.client.run('ping', '-n', '-q', '-c', '5', '-i', '0.01', '-W', '1', SERVER);
		const ends = {
			network: 'blue',
			source: { identity: client.identity.id, labels: expect.arrayContaining(['k8s:app=client']) as unknown },
			destination: { identity: server.identity.id, labels: expect.arrayContaining(['k8s:app=server']) as unknown },
			direction: 'ingress',
		};
		expect(between('forwarded')).toMatchObject([{ ...ends, began: 1n, ended: 0n }]);
		expect(between('denied')).toMatchObject([{ ...ends, began: 0n, packets: 5n, bytes: 5n * 98n }]);
		const denied = server.stats().drops.find(({ reason }) => reason.name === 'POLICY_DENIED');
		expect(denied?.packets).toBe(5n);
	});
});

describe('a reader that is late', () => {
	it('hears less of each conversation, is told so, and loses no drop for it', async () => {
		const tiny = await lab.datapath({
			capacity: { flowRingBytes: 16_384 },
			sweepIntervalMs: 0,
			aggregation: 'none',
			dropEventsPerSecond: 1_000_000,
		});
		const a = lab.pod('a');
		await a.join(tiny.networks.default, ['10.8.1.2']);
		await lab.pod('b').join(tiny.networks.default, ['10.8.1.3']);
		const changes: AggregationChange[] = [];
		const stream = tiny.flows({ onAggregation: (change) => changes.push(change) });
		const { execFileSync } = await import('node:child_process');
		// Blocks the loop: nothing is read meanwhile.
		execFileSync('nsenter', [`--net=${a.path}`, 'ping', '-q', '-n', '-f', '-c', '200', '-W', '1', '10.8.1.3'], {
			stdio: 'ignore',
		});
		const flows = await take(stream);
		const { events } = tiny.stats();
		expect(events.lost).toBe(0n);
		expect(events.aggregated).toBeGreaterThan(100n);
		expect(flows.length).toBeGreaterThan(100);
		expect(changes).toMatchObject([
			{ former: 'none', limit: expect.stringMatching(/low|medium/) as unknown, lost: 0n },
		]);
		expect(tiny.stats().aggregationLimit).toBe(changes[0]!.limit);
	});
});
