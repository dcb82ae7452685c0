import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { serveMetrics } from '../../lib/index.js';
import type { Datapath, DatapathOptions, Endpoint, MetricsServer } from '../../lib/index.js';
import { samplesOf } from '../unit/metrics/scrape.js';
import { openLab, SLOWNESS } from './lab.js';
import type { Lab, LabPod } from './lab.js';

const DENIED = 'cilium_drop_count_total{direction="INGRESS",network="jupiter",reason="Policy denied"}';

let lab: Lab;
let pinPath: string;
let datapath: Datapath;
let metrics: MetricsServer;
let pods: { client: LabPod; server: LabPod };
let client: Endpoint;
let server: Endpoint;

beforeEach(async () => {
	lab = openLab();
	pinPath = lab.pinPath();
});

afterEach(async () => {
	await metrics.close();
	await datapath.unload();
	await lab[Symbol.asyncDispose]();
});

async function open(options: DatapathOptions = {}): Promise<void> {
	datapath = await lab.datapath({ pinPath, sweepIntervalMs: 0, dropEventsPerSecond: 1_000_000, ...options });
	metrics = await serveMetrics(datapath, { listen: '127.0.0.1:0', labels: { network: true } });
}

async function start(options?: DatapathOptions): Promise<void> {
	await open(options);
	const jupiter = datapath.networks.create('jupiter');
	pods = { client: lab.pod('client'), server: lab.pod('server') };
	client = await pods.client.join(jupiter, ['10.4.0.2', 'fd00:4::2']);
	server = await pods.server.join(jupiter, ['10.4.0.3', 'fd00:4::3'], { enforcement: 'always' });
}

const scrape = async () => samplesOf(await (await fetch(`http://${metrics.address}/metrics`)).text());

const ping = (times: number, address = '10.4.0.3') =>
	pods.client.run('ping', '-q', '-n', '-c', String(times), '-i', '0.01', '-W', '1', address);

