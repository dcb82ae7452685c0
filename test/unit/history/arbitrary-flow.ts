import fc from 'fast-check';
import type { Flow, FlowEndpoint } from '../../../lib/flows/flow.js';
import type { FlowL7 } from '../../../lib/flows/l7.js';

/** Few values each, so that filters meet some. */
const name = fc.constantFrom('a', 'b', 'web-0', '', 'ü\u0000"\\');
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const count = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

export const START_MS = Date.UTC(2026, 10, 25, 12);

const end: fc.Arbitrary<FlowEndpoint> = fc.record({
	endpointId: maybe(fc.integer({ min: 1, max: 3 })),
	name,
	identity: fc.constantFrom(0, 1, 2, 1000, 1001, 16_777_217),
	labels: fc.array(fc.constantFrom('k8s:app=a', 'k8s:app=b', 'reserved:world'), { maxLength: 3 }),
	pod: maybe(name),
	namespace: maybe(fc.constantFrom('default', 'b')),
	interface: maybe(fc.constantFrom('hd1', 'hd2')),
	podInterface: maybe(fc.constantFrom('eth0', 'net1')),
	network: fc.constantFrom('default', 'blue'),
});

const address = fc.constantFrom('10.0.0.1', '10.0.0.2', 'fd00::1');
const port = maybe(fc.constantFrom(0, 53, 443, 65_535));
const l4 = fc.record(
	{
		protocol: fc.constantFrom('TCP', 'UDP', 'ICMPv4', 'ICMPv6', '47'),
		sourcePort: port,
		destinationPort: port,
		flags: maybe(fc.constantFrom([], ['SYN'], ['SYN', 'ACK'])),
		icmp: maybe(fc.record({ type: fc.nat(255), code: fc.nat(255) })),
	},
	{ requiredKeys: ['protocol'] },
);
const rule = fc.record({
	cookie: fc.nat(9),
	policy: fc.constantFrom('direct', 'CiliumNetworkPolicy default/web'),
	rule: fc.constantFrom('spec.ingress[0]', 'spec.egress[1]'),
	file: maybe(fc.constant('/etc/web.yaml')),
	line: maybe(fc.integer({ min: 1, max: 3 })),
	match: fc.constantFrom('none' as const, 'L3-Only' as const, 'L4-Only' as const, 'L3-L4' as const, 'all' as const),
});
const policy = fc.record({
	action: fc.constantFrom('ALLOWED' as const, 'DENIED' as const, 'AUDITED' as const, 'REDIRECTED' as const),
	rule: maybe(rule),
});
const flowEnd = fc.record({
	cause: fc.constantFrom('tcp-closed' as const, 'idle' as const, 'endpoint-gone' as const),
	started: fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }),
	packets: count,
	bytes: count,
	replyPackets: count,
	replyBytes: count,
});
const texts = fc.array(fc.constantFrom('a', 'b', ''), { maxLength: 2 });
const http = fc.record({
	code: fc.constantFrom(0, 200, 403),
	method: fc.constantFrom('GET', 'PUT'),
	url: fc.constantFrom('http://a/', 'http://b/ü'),
	protocol: fc.constantFrom('HTTP/1.1', 'HTTP/2'),
	headers: fc.array(fc.record({ key: fc.constantFrom('a', 'b'), value: fc.constantFrom('a', 'b', '') }), {
		maxLength: 2,
	}),
});
const dns = fc.record({
	query: fc.constantFrom('a.', 'b.'),
	ips: texts,
	ttl: fc.constantFrom(0, 30),
	cnames: texts,
	observationSource: fc.constantFrom('proxy', ''),
	rcode: fc.constantFrom(0, 3),
	qtypes: texts,
	rrtypes: texts,
});
const l7: fc.Arbitrary<FlowL7> = fc
	.tuple(fc.constantFrom('REQUEST' as const, 'RESPONSE' as const), count, fc.oneof(http, dns))
	.map(([type, latencyNs, seen]) => ('url' in seen ? { type, latencyNs, http: seen } : { type, latencyNs, dns: seen }));
const REASONS = [
	{ number: 133, name: 'POLICY_DENIED', text: 'Policy denied' },
	{ number: 999, name: 'UNKNOWN_999', text: 'Unknown drop reason 999' },
];

/** Within ten seconds, in any order. */
export const anyFlow: fc.Arbitrary<Flow> = fc
	.record({
		offsetNs: fc.bigInt({ min: 0n, max: 10_000_000_000n }),
		skewMs: fc.constantFrom(0, 0, 0, -1, 100_000),
		verdict: fc.constantFrom('FORWARDED' as const, 'DROPPED' as const, 'AUDIT' as const),
		eventType: fc.constantFrom('policy-verdict' as const, 'drop' as const, 'to-endpoint' as const, 'flow-end' as const),
		trafficDirection: fc.constantFrom('INGRESS' as const, 'EGRESS' as const, 'TRAFFIC_DIRECTION_UNKNOWN' as const),
		network: fc.constantFrom('default', 'blue'),
		source: end,
		destination: end,
		ip: maybe(fc.record({ version: fc.constantFrom(4 as const, 6 as const), source: address, destination: address })),
		l4: maybe(l4),
		l7: fc.option(l7, { nil: undefined, freq: 1 }),
		isReply: fc.boolean(),
		length: fc.constantFrom(0, 60, 1514, 2 ** 32 - 1),
		dropReason: maybe(fc.constantFrom(...REASONS)),
		policy: maybe(policy),
		end: maybe(flowEnd),
	})
	.map(({ offsetNs, skewMs, ...fields }) => {
		const timeNs = BigInt(START_MS) * 1_000_000n + offsetNs;
		return { time: new Date(Number(timeNs / 1_000_000n) + skewMs), timeNs, ...fields };
	});
