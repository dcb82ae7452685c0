import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Flow } from '../../../lib/index.js';
import { dropReason } from '../../../lib/flows/drop-reasons.js';
import { serveMetrics } from '../../../lib/metrics/serve.js';
import type { MetricsServer } from '../../../lib/metrics/serve.js';
import { fakeDatapath } from './fake-datapath.js';
import type { FakeDatapath } from './fake-datapath.js';
import { dnsRequest, dnsResponse, httpRequest, httpResponse } from '../flows/support/sample.js';
import { flow, icmp } from './flows.js';
import { samplesOf } from './scrape.js';

let datapath: FakeDatapath;
let server: MetricsServer;

beforeEach(async () => {
	datapath = fakeDatapath();
	server = await serveMetrics(datapath, { listen: '127.0.0.1:0' });
});

afterEach(() => server.close());

/** What is told of one metric. */
async function told(metric: string, ...flows: Flow[]): Promise<Record<string, number>> {
	await datapath.tell(...flows);
	return shown(metric);
}

async function shown(metric: string): Promise<Record<string, number>> {
	const samples = [...samplesOf(await server.render())].filter(([name]) => name.startsWith(`${metric}{`));
	return Object.fromEntries(samples.map(([name, value]) => [name.slice(metric.length), value]));
}

const denied = { verdict: 'DROPPED', policy: { action: 'DENIED' } } as const;
const policyDenied = dropReason(133);
const rule = { cookie: 5, policy: 'direct', rule: 'allow', match: 'L3-L4' } as const;
const allowed = { eventType: 'policy-verdict', policy: { action: 'ALLOWED', rule } } as const;
const end = {
	cause: 'tcp-closed',
	started: new Date(0),
	packets: 5n,
	bytes: 500n,
	replyPackets: 4n,
	replyBytes: 400n,
} as const;

describe('flows', () => {
	it('are counted by protocol, type, subtype and verdict', async () => {
		const flows = [
			flow(),
			flow({ isReply: true }),
			flow(allowed),
			flow({ eventType: 'drop', ...denied, dropReason: policyDenied }),
			flow({ eventType: 'flow-end', end }),
			flow({ eventType: 'drop', ...denied, l4: { protocol: '47' } }),
			flow({ eventType: 'drop', ...denied, l4: undefined, ip: undefined }),
		];
		expect(await told('hubble_flows_processed_total', ...flows)).toEqual({
			'{protocol="TCP",subtype="to-endpoint",type="Trace",verdict="FORWARDED"}': 2,
			'{protocol="TCP",subtype="",type="PolicyVerdict",verdict="FORWARDED"}': 1,
			'{protocol="TCP",subtype="",type="Drop",verdict="DROPPED"}': 1,
			'{protocol="TCP",subtype="tcp-closed",type="FlowEnd",verdict="FORWARDED"}': 1,
			'{protocol="Unknown L4",subtype="",type="Drop",verdict="DROPPED"}': 2,
		});
	});

	it('are counted by network where that is asked for', async () => {
		const other = fakeDatapath();
		await using byNetwork = await serveMetrics(other, { listen: '127.0.0.1:0', labels: { network: true } });
		await other.tell(flow({ ...allowed, network: 'red' }), flow(allowed));
		const samples = samplesOf(await byNetwork.render());
		const of = (network: string) =>
			samples.get(
				`hubble_policy_verdicts_total{action="forwarded",direction="ingress",match="l3-l4",network="${network}"}`,
			);
		expect([of('red'), of('blue')]).toEqual([1, 1]);
	});
});

describe('drops', () => {
	it('by policy, told as verdict and as drop, count once', async () => {
		const flows = [
			flow({ eventType: 'policy-verdict', ...denied }),
			flow({ eventType: 'drop', ...denied, dropReason: policyDenied }),
		];
		expect(await told('hubble_drop_total', ...flows)).toEqual({ '{protocol="TCP",reason="POLICY_DENIED"}': 1 });
	});
});

