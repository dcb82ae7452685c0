import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createIpam } from '../../../lib/ipam/ipam.js';
import type { MetricsOptions } from '../../../lib/metrics/options.js';
import { serveMetrics } from '../../../lib/metrics/serve.js';
import type { MetricsServer } from '../../../lib/metrics/serve.js';
import { drop, endpoint, fakeDatapath } from './fake-datapath.js';
import type { FakeDatapath } from './fake-datapath.js';
import { samplesOf } from './scrape.js';

let datapath: FakeDatapath;
let servers: MetricsServer[];

beforeEach(() => {
	datapath = fakeDatapath();
	servers = [];
});

afterEach(() => Promise.all(servers.map((server) => server.close())));

async function serve(options: Partial<MetricsOptions> = {}): Promise<MetricsServer> {
	const server = await serveMetrics(datapath, { listen: '127.0.0.1:0', ...options });
	servers.push(server);
	return server;
}

const attach = (id: number, network: string, more = {}) => datapath.endpoints.set(id as never, endpoint(network, more));

describe('drops', () => {
	beforeEach(() => {
		attach(1, 'blue');
		attach(2, 'red');
		datapath.now.endpoints = new Map([
			[1 as never, { drops: [drop('ingress', 133, 50n), drop('egress', 132, 2n)] }],
			[2 as never, { drops: [drop('ingress', 133, 7n)] }],
		]);
		datapath.now.otherDrops = [drop('ingress', 133, 1n)];
		datapath.now.detachedDrops = [{ ...drop('ingress', 133, 100n), network: 'blue' }];
	});

	it('are summed over endpoints, those that are gone and frames of none', async () => {
		const samples = samplesOf(await (await serve()).render());
		expect(samples.get('cilium_drop_count_total{direction="INGRESS",reason="Policy denied"}')).toBe(158);
		expect(samples.get('cilium_drop_count_total{direction="EGRESS",reason="Invalid source ip"}')).toBe(2);
	});

	it('are told by network where that is asked for', async () => {
		const samples = samplesOf(await (await serve({ labels: { network: true } })).render());
		const of = (network: string) =>
			samples.get(`cilium_drop_count_total{direction="INGRESS",network="${network}",reason="Policy denied"}`);
		expect([of('blue'), of('red'), of('')]).toEqual([150, 7, 1]);
	});

	it('are read anew for every scrape', async () => {
		const server = await serve();
		await server.render();
		datapath.now.otherDrops = [drop('ingress', 133, 5n)];
		const samples = samplesOf(await server.render());
		expect(samples.get('cilium_drop_count_total{direction="INGRESS",reason="Policy denied"}')).toBe(162);
	});
});

describe('the kernel’s counters', () => {
	it('are told as they are', async () => {
		datapath.now.forwarded = {
			fromPods: { packets: 11n, bytes: 1100n },
			fromHost: { packets: 3n, bytes: 300n },
		};
		datapath.now.events = { lost: 5n, suppressed: 6n, uncountedDrops: 7n, aggregated: 8n };
		datapath.now.flows = 8;
		datapath.now.maps = { rules: { entries: 25, maxEntries: 100, memoryBytes: 4096 } };
		const samples = samplesOf(await (await serve()).render());
		const wanted = {
			'cilium_forward_count_total{direction="EGRESS"}': 11,
			'cilium_forward_count_total{direction="INGRESS"}': 3,
			'cilium_forward_bytes_total{direction="EGRESS"}': 1100,
			'cilium_forward_bytes_total{direction="INGRESS"}': 300,
			'hubble_lost_events_total{source="perf_event_ring_buffer"}': 5,
			'cilium_bpf_ratelimit_dropped_total{usage="events_map"}': 6,
			heddle_uncounted_drops_total: 7,
			heddle_aggregated_events_total: 8,
			heddle_conversations: 8,
			'cilium_bpf_map_pressure{map_name="rules"}': 0.25,
			'heddle_bpf_map_entries{map_name="rules"}': 25,
			'heddle_bpf_map_memory_bytes{map_name="rules"}': 4096,
		};
		for (const [name, value] of Object.entries(wanted)) {
			expect(samples.get(name), name).toBe(value);
		}
	});

	it('beyond 2^53 keep their size', async () => {
		datapath.now.forwarded = {
			fromPods: { packets: 2n ** 60n, bytes: 2n ** 63n },
			fromHost: { packets: 0n, bytes: 0n },
		};
		const samples = samplesOf(await (await serve()).render());
		expect(samples.get('cilium_forward_count_total{direction="EGRESS"}')).toBe(2 ** 60);
	});

	it('tell losses of the kernel and of the queue apart', async () => {
		datapath.now.events = { lost: 10n, suppressed: 0n, uncountedDrops: 0n, aggregated: 0n };
		const server = await serve();
		datapath.now.events = { lost: 14n, suppressed: 0n, uncountedDrops: 0n, aggregated: 0n };
		datapath.stream.lost = 4n + 3n;
		const queue = async () =>
			samplesOf(await server.render()).get('hubble_lost_events_total{source="observer_events_queue"}');
		expect(await queue()).toBe(3);
		// Lost in the kernel between the two readings: nothing is taken back.
		datapath.now.events = { lost: 20n, suppressed: 0n, uncountedDrops: 0n, aggregated: 0n };
		expect(await queue()).toBe(3);
	});
});

