import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import type { Flow } from '../../../lib/flows/flow.js';
import { createFlowCodec } from '../../../lib/hubble/codec.js';
import { FlowRecord, LostRecord, LostSource } from '../../../lib/hubble/record.js';
import { loadSchema } from '../../../lib/hubble/schema.js';
import type { ServedFlow } from '../../../lib/hubble/translate/flow.js';
import { end, flow, START_NS } from './fake-source.js';
import { flows, ports, serving } from './serving.js';
import { fieldOf, numbersOf, readWire, textOf, writeWire } from './wire.js';

/** Numbers are Cilium's, written down again from its published protocol: a wrong one in our .proto files fails here. */

const teller = { nodeName: 'node-1', clusterName: 'default', version: '1.2.3' };
const codec = createFlowCodec(loadSchema({ protobuf }), teller);
const encode = (more: Partial<Flow> = {}) => new FlowRecord(flow(0, more) as ServedFlow, teller, codec).bytes();
const FLOW = 1;

describe('GetFlowsResponse in bytes', () => {
	it('flow = 1, node_name = 1000, time = 1001', () => {
		const bytes = encode();
		expect(numbersOf(bytes)).toEqual([1, 1000, 1001]);
		expect(textOf(bytes, 1000)).toBe('node-1');
		expect(fieldOf(bytes, 1001, 1).value).toBe(START_NS / 1_000_000_000n);
		expect(fieldOf(bytes, 1001, 2).value).toBe(START_NS % 1_000_000_000n);
	});

	it('the fields of Flow', () => {
		const bytes = encode();
		// time verdict IP l4 source destination Type node_name reply event_type traffic_direction
		// trace_observation_point is_reply interface uuid emitter Summary
		expect(numbersOf(fieldOf(bytes, FLOW).bytes)).toEqual([
			1, 2, 5, 6, 8, 9, 10, 11, 16, 19, 22, 24, 26, 28, 34, 41, 100_000,
		]);
		expect(fieldOf(bytes, FLOW, 2).value).toBe(1n);
		expect(textOf(bytes, FLOW, 11)).toBe('node-1');
		expect(fieldOf(bytes, FLOW, 10).value).toBe(1n);
		expect(fieldOf(bytes, FLOW, 22).value).toBe(1n);
		expect(fieldOf(bytes, FLOW, 24).value).toBe(101n);
		expect(textOf(bytes, FLOW, 28, 2)).toBe('h2');
		expect(textOf(bytes, FLOW, 34)).toMatch(/^[0-9a-f-]{36}$/);
		expect([textOf(bytes, FLOW, 41, 1), textOf(bytes, FLOW, 41, 2)]).toEqual(['Heddle', '1.2.3']);
		expect(textOf(bytes, FLOW, 100_000)).toBe('TCP Flags: SYN');
	});

	it('IP, Layer4 and TCPFlags', () => {
		const bytes = encode({ l4: { protocol: 'TCP', sourcePort: 4, destinationPort: 300, flags: ['RST', 'CWR'] } });
		expect([textOf(bytes, FLOW, 5, 1), textOf(bytes, FLOW, 5, 2)]).toEqual(['10.0.0.1', '10.0.0.2']);
		expect(fieldOf(bytes, FLOW, 5, 3).value).toBe(1n);
		expect([fieldOf(bytes, FLOW, 6, 1, 1).value, fieldOf(bytes, FLOW, 6, 1, 2).value]).toEqual([4n, 300n]);
		expect(numbersOf(fieldOf(bytes, FLOW, 6, 1, 3).bytes)).toEqual([3, 8]);
		const ip = { version: 6, source: 'fd00::1', destination: 'fd00::2' } as const;
		const icmp6 = encode({ ip, l4: { protocol: 'ICMPv6', icmp: { type: 128, code: 3 } } });
		expect(fieldOf(icmp6, FLOW, 5, 3).value).toBe(2n);
		expect([fieldOf(icmp6, FLOW, 6, 4, 1).value, fieldOf(icmp6, FLOW, 6, 4, 2).value]).toEqual([128n, 3n]);
		for (const [protocol, number] of [
			['UDP', 2],
			['ICMPv4', 3],
			['SCTP', 5],
		] as const) {
			expect(numbersOf(fieldOf(encode({ l4: { protocol } }), FLOW, 6).bytes)).toEqual([number]);
		}
	});

	it('Endpoint: ID, identity, namespace, labels, pod_name, cluster_name', () => {
		const source = fieldOf(encode(), FLOW, 8).bytes;
		expect([fieldOf(source, 1).value, fieldOf(source, 2).value]).toEqual([1n, 256n]);
		expect([textOf(source, 3), textOf(source, 5), textOf(source, 7)]).toEqual(['shop', 'client-0', 'default']);
		const labels = readWire(source).filter(({ number }) => number === 4);
		expect(labels.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual([
			'k8s:app=client',
			'k8s:io.kubernetes.pod.namespace=shop',
			'heddle:network=blue',
		]);
		expect(textOf(encode(), FLOW, 9, 5)).toBe('web-0');
	});

	it.each([
		['policy-verdict', 5, 0, 0],
		['to-endpoint', 4, 0, 101],
		['to-host', 4, 2, 2],
		['to-stack', 4, 3, 3],
		['from-endpoint', 4, 5, 5],
		['to-network', 4, 11, 11],
	] as const)('CiliumEventType of %s is %i.%i, its point %i', (eventType, type, subType, point) => {
		const bytes = encode({ eventType });
		expect(fieldOf(bytes, FLOW, 19, 1).value).toBe(BigInt(type));
		expect(fieldOf(bytes, FLOW, 19, 2).value).toBe(BigInt(subType));
		expect(fieldOf(bytes, FLOW, 24).value).toBe(BigInt(point));
	});

	it('a drop with its reason, in three places', () => {
		const dropReason = { number: 133, name: 'POLICY_DENIED', text: 'Policy denied' };
		const bytes = encode({ eventType: 'drop', verdict: 'DROPPED', dropReason });
		expect(fieldOf(bytes, FLOW, 2).value).toBe(2n);
		expect([fieldOf(bytes, FLOW, 3).value, fieldOf(bytes, FLOW, 25).value]).toEqual([133n, 133n]);
		expect([fieldOf(bytes, FLOW, 19, 1).value, fieldOf(bytes, FLOW, 19, 2).value]).toEqual([1n, 133n]);
	});

	it.each([
		['EGRESS', 'ALLOWED', 21_001],
		['INGRESS', 'ALLOWED', 21_002],
		['EGRESS', 'DENIED', 21_004],
		['INGRESS', 'DENIED', 21_005],
	] as const)('who decided: %s %s is field %i', (trafficDirection, action, number) => {
		const rule = {
			cookie: 1,
			policy: 'CiliumNetworkPolicy shop/web',
			rule: 'spec.ingress[0]',
			match: 'L3-L4',
		} as const;
		const bytes = encode({ eventType: 'policy-verdict', trafficDirection, policy: { action, rule } });
		expect(numbersOf(fieldOf(bytes, FLOW).bytes).filter((one) => one > 21_000 && one < 22_000)).toEqual([number]);
		const policy = fieldOf(bytes, FLOW, number).bytes;
		expect([textOf(policy, 1), textOf(policy, 2), textOf(policy, 5)]).toEqual(['web', 'shop', 'CiliumNetworkPolicy']);
		expect(textOf(policy, 3)).toBe('heddle:rule=spec.ingress[0]');
		expect(fieldOf(bytes, FLOW, 23).value).toBe(2n);
	});

	it('LostEvent = 3: source, count, first, last', () => {
		const loss = { source: LostSource.ClientQueue, count: 300, firstNs: 1_000_000_000n, lastNs: 2_000_000_005n };
		const lost = fieldOf(new LostRecord(loss, teller, codec).bytes(), 3).bytes;
		expect([fieldOf(lost, 1).value, fieldOf(lost, 2).value]).toEqual([3n, 300n]);
		expect([fieldOf(lost, 4, 1).value, fieldOf(lost, 5, 1).value, fieldOf(lost, 5, 2).value]).toEqual([1n, 2n, 5n]);
	});
});

describe('GetFlowsRequest in bytes', () => {
	const GET_FLOWS = 'observer.Observer/GetFlows';
	const count = async (
		client: { raw(method: string, bytes: Uint8Array): Promise<Uint8Array[]> },
		...parts: Uint8Array[]
	) => (await client.raw(GET_FLOWS, Buffer.concat(parts))).length;

	it(
		'number = 1, first = 9, whitelist = 6, blacklist = 5, since = 7, until = 8, field_mask = 10',
		serving(flows(10), async ({ client }) => {
			const port = (text: string) => writeWire(13, text);
			expect(await count(client, writeWire(1, 3))).toBe(3);
			const [oldest] = await client.raw(GET_FLOWS, Buffer.concat([writeWire(1, 1), writeWire(9, 1)]));
			expect(fieldOf(oldest!, FLOW, 6, 1, 1).value).toBe(40_000n);
			expect(await count(client, writeWire(6, port('40001')), writeWire(6, port('40002')))).toBe(2);
			expect(await count(client, writeWire(5, port('40001')))).toBe(9);
			const time = (i: number) => {
				const ns = Number((START_NS + BigInt(i) * 1_000_000n) % 1_000_000_000n);
				return Buffer.concat([writeWire(1, Number(START_NS / 1_000_000_000n)), writeWire(2, ns)]);
			};
			expect(await count(client, writeWire(7, time(4)), writeWire(8, time(6)))).toBe(3);
			const [masked] = await client.raw(GET_FLOWS, writeWire(10, writeWire(1, 'source.identity')));
			expect(numbersOf(fieldOf(masked!, FLOW).bytes)).toEqual([8]);
			const [older] = await client.raw(GET_FLOWS, writeWire(999, writeWire(1, writeWire(1, 'Type'))));
			expect(numbersOf(fieldOf(older!, FLOW).bytes)).toEqual([10]);
			expect(ports(await client.all(GET_FLOWS))).toHaveLength(10);
		}),
	);

	// Each matches the first of two flows by one field of FlowFilter, or neither.
	it.each<[number, string | number | Uint8Array, number]>([
		[1, '10.0.0.1', 1],
		[2, 'shop/client', 1],
		[3, '10.0.0.2', 1],
		[4, 'shop/web', 1],
		[5, 2, 1],
		[6, writeWire(1, 1), 1],
		[7, 'example.com', 0],
		[8, 'example.com', 0],
		[9, '404', 0],
		[10, 'app=client', 1],
		[11, 'app=web', 1],
		[12, 'tcp', 1],
		[13, '40000', 1],
		[14, '80', 1],
		[15, 0, 1],
		[16, 'shop/web', 0],
		[17, 'shop/web', 0],
		[18, '.*', 0],
		[19, 256, 1],
		[20, 257, 1],
		[21, 'GET', 0],
		[22, '/', 0],
		[23, writeWire(2, 1), 1],
		[24, 'other', 0],
		[25, 1, 1],
		[26, writeWire(1, 'web'), 0],
		[27, writeWire(1, 'web'), 0],
		[28, '1f', 0],
		[29, 'none', 0],
		[30, 1, 1],
		[31, '/', 0],
		[32, writeWire(1, 'key'), 0],
		[33, 133, 1],
		[34, '10.0.0.1', 0],
		[35, writeWire(2, 'h2'), 1],
		[36, 'zone=a', 0],
		[37, 'default', 1],
		[38, 'default', 1],
		[39, 5, 0],
		[40, 1, 0],
	])('FlowFilter field %i', (number, value, matching) =>
		serving(
			[
				flow(0, { eventType: 'drop', verdict: 'DROPPED', dropReason: { number: 133, name: '', text: '' } }),
				flow(1, {
					trafficDirection: 'EGRESS',
					isReply: true,
					source: end({ identity: 9, endpointId: undefined, labels: [], pod: 'x', namespace: 'y', interface: 'h9' }),
					destination: end({ identity: 9, endpointId: undefined, labels: [], pod: 'x', namespace: 'y' }),
					ip: { version: 6, source: 'fd00::1', destination: 'fd00::2' },
					l4: { protocol: 'UDP', sourcePort: 1, destinationPort: 2 },
				}),
			],
			async ({ client }) => {
				const answers = await client.raw(GET_FLOWS, writeWire(6, writeWire(number, value)));
				expect(answers.map((bytes) => fieldOf(bytes, FLOW, 2).value)).toEqual(matching === 1 ? [2n] : []);
			},
		)(),
	);
});