describe('policy verdicts', () => {
	it('are counted by direction, match and action', async () => {
		const flows = [
			flow(allowed),
			flow({ ...allowed, trafficDirection: 'EGRESS' }),
			flow({ ...allowed, verdict: 'AUDIT' }),
			flow({ eventType: 'policy-verdict', ...denied }),
			flow({ eventType: 'drop', ...denied }),
			flow(),
		];
		expect(await told('hubble_policy_verdicts_total', ...flows)).toEqual({
			'{action="forwarded",direction="ingress",match="l3-l4"}': 1,
			'{action="forwarded",direction="egress",match="l3-l4"}': 1,
			'{action="audit",direction="ingress",match="l3-l4"}': 1,
			'{action="dropped",direction="ingress",match="none"}': 1,
		});
	});
});

describe('ICMP', () => {
	it('is counted by family, type and code, each message once', async () => {
		const flows = [
			icmp(4, 8),
			icmp(4, 8, 0, allowed),
			icmp(4, 8, 0, { eventType: 'drop', ...denied }),
			icmp(4, 3, 3),
			icmp(4, 3, 99),
			icmp(4, 99, 1),
			icmp(4, 8, 7),
			icmp(6, 128),
			icmp(6, 1, 4),
			flow(),
		];
		expect(await told('hubble_icmp_total', ...flows)).toEqual({
			'{family="IPv4",type="EchoRequest"}': 2,
			'{family="IPv4",type="DestinationUnreachable(Port)"}': 1,
			'{family="IPv4",type="DestinationUnreachable(Code: 99)"}': 1,
			'{family="IPv4",type="99(1)"}': 1,
			'{family="IPv4",type="EchoRequest(Code: 7)"}': 1,
			'{family="IPv6",type="EchoRequest"}': 1,
			'{family="IPv6",type="DestinationUnreachable(PortUnreachable)"}': 1,
		});
	});
});

describe('TCP flags', () => {
	const flags = (eventType: Flow['eventType'], ...names: string[]) =>
		flow({ eventType, l4: { protocol: 'TCP', sourcePort: 1, destinationPort: 2, flags: names } });

	it('are those that opened and closed conversations', async () => {
		const flows = [
			flags('to-endpoint', 'SYN'),
			flags('policy-verdict', 'SYN'),
			flags('from-endpoint', 'SYN'),
			flags('drop', 'SYN'),
			flags('to-host', 'SYN', 'ACK'),
			flags('to-stack', 'RST', 'ACK'),
			flags('flow-end', 'FIN', 'SYN', 'ACK', 'PSH'),
		];
		expect(await told('hubble_tcp_flags_total', ...flows)).toEqual({
			'{family="IPv4",flag="SYN"}': 1,
			'{family="IPv4",flag="SYN-ACK"}': 1,
			'{family="IPv4",flag="RST"}': 1,
			'{family="IPv4",flag="FIN"}': 1,
		});
	});
});

describe('destination ports', () => {
	it('are those of what arrived and was no answer', async () => {
		const flows = [
			flow(),
			flow({ verdict: 'AUDIT' }),
			flow({ isReply: true }),
			flow(allowed),
			flow({ eventType: 'drop', ...denied }),
			flow({ l4: { protocol: 'UDP', sourcePort: 5, destinationPort: 53 } }),
			flow({ l4: { protocol: '47' } }),
			icmp(4, 8),
		];
		expect(await told('hubble_port_distribution_total', ...flows)).toEqual({
			'{port="80",protocol="TCP"}': 2,
			'{port="53",protocol="UDP"}': 1,
			'{port="0",protocol="ICMPv4"}': 1,
		});
	});
});

it('later packets of a conversation are processed, and no conversation of their own', async () => {
	const later = { traceReason: 'ESTABLISHED' } as const;
	const flows = [flow({ weight: 10 }), flow(later), flow({ ...later, eventType: 'from-endpoint' })];
	const ports = await told('hubble_port_distribution_total', ...flows);
	expect(Object.values(ports)).toEqual([10]);
	const processed = [...samplesOf(await server.render())].filter(([name]) => name.startsWith('hubble_flows_processed'));
	expect(processed.reduce((sum, [, count]) => sum + count, 0)).toBe(3);
});

