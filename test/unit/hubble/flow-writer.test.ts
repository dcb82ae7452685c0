import fc from 'fast-check';
import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { DropReason } from '../../../lib/abi/generated.js';
import { dropReason } from '../../../lib/flows/drop-reasons.js';
import type { Flow, FlowEndpoint, FlowRule } from '../../../lib/flows/flow.js';
import type { FlowL7 } from '../../../lib/flows/l7.js';
import { createFlowCodec } from '../../../lib/hubble/codec.js';
import { timestampOf } from '../../../lib/hubble/messages/timestamp.js';
import { loadSchema } from '../../../lib/hubble/schema.js';
import { EVENT_NUMBERS } from '../../../lib/hubble/translate/event-type.js';
import type { ServedEventType } from '../../../lib/hubble/translate/event-type.js';
import { flowMessage } from '../../../lib/hubble/translate/flow.js';
import type { ServedFlow } from '../../../lib/hubble/translate/flow.js';

const teller = { nodeName: 'node-ü', clusterName: 'west', version: '1.2.3' };
const codec = createFlowCodec(loadSchema({ protobuf }), teller);
const UUID = '01234567-89ab-4cde-8f01-23456789abcd';

/** Lengths on both sides of what takes one byte more, and letters beyond ASCII. */
const text = fc.oneof(
	fc.string({ unit: 'grapheme', maxLength: 12 }),
	fc.integer({ min: 0, max: 200 }).map((length) => 'x'.repeat(length)),
	fc.constant('é'.repeat(50)),
);
const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
const uint16 = fc.integer({ min: 0, max: 65_535 });
const byte = fc.integer({ min: 0, max: 255 });

const endpoint: fc.Arbitrary<FlowEndpoint> = fc.record({
	endpointId: maybe(uint16),
	name: text,
	identity: fc.integer({ min: 0, max: 0xffff_ffff }),
	labels: fc.array(text, { maxLength: 8 }),
	pod: maybe(text),
	namespace: maybe(text),
	interface: maybe(text),
	podInterface: maybe(text),
	network: text,
}) as fc.Arbitrary<FlowEndpoint>;

const l4 = fc.oneof(
	fc.record({
		protocol: fc.constant('TCP'),
		sourcePort: uint16,
		destinationPort: uint16,
		flags: maybe(fc.subarray(['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR'])),
	}),
	fc.record({ protocol: fc.constantFrom('UDP', 'SCTP'), sourcePort: uint16, destinationPort: uint16 }),
	fc.record({
		protocol: fc.constantFrom('ICMPv4', 'ICMPv6'),
		icmp: maybe(fc.record({ type: byte, code: byte })),
	}),
	fc.record({ protocol: fc.constantFrom('47', '112') }),
);

const rule = fc.record({
	cookie: uint16,
	policy: fc.oneof(fc.constant('direct'), fc.constant('CiliumNetworkPolicy default/web'), text),
	rule: text,
	match: fc.constantFrom('none', 'L3-Only', 'L4-Only', 'L3-L4', 'all'),
}) as fc.Arbitrary<FlowRule>;

const texts = fc.array(text, { maxLength: 3 });
const l7 = fc.record({
	type: fc.constantFrom('REQUEST', 'RESPONSE', 'SAMPLE'),
	latencyNs: fc.bigInt(0n, 1n << 52n),
	http: maybe(
		fc.record({
			code: uint16,
			method: text,
			url: text,
			protocol: text,
			headers: fc.array(fc.record({ key: text, value: text }), { maxLength: 3 }),
		}),
	),
	dns: maybe(
		fc.record({
			query: text,
			ips: texts,
			ttl: uint16,
			cnames: texts,
			observationSource: text,
			rcode: byte,
			qtypes: texts,
			rrtypes: texts,
		}),
	),
	tls: maybe(fc.record({ serverName: text })),
}) as fc.Arbitrary<FlowL7>;

const flow = fc.record({
	time: fc.constant(new Date(0)),
	timeNs: fc.oneof(fc.bigInt(-(10n ** 12n), 10n ** 12n), fc.bigInt(0n, 1n << 63n)),
	verdict: fc.constantFrom('FORWARDED', 'DROPPED', 'AUDIT', 'REDIRECTED', 'ERROR'),
	eventType: fc.constantFrom(...(Object.keys(EVENT_NUMBERS) as ServedEventType[])),
	trafficDirection: fc.constantFrom('INGRESS', 'EGRESS', 'TRAFFIC_DIRECTION_UNKNOWN'),
	network: text,
	source: endpoint,
	destination: endpoint,
	ip: maybe(fc.record({ version: fc.constantFrom(4, 6), source: text, destination: text })),
	l4: maybe(l4),
	l7: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: l7 }),
	isReply: fc.boolean(),
	traceReason: maybe(fc.constantFrom('NEW', 'ESTABLISHED', 'REPLY', 'RELATED')),
	length: uint16,
	dropReason: maybe(fc.constantFrom(...Object.values(DropReason)).map((number) => dropReason(number))),
	policy: maybe(
		fc.record({ action: fc.constantFrom('ALLOWED', 'DENIED', 'AUDITED', 'REDIRECTED'), rule: maybe(rule) }),
	),
}) as fc.Arbitrary<Flow> as fc.Arbitrary<ServedFlow>;

function byMessage(one: ServedFlow): Uint8Array {
	const message = flowMessage(one, teller, UUID);
	return codec.encode({ flow: message, node_name: teller.nodeName, time: timestampOf(one.timeNs) });
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('a flow encoded without a message', () => {
	it('has the bytes that protobufjs gives its message, for flows of every kind', () => {
		fc.assert(
			fc.property(flow, (one) => {
				expect(hex(codec.encodeFlow(one, UUID))).toBe(hex(byMessage(one)));
			}),
			{ numRuns: 2000 },
		);
	});

	it('has them also where ends, rules and flags were seen before', () => {
		fc.assert(
			fc.property(fc.array(flow, { minLength: 3, maxLength: 3 }), endpoint, (flows, shared) => {
				for (const one of flows) {
					const again = { ...one, source: shared, destination: flows[0]!.source };
					expect(hex(codec.encodeFlow(again, UUID))).toBe(hex(byMessage(again)));
				}
			}),
			{ numRuns: 200 },
		);
	});

	it('has them where it is longer than the buffer', () => {
		const [one] = fc.sample(flow, { numRuns: 1, seed: 1 }) as [ServedFlow];
		const http = { code: 200, method: 'GET', url: 'u'.repeat(150_000), protocol: 'HTTP/1.1', headers: [] };
		const long = { ...one, ip: undefined, l7: { type: 'REQUEST', latencyNs: 0n, http } } as unknown as ServedFlow;
		expect(hex(codec.encodeFlow(long, UUID))).toBe(hex(byMessage(long)));
	});
});