/** Events are told a few milliseconds later. */
async function scrapeOnce(isThere: (samples: Map<string, number>) => boolean): Promise<Map<string, number>> {
	const end = Date.now() + 3000 * SLOWNESS;
	for (;;) {
		const samples = await scrape();
		if (isThere(samples) || Date.now() > end) {
			return samples;
		}
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
}

const sumOf = (samples: Map<string, number>, metric: string) =>
	[...samples].filter(([name]) => name.startsWith(`${metric}{`)).reduce((sum, [, value]) => sum + value, 0);

describe('fifty denied pings', () => {
	it.each(['10.4.0.3', 'fd00:4::3'])('to %s are fifty drops, and fifty denied verdicts', async (address) => {
		await start();
		await ping(50, address);
		const family = address.includes(':') ? 6 : 4;
		const dropped = `hubble_drop_total{network="jupiter",protocol="ICMPv${family}",reason="POLICY_DENIED"}`;
		const samples = await scrapeOnce((now) => now.get(dropped) === 50);
		expect(samples.get(DENIED)).toBe(50);
		expect(samples.get(dropped)).toBe(50);
		const denied = 'hubble_policy_verdicts_total{action="dropped",direction="ingress",match="none",network="jupiter"}';
		expect(samples.get(denied)).toBe(50);
		expect(samples.get(`hubble_icmp_total{family="IPv${family}",network="jupiter",type="EchoRequest"}`)).toBe(50);
		expect(samples.get('hubble_lost_events_total{source="perf_event_ring_buffer"}')).toBe(0);
		expect(samples.get('hubble_lost_events_total{source="observer_events_queue"}')).toBe(0);
	});

	it('are counted exactly where few of them may be told', async () => {
		await start({ dropEventsPerSecond: 1 });
		await ping(50);
		const dropped = 'hubble_drop_total{network="jupiter",protocol="ICMPv4",reason="POLICY_DENIED"}';
		// Pods also drop what their kernels say unasked, which is limited likewise.
		const told = (now: Map<string, number>) =>
			sumOf(now, 'hubble_drop_total') + sumOf(now, 'cilium_bpf_ratelimit_dropped_total');
		const samples = await scrapeOnce((now) => told(now) === sumOf(now, 'cilium_drop_count_total'));
		expect(samples.get(DENIED)).toBe(50);
		expect(told(samples)).toBe(sumOf(samples, 'cilium_drop_count_total'));
		expect(samples.get(dropped) ?? 0).toBeLessThan(50);
	});

	it('stay counted when their endpoint goes, another takes its number, and another process goes on', async () => {
		await start({ capacity: { endpoints: 2 } });
		await ping(50);
		const { id } = server;
		await server.detach();
		expect((await scrape()).get(DENIED)).toBe(50);
		const other = lab.pod('other');
		const again = await other.join(datapath.networks.get('jupiter')!, ['10.4.0.4'], { enforcement: 'always' });
		expect(again.id).toBe(id);
		await ping(5, '10.4.0.4');
		expect((await scrape()).get(DENIED)).toBe(55);
		await metrics.close();
		await datapath.close();
		await ping(3, '10.4.0.4');
		await open();
		expect((await scrape()).get(DENIED)).toBe(58);
		await metrics.close();
		await datapath.close();
		// Gone while nobody was there to see it.
		await other.run('ip', 'link', 'delete', 'eth0');
		await open();
		expect(datapath.endpoints.size).toBe(1);
		expect((await scrape()).get(DENIED)).toBe(58);
	});
});

describe('what is let pass', () => {
	it('is counted by verdict, port and flag, and as the kernel counts it', async () => {
		await start();
		server.policy.set(
			{ peer: client.identity.id, direction: 'ingress', protocol: 'tcp', port: 80 },
			{ verdict: 'allow' },
		);
		await (await pods.server.sockets()).serveTcp(80, 4);
		const sockets = await pods.client.sockets();
		for (let i = 0; i < 3; i++) {
			expect(await sockets.connectTcp('10.4.0.3', 80)).toBe('10.4.0.2');
		}
		const fin = 'hubble_tcp_flags_total{family="IPv4",flag="FIN",network="jupiter"}';
		const samples = await scrapeOnce((now) => now.get(fin) === 3);
		expect(samples.get(fin)).toBe(3);
		expect(samples.get('hubble_tcp_flags_total{family="IPv4",flag="SYN",network="jupiter"}')).toBe(3);
		expect(samples.get('hubble_port_distribution_total{network="jupiter",port="80",protocol="TCP"}')).toBe(3);
		expect(
			samples.get(
				'hubble_policy_verdicts_total{action="forwarded",direction="ingress",match="l3-l4",network="jupiter"}',
			),
		).toBe(3);
		const { packets, bytes } = datapath.stats().forwarded.fromPods;
		const last = await scrape();
		expect(last.get('cilium_forward_count_total{direction="EGRESS"}')).toBe(Number(packets));
		expect(last.get('cilium_forward_bytes_total{direction="EGRESS"}')).toBe(Number(bytes));
		expect(packets).toBeGreaterThanOrEqual(21n);
	});

	it('stands beside what there is', async () => {
		await start();
		const samples = await scrape();
		expect(samples.get('cilium_endpoint{network="jupiter"}')).toBe(2);
		const status = (name: string) =>
			samples.get(`cilium_policy_endpoint_enforcement_status{enforcement="${name}",network="jupiter"}`);
		expect([status('none'), status('both')]).toEqual([1, 1]);
		expect(samples.get('cilium_ip_addresses{family="ipv4"}')).toBe(2);
		expect(samples.get('cilium_identity{type="cluster_local"}')).toBe(2);
		const { entries, maxEntries } = datapath.stats().maps['addresses']!;
		expect(samples.get('cilium_bpf_map_pressure{map_name="addresses"}')).toBeCloseTo(entries / maxEntries, 12);
		expect(entries).toBeGreaterThan(0);
	});
});