describe('layer 7', () => {
	it('requests are counted with their answers, by status and who told', async () => {
		const flows = [
			httpRequest(),
			httpResponse(),
			httpResponse({ method: 'PUT', code: 403 }, { trafficDirection: 'EGRESS' }),
			dnsResponse(),
			flow(),
		];
		expect(await told('hubble_http_requests_total', ...flows)).toEqual({
			'{method="GET",protocol="HTTP/1.1",reporter="server",status="200"}': 1,
			'{method="PUT",protocol="HTTP/1.1",reporter="client",status="403"}': 1,
		});
	});

	it('durations are of answers', async () => {
		const buckets = await told('hubble_http_request_duration_seconds_bucket', httpRequest(), httpResponse());
		expect(buckets['{le="0.005",method="GET",reporter="server"}']).toBe(0);
		expect(buckets['{le="0.01",method="GET",reporter="server"}']).toBe(1);
		const samples = samplesOf(await server.render());
		expect(samples.get('hubble_http_request_duration_seconds_sum{method="GET",reporter="server"}')).toBe(0.0064);
		expect(samples.get('hubble_http_request_duration_seconds_count{method="GET",reporter="server"}')).toBe(1);
	});

	it('no method that a client makes up has a metric of its own without end', async () => {
		const other = fakeDatapath();
		await using small = await serveMetrics(other, { listen: '127.0.0.1:0', maxLabelSets: 3 });
		await other.tell(...Array.from({ length: 50 }, (_, i) => httpResponse({ method: `M${i}` })));
		const counts = [...samplesOf(await small.render())].filter(([name]) => name.includes('duration_seconds_count'));
		expect(counts).toHaveLength(3);
		expect(counts.reduce((sum, [, count]) => sum + count, 0)).toBe(50);
	});

	it('DNS is counted by types, answer and addresses', async () => {
		const flows = [
			dnsRequest(),
			dnsRequest({ qtypes: ['AAAA'] }, { verdict: 'DROPPED' }),
			dnsResponse(),
			dnsResponse({ rcode: 3, ips: [], rrtypes: [] }),
			httpResponse(),
		];
		expect(await told('hubble_dns_queries_total', ...flows)).toEqual({
			'{ips_returned="0",qtypes="A",rcode=""}': 1,
			'{ips_returned="0",qtypes="AAAA",rcode="Policy denied"}': 1,
		});
		expect(await shown('hubble_dns_responses_total')).toEqual({
			'{ips_returned="2",qtypes="A",rcode="No Error"}': 1,
			'{ips_returned="0",qtypes="A",rcode="Non-Existent Domain"}': 1,
		});
		expect(await shown('hubble_dns_response_types_total')).toEqual({ '{qtypes="A",type="A"}': 1 });
	});

	it('is counted among flows and drops', async () => {
		const flows = [httpRequest({}, { verdict: 'DROPPED' }), dnsResponse()];
		expect(await told('hubble_flows_processed_total', ...flows)).toEqual({
			'{protocol="HTTP",subtype="HTTP",type="L7",verdict="DROPPED"}': 1,
			'{protocol="DNS",subtype="DNS",type="L7",verdict="FORWARDED"}': 1,
		});
		expect(await shown('hubble_drop_total')).toEqual({ '{protocol="HTTP",reason="DROP_REASON_UNKNOWN"}': 1 });
	});
});

it('flows are not read where nobody wants them counted', async () => {
	const quiet = fakeDatapath();
	let read = false;
	const source = { ...quiet, flows: () => ((read = true), quiet.flows()) };
	await using bare = await serveMetrics(source, { listen: '127.0.0.1:0', flows: false });
	const text = await bare.render();
	expect(read).toBe(false);
	expect(text).not.toContain('hubble_flows_processed_total');
	expect(text).toContain('cilium_drop_count_total');
	await expect(serveMetrics(quiet, { listen: '127.0.0.1:0', flows: 1 as never })).rejects.toMatchObject({
		field: 'flows',
	});
});

it('counting ends with the server', async () => {
	await server.close();
	expect(datapath.stream.closed).toBe(true);
});