describe('endpoints', () => {
	it('are counted by state and enforcement', async () => {
		attach(1, 'blue', { enforced: { ingress: true, egress: false } });
		attach(2, 'blue', { enforced: { ingress: true, egress: true } });
		attach(3, 'red', { enforced: { ingress: true, egress: true }, audit: true });
		attach(4, 'red', { enforced: { ingress: false, egress: true } });
		attach(5, 'red', { audit: true });
		const samples = samplesOf(await (await serve()).render());
		const status = (name: string) => samples.get(`cilium_policy_endpoint_enforcement_status{enforcement="${name}"}`);
		expect(samples.get('cilium_endpoint')).toBe(5);
		expect(samples.get('cilium_endpoint_state{endpoint_state="ready"}')).toBe(5);
		expect(['none', 'ingress', 'egress', 'both', 'audit-both'].map(status)).toEqual([1, 1, 1, 1, 1]);
	});

	it('that are gone are no more told', async () => {
		attach(1, 'blue');
		const server = await serve({ labels: { network: true } });
		expect(samplesOf(await server.render()).get('cilium_endpoint{network="blue"}')).toBe(1);
		datapath.endpoints.clear();
		expect(samplesOf(await server.render()).has('cilium_endpoint{network="blue"}')).toBe(false);
	});

	it('stand beside identities and policies', async () => {
		const samples = samplesOf(await (await serve()).render());
		expect(samples.get('cilium_policy')).toBe(3);
		expect(samples.get('cilium_identity{type="reserved"}')).toBe(1);
		expect(samples.get('cilium_identity{type="cluster_local"}')).toBe(2);
		expect(samples.get('cilium_identity{type="node_local"}')).toBe(1);
	});
});

describe('addresses', () => {
	it('are those of endpoints where there is no agent', async () => {
		attach(1, 'blue', { addresses: ['10.0.0.1', 'fd00::1', 'fd00::2'] });
		const samples = samplesOf(await (await serve()).render());
		expect(samples.get('cilium_ip_addresses{family="ipv4"}')).toBe(1);
		expect(samples.get('cilium_ip_addresses{family="ipv6"}')).toBe(2);
	});

	it('are those of the agent’s pools', async () => {
		const ipam = createIpam({
			blue: { ipv4: { cidrs: ['10.1.0.0/16'], maskSize: 27 }, ipv6: { cidrs: ['fd00:1::/104'], maskSize: 120 } },
		});
		ipam.plan([{ owner: 'a', pool: 'blue' }]).commit();
		ipam.plan([{ owner: 'b', ipv4Pool: 'blue' }]).commit();
		ipam.release('b', { keep: true });
		const samples = samplesOf(await (await serve({ agent: { ipam } })).render());
		expect(samples.get('cilium_ip_addresses{family="ipv4"}')).toBe(2);
		expect(samples.get('cilium_ip_addresses{family="ipv6"}')).toBe(1);
		expect(samples.get('cilium_ipam_capacity{family="ipv4",pool="blue"}')).toBe(32);
		expect(samples.get('cilium_ipam_capacity{family="ipv6",pool="blue"}')).toBe(256);
		expect(samples.get('heddle_ipam_pool_owners{pool="blue",state="in-use"}')).toBe(1);
		expect(samples.get('heddle_ipam_pool_owners{pool="blue",state="reserved"}')).toBe(1);
	});
});
