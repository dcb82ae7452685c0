import { describe, expect, it } from 'vitest';

import * as abi from '../../../lib/abi/generated.js';
import { dropReason } from '../../../lib/flows/drop-reasons.js';
import { expandEvent } from '../../../lib/flows/expand.js';
import { flowPredicate } from '../../../lib/flows/filter.js';
import { formatFlow } from '../../../lib/flows/format.js';
import type { Flow } from '../../../lib/flows/flow.js';
import type { FlowNames } from '../../../lib/flows/names.js';

const names: FlowNames = {
	endpoint: (id) =>
		id === 1
			? {
					name: 'client-cil1',
					identity: { id: 256 },
					pod: { namespace: 'default', name: 'client' },
					interface: { name: 'h1', pod: 'cil1' },
				}
			: id === 2
				? { name: 'server', identity: { id: 257 }, interface: { name: 'h2' } }
				: undefined,
	identity: (id) =>
		({
			1: { name: 'host', labels: ['reserved:host'] },
			9: { name: 'world-ipv4', labels: ['reserved:world-ipv4'] },
			256: { labels: ['k8s:app=client'] },
		})[id],
	network: (id) => (id === 7 ? 'jupiter' : String(id)),
	rule: (cookie) =>
		cookie === 5
			? { cookie, policy: 'CiliumNetworkPolicy default/web', rule: 'spec.ingress[0]', line: 12, match: 'L3-L4' }
			: undefined,
};

const event = (more: Partial<abi.Event>): abi.Event => ({
	timeNs: 0n,
	type: abi.EventType.Verdict,
	reason: 0,
	direction: 0,
	protocol: 6,
	network: 7,
	family: 4,
	tcpFlags: 2,
	sourceIdentity: 256,
	destinationIdentity: 257,
	sourceEndpoint: 1,
	destinationEndpoint: 2,
	sourcePort: 40_000,
	destinationPort: 80,
	sourceAddress: Uint8Array.from([10, 0, 0, 1, ...new Uint8Array(12)]),
	destinationAddress: Uint8Array.from([10, 0, 0, 2, ...new Uint8Array(12)]),
	egressCookie: 0,
	ingressCookie: 0,
	egressVerdict: abi.Verdict.NotEnforced,
	ingressVerdict: abi.Verdict.NotEnforced,
	endCause: 0,
	flags: 0,
	length: 66,
	packets: [0n, 0n],
	bytes: [0n, 0n],
	startedNs: 0n,
	weights: [1, 1],
	points: abi.TracePoint.To,
	...more,
});

const OFFSET = BigInt(Date.UTC(2026, 0, 2, 3, 4, 5, 678)) * 1_000_000n;
const lines = (more: Partial<abi.Event>) => expandEvent(event(more), names, OFFSET);
const text = (more: Partial<abi.Event>) => lines(more).map((flow) => formatFlow(flow).replace(/^.{19}: /, ''));

const ENDS = 'default/client-cil1:40000 (ID:256 cil1@jupiter) -> server:80 (ID:257 h2@jupiter)';

describe('an event is told', () => {
	it('as forwarded alone where no policy is enforced', () => {
		expect(text({})).toEqual([`${ENDS} to-endpoint FORWARDED (TCP Flags: SYN)`]);
	});

	it('with each side’s verdict where it is, and the rule that gave it', () => {
		expect(text({ egressVerdict: abi.Verdict.Allowed, ingressVerdict: abi.Verdict.Allowed, ingressCookie: 5 })).toEqual(
			[
				`${ENDS} policy-verdict:none EGRESS ALLOWED (TCP Flags: SYN)`,
				`${ENDS} policy-verdict:L3-L4 INGRESS ALLOWED (TCP Flags: SYN; by CiliumNetworkPolicy default/web spec.ingress[0] line 12)`,
				`${ENDS} to-endpoint FORWARDED (TCP Flags: SYN)`,
			],
		);
	});

	it('as denied on egress without ever being forwarded', () => {
		expect(text({ type: abi.EventType.Drop, reason: 133, direction: 1, egressVerdict: abi.Verdict.Denied })).toEqual([
			`${ENDS} policy-verdict:none EGRESS DENIED (TCP Flags: SYN)`,
			`${ENDS} Policy denied DROPPED (TCP Flags: SYN)`,
		]);
	});

	it('as an end with its counts', () => {
		expect(
			text({
				type: abi.EventType.FlowEnd,
				endCause: abi.FlowEndCause.Idle,
				packets: [3n, 2n],
				bytes: [300n, 200n],
				tcpFlags: 18,
			}),
		).toEqual([
			`${ENDS} flow-end FORWARDED (TCP Flags: SYN, ACK; idle: 3 packets 300 bytes, replies 2 packets 200 bytes)`,
		]);
	});

	it('with addresses for what is no endpoint', () => {
		expect(text({ destinationEndpoint: 0, destinationIdentity: 9, protocol: 17 })).toEqual([
			'default/client-cil1:40000 (ID:256 cil1@jupiter) -> 10.0.0.2:80 (world-ipv4 @jupiter) to-stack FORWARDED (UDP)',
		]);
		expect(
			text({
				destinationEndpoint: 0,
				destinationIdentity: 1,
				flags: abi.EventFlag.ToHost,
				protocol: 1,
				destinationPort: 0x0800,
			}),
		).toEqual([
			'default/client-cil1 (ID:256 cil1@jupiter) -> 10.0.0.2 (host @jupiter) to-host FORWARDED (ICMPv4 EchoRequest)',
		]);
	});

	it('also where it is not IP, or of an endpoint nobody remembers', () => {
		expect(
			text({
				type: abi.EventType.Drop,
				reason: 130,
				direction: 1,
				family: 0,
				destinationEndpoint: 0,
				sourceIdentity: 0,
				destinationIdentity: 0,
			}),
		).toEqual([
			'default/client-cil1 (ID:256 cil1@jupiter) -> unknown (unknown @jupiter) Invalid source mac DROPPED (not IP)',
		]);
		expect(lines({ sourceEndpoint: 99 })[0]?.source).toMatchObject({ name: 'k8s:app=client', identity: 256 });
	});

	it('in the time of the wall', () => {
		expect(lines({ timeNs: 1_000_000n })[0]?.time.toISOString()).toBe('2026-01-02T03:04:05.679Z');
	});
});

