import { describe, expect, it } from 'vitest';
import { DropReason, PolicyAction, SimulatedAction, Verdict, maps } from '../../lib/abi/generated.js';
import { FAMILIES, between } from './ends.js';
import { PROTOCOL, TCP, arp, tcp, udp } from './packet.js';
import { enforce } from './rows.js';
import { ACTION, type TestEndpoint, useSubject } from './subject.js';

describe.each(FAMILIES)('simulation over IPv%i', (family) => {
	const subject = useSubject();
	const toB = () => between(subject.a, subject.b, family);
	const simulate = (from: TestEndpoint, packet: Uint8Array) => {
		const run = subject.run('simulate_from_endpoint', from, packet);
		return { ...run, result: subject.lookup('simulation', maps.simulation.key, 0, maps.simulation.value) };
	};

	it('answers as the datapath would, and changes nothing', () => {
		enforce(subject, subject.b, 0, subject.a.identity, [
			{ protocol: PROTOCOL.udp, port: 80, action: PolicyAction.Allow, cookie: 9 },
		]);
		const packet = udp(toB(), 1000, 80);
		const { result, frame, action, events } = simulate(subject.a, packet);
		expect(action).toBe(ACTION.redirect);
		expect(result).toMatchObject({
			cached: 0,
			action: SimulatedAction.ToEndpoint,
			event: { ingressVerdict: Verdict.Allowed, ingressCookie: 9, destinationEndpoint: subject.b.id },
		});
		expect(simulate(subject.a, udp(toB(), 1000, 81)).result).toMatchObject({
			action: SimulatedAction.Drop,
			event: { reason: DropReason.PolicyDenied },
		});
		expect(events).toEqual([]);
		expect(subject.flows()).toEqual([]);
		expect(subject.totalDrops()).toBe(0);
		expect(frame).toEqual(subject.run('from_endpoint', subject.a, packet).frame);
	});

	it('tells that an established flow answers, and leaves its counts alone', () => {
		subject.run('from_endpoint', subject.a, tcp(toB(), 1000, 80, TCP.syn));
		const before = subject.flows();
		const reply = simulate(subject.b, tcp(between(subject.b, subject.a, family), 80, 1000, TCP.syn | TCP.ack));
		expect(reply.result).toMatchObject({ cached: 1, action: SimulatedAction.ToEndpoint });
		expect(subject.flows()).toEqual(before);
	});

	it('says when the answer is a frame back to the pod', () => {
		const { result } = simulate(subject.a, arp(1, subject.a.mac, subject.a.ipv4, '00:00:00:00:00:00', '192.168.0.1'));
		expect(result).toMatchObject({ action: SimulatedAction.Reply });
		expect(simulate(subject.a, udp(between(subject.a, subject.b, family, { ttl: 1 }), 1, 2)).result).toMatchObject({
			action: SimulatedAction.Reply,
			event: { reason: DropReason.TtlExceeded },
		});
	});
});
