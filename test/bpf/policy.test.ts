import { describe, expect, it } from 'vitest';
import { Direction, DropReason, EventType, PolicyAction, Verdict } from '../../lib/abi/generated.js';
import { FAMILIES, between } from './ends.js';
import { PROTOCOL, TCP, echo, frame, sctp, tcp, udp } from './packet.js';
import { enforce, revoke } from './rows.js';
import { ACTION, attach, useSubject } from './subject.js';

const { Allow, Deny, Redirect } = PolicyAction;

describe.each(FAMILIES)('policy over IPv%i', (family) => {
	const subject = useSubject();
	const toB = () => between(subject.a, subject.b, family);
	const send = (packet: Uint8Array) => subject.run('from_endpoint', subject.a, packet);
	const ingressDrops = (reason: number) => subject.drops(subject.b, reason, Direction.Ingress);

	it('forwards where nothing is enforced', () => {
		const { action, events } = send(udp(toB(), 1000, 80));
		expect(action).toBe(ACTION.redirect);
		expect(events).toMatchObject([
			{
				type: EventType.Verdict,
				egressVerdict: Verdict.NotEnforced,
				ingressVerdict: Verdict.NotEnforced,
				family,
				network: 1,
			},
		]);
		expect(subject.totalDrops()).toBe(0);
	});

	it('allows the port that a rule names, and tells the rule', () => {
		enforce(subject, subject.b, 0, subject.a.identity, [
			{ protocol: PROTOCOL.udp, port: 80, action: Allow, cookie: 42 },
		]);
		const { action, events } = send(udp(toB(), 1000, 80));
		expect(action).toBe(ACTION.redirect);
		expect(events).toMatchObject([
			{ ingressVerdict: Verdict.Allowed, ingressCookie: 42, sourcePort: 1000, destinationPort: 80 },
		]);
	});

	it.each([
		['another port', () => udp(toB(), 1000, 81)],
		['another protocol on that port', () => tcp(toB(), 1000, 80, TCP.syn)],
		['SCTP on that port', () => sctp(toB(), 1000, 80)],
		['a protocol without ports', () => frame(toB(), 47, new Uint8Array(20))],
		['ping', () => echo(toB(), 5)],
	])('denies %s, counts it once and says on whose side', (_, packet) => {
		enforce(subject, subject.b, 0, subject.a.identity, [{ protocol: PROTOCOL.udp, port: 80, action: Allow }]);
		const { action, events } = send(packet());
		expect(action).toBe(ACTION.drop);
		expect(events).toMatchObject([
			{
				type: EventType.Drop,
				reason: DropReason.PolicyDenied,
				direction: Direction.Ingress,
				ingressVerdict: Verdict.Denied,
			},
		]);
		expect(ingressDrops(DropReason.PolicyDenied)).toBe(1);
		expect(subject.totalDrops()).toBe(1);
		expect(subject.flows()).toEqual([]);
	});

	it('denies a peer of another identity', () => {
		enforce(subject, subject.b, 0, 4711, [{ action: Allow }]);
		expect(send(udp(toB(), 1000, 80)).action).toBe(ACTION.drop);
	});

	it('takes the longest prefix of the port, and the row of every protocol last', () => {
		enforce(subject, subject.b, 0, subject.a.identity, [
			{ action: Allow },
			{ protocol: PROTOCOL.udp, port: 64, portBits: 10, action: Deny },
			{ protocol: PROTOCOL.udp, port: 80, action: Allow },
		]);
		expect(send(udp(toB(), 1000, 80)).action).toBe(ACTION.redirect);
		expect(send(udp(toB(), 1000, 81)).action).toBe(ACTION.drop);
		expect(ingressDrops(DropReason.PolicyDeniedByDenylist)).toBe(1);
		expect(send(udp(toB(), 1000, 128)).action).toBe(ACTION.redirect);
		expect(send(tcp(toB(), 1000, 81, TCP.syn)).action).toBe(ACTION.redirect);
		expect(send(frame(toB(), 47, new Uint8Array(20))).action).toBe(ACTION.redirect);
	});

	it('asks the egress policy of the sender first', () => {
		enforce(subject, subject.a, 1, subject.b.identity, [{ protocol: PROTOCOL.udp, port: 53, action: Allow }]);
		expect(send(udp(toB(), 1000, 53)).action).toBe(ACTION.redirect);
		expect(send(udp(toB(), 1000, 80)).events).toMatchObject([
			{ direction: Direction.Egress, egressVerdict: Verdict.Denied, ingressVerdict: Verdict.NotEvaluated },
		]);
		expect(subject.drops(subject.a, DropReason.PolicyDenied, Direction.Egress)).toBe(1);
	});

	it('names ping by type and code', () => {
		const request = family === 4 ? 8 : 128;
		const protocol = family === 4 ? PROTOCOL.icmp : PROTOCOL.icmpv6;
		enforce(subject, subject.b, 0, subject.a.identity, [{ protocol, port: request << 8, portBits: 8, action: Allow }]);
		expect(send(echo(toB(), 5)).action).toBe(ACTION.redirect);
		expect(send(udp(toB(), 1, 2)).action).toBe(ACTION.drop);
	});

	it('drops what a rule sends to a proxy that is not there', () => {
		enforce(subject, subject.b, 0, subject.a.identity, [{ protocol: PROTOCOL.tcp, port: 80, action: Redirect }]);
		expect(send(tcp(toB(), 1000, 80, TCP.syn)).events).toMatchObject([{ reason: DropReason.ProxyUnavailable }]);
	});

	it('applies a revoked rule to the next packet of an established flow, in both directions', () => {
		enforce(subject, subject.b, 0, subject.a.identity, [{ protocol: PROTOCOL.udp, port: 80, action: Allow }]);
		const reply = udp(between(subject.b, subject.a, family), 80, 1000);
		expect(send(udp(toB(), 1000, 80)).action).toBe(ACTION.redirect);
		expect(subject.run('from_endpoint', subject.b, reply).action).toBe(ACTION.redirect);
		revoke(subject, subject.b, 0, subject.a.identity);
		expect(send(udp(toB(), 1000, 80)).action).toBe(ACTION.drop);
		expect(subject.run('from_endpoint', subject.b, reply).action).toBe(ACTION.drop);
		expect(ingressDrops(DropReason.PolicyDenied)).toBe(2);
	});

	it('enforces always and never whatever the set says', () => {
		attach(subject, subject.b, { enforcement: 1 });
		subject.bumpEpoch();
		expect(send(udp(toB(), 1000, 80)).action).toBe(ACTION.drop);
		enforce(subject, subject.b, 0, 4711, [{ action: Allow }]);
		attach(subject, subject.b, { enforcement: 2 });
		subject.bumpEpoch();
		expect(send(udp(toB(), 1000, 81)).action).toBe(ACTION.redirect);
	});

	it('forwards and reports what an endpoint under audit would drop', () => {
		enforce(subject, subject.b, 0, 4711, [{ action: Allow }]);
		attachAudited();
		enforce(subject, subject.b, 0, 4711, [{ action: Allow }]);
		const { action, events } = send(udp(toB(), 1000, 80));
		expect(action).toBe(ACTION.redirect);
		expect(events).toMatchObject([{ type: EventType.Verdict, ingressVerdict: Verdict.Audited }]);
	});

	function attachAudited(): void {
		attach(subject, subject.b, { audit: 1 });
	}
});