describe('drop reasons', () => {
	it('have a name and words, all of them', () => {
		for (const number of Object.values(abi.DropReason)) {
			expect(dropReason(number).name).toBe(abi.dropReasonNames[number]);
			expect(dropReason(number).text).toMatch(/^[A-Z]/);
		}
		expect(dropReason(99)).toEqual({ number: 99, name: 'UNKNOWN_99', text: 'Unknown drop reason 99' });
	});
});

describe('a filter', () => {
	const flow = lines({ ingressVerdict: abi.Verdict.Allowed })[0] as Flow;
	const matches = (filter: Parameters<typeof flowPredicate>[0]) => flowPredicate(filter)(flow);

	it.each([
		[{}, true],
		[{ pod: 'default/client' }, true],
		[{ pod: 'client' }, true],
		[{ pod: 'other/client' }, false],
		[{ endpoint: 'client-cil1' }, true],
		[{ endpoint: [2, 9] }, true],
		[{ endpoint: 9 }, false],
		[{ identity: 256, verdict: 'FORWARDED' }, true],
		[{ identity: 256, verdict: 'DROPPED' }, false],
		[{ network: 'jupiter', protocol: 'TCP' }, true],
		[{ protocol: 'icmp' }, false],
		[{ eventType: ['drop', 'policy-verdict'], trafficDirection: 'INGRESS' }, true],
		[{ ip: '10.0.0.2', port: 80 }, true],
		[{ port: 81 }, false],
		[{ isReply: true }, false],
		[{ dropReason: 'POLICY_DENIED' }, false],
	] as const)('%j: %s', (filter, expected) => {
		expect(matches(filter)).toBe(expected);
	});

	it('may be a function', () => {
		expect(matches((one) => one.length === 66)).toBe(true);
	});
});

describe('a packet of a conversation', () => {
	const { Trace } = abi.EventType;
	const { From, To } = abi.TracePoint;
	const points = (more: Partial<abi.Event>) =>
		lines({ type: Trace, points: From | To, ...more }).map(
			({ eventType, trafficDirection, traceReason, weight }) =>
				`${eventType} ${trafficDirection} ${traceReason} ${weight ?? 1}`,
		);

	it('is told where it was seen, in the direction of its conversation', () => {
		expect(points({})).toEqual(['from-endpoint EGRESS ESTABLISHED 1', 'to-endpoint INGRESS ESTABLISHED 1']);
		expect(points({ flags: abi.EventFlag.Reply })).toEqual([
			'from-endpoint INGRESS REPLY 1',
			'to-endpoint EGRESS REPLY 1',
		]);
	});

	it.each([
		[abi.EventFlag.FromNetwork, 'from-network'],
		[abi.EventFlag.FromHost, 'from-host'],
		[0, 'from-stack'],
	])('with flags %i from outside is told at %s', (flags, point) => {
		expect(points({ flags, sourceEndpoint: 0 })).toEqual([
			`${point} INGRESS ESTABLISHED 1`,
			'to-endpoint INGRESS ESTABLISHED 1',
		]);
	});

	it('to outside is told at its own end', () => {
		const flags = abi.EventFlag.ToNetwork;
		expect(points({ flags, destinationEndpoint: 0 })[1]).toBe('to-network EGRESS ESTABLISHED 1');
	});

	it('by the proxy is told in the direction of the policy that asks for it', () => {
		const { Reply, ToProxy, FromProxy } = abi.EventFlag;
		expect(points({ flags: ToProxy, direction: 1 })).toEqual([
			'from-endpoint EGRESS ESTABLISHED 1',
			'to-proxy EGRESS ESTABLISHED 1',
		]);
		expect(points({ flags: FromProxy })).toEqual([
			'from-proxy INGRESS ESTABLISHED 1',
			'to-endpoint INGRESS ESTABLISHED 1',
		]);
		expect(points({ flags: FromProxy | Reply, destinationEndpoint: 0 })[0]).toBe('from-proxy INGRESS REPLY 1');
	});

	it('that is an ICMP error is related to one', () => {
		expect(points({ protocol: 1, destinationPort: 3 << 8, points: To })).toEqual(['to-endpoint INGRESS RELATED 1']);
		expect(points({ protocol: 58, destinationPort: 129 << 8, points: To })).toEqual([
			'to-endpoint INGRESS ESTABLISHED 1',
		]);
	});

	it('is told by weight, and not at an end that sampled it away', () => {
		expect(points({ weights: [100, 7] }).map((line) => line.split(' ').at(-1))).toEqual(['100', '7']);
		expect(points({ weights: [0, 7] })).toEqual(['to-endpoint INGRESS ESTABLISHED 7']);
		const sampled = lines({ egressVerdict: abi.Verdict.Allowed, ingressVerdict: abi.Verdict.Allowed, weights: [9, 0] });
		expect(sampled.map(({ eventType, trafficDirection, weight }) => [eventType, trafficDirection, weight])).toEqual([
			['policy-verdict', 'EGRESS', 9],
		]);
	});
});
