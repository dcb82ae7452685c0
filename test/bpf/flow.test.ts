import { describe, expect, it } from 'vitest';
import {
	Direction,
	DropReason,
	EventFlag,
	EventType,
	FlowEndCause,
	FlowState,
	PolicyAction,
} from '../../lib/abi/generated.js';
import { FAMILIES, between } from './ends.js';
import { PROTOCOL, TCP, tcp, udp } from './packet.js';
import { enforce } from './rows.js';
import { ACTION, useSubject } from './subject.js';

const { fin, syn, rst, ack, psh } = TCP;

describe.each(FAMILIES)('flows over IPv%i', (family) => {
	const subject = useSubject();
	const out = (flags: number, port = 80) =>
		subject.run('from_endpoint', subject.a, tcp(between(subject.a, subject.b, family), 1000, port, flags));
	const back = (flags: number, port = 80) =>
		subject.run('from_endpoint', subject.b, tcp(between(subject.b, subject.a, family), port, 1000, flags));

	function onlyPort80(): void {
		enforce(subject, subject.b, 0, subject.a.identity, [
			{ protocol: PROTOCOL.tcp, port: 80, action: PolicyAction.Allow },
		]);
		enforce(subject, subject.b, 1, 4711, [{ action: PolicyAction.Allow }]);
		enforce(subject, subject.a, 0, 4711, [{ action: PolicyAction.Allow }]);
	}

	it('lets replies back by the flow, through policies that would deny them', () => {
		onlyPort80();
		expect(out(syn).action).toBe(ACTION.redirect);
		expect(back(syn | ack).action).toBe(ACTION.redirect);
		expect(out(ack).action).toBe(ACTION.redirect);
		expect(back(psh | ack).action).toBe(ACTION.redirect);
		expect(subject.flows()).toHaveLength(1);
	});

	it('reports one verdict a flow, and its end with packets and bytes', () => {
		const events = [
			out(syn),
			back(syn | ack),
			out(ack),
			out(psh | ack),
			back(ack),
			out(fin | ack),
			back(fin | ack),
			out(ack),
		].flatMap((run) => run.events);
		const length = BigInt(tcp(between(subject.a, subject.b, family), 1000, 80, ack).length);
		expect(events.map(({ type }) => type)).toEqual([EventType.Verdict, EventType.FlowEnd]);
		expect(events[1]).toMatchObject({
			endCause: FlowEndCause.TcpClosed,
			sourceEndpoint: subject.a.id,
			destinationPort: 80,
			packets: [5n, 3n],
			bytes: [5n * length, 3n * length],
		});
		expect(subject.flows()).toMatchObject([{ state: FlowState.Closed, ended: 1 }]);
	});

	it('ends a flow at a reset, and forwards the reset', () => {
		out(syn);
		const reset = back(rst | ack);
		expect(reset.action).toBe(ACTION.redirect);
		expect(reset.events).toMatchObject([
			{ type: EventType.FlowEnd, endCause: FlowEndCause.TcpReset, packets: [1n, 1n] },
		]);
	});

	it('begins anew with a SYN on a closed flow', () => {
		[out(syn), back(rst | ack)].forEach(() => undefined);
		expect(out(syn).events).toMatchObject([{ type: EventType.Verdict }]);
		expect(subject.flows()).toMatchObject([{ state: FlowState.New, ended: 0 }]);
	});

	it('judges a SYN from the other side on its own, and leaves the flow alone when it is denied', () => {
		onlyPort80();
		out(syn);
		back(syn | ack);
		expect(back(syn).action).toBe(ACTION.drop);
		expect(out(ack).action).toBe(ACTION.redirect);
	});

	it.each([
		['SYN with FIN', syn | fin],
		['SYN with RST', syn | rst],
		['no flag', 0],
		['FIN alone', fin],
	])('drops %s as no TCP', (_, flags) => {
		expect(out(flags).events).toMatchObject([{ reason: DropReason.InvalidPacket }]);
	});

	it.each([
		['a SYN-ACK', syn | ack],
		['a reset', rst],
	])('drops %s that answers nothing', (_, flags) => {
		expect(out(flags).events).toMatchObject([{ reason: DropReason.UnknownCtState }]);
		expect(subject.flows()).toEqual([]);
	});

	it('picks up a connection in the middle, but judges its two directions each on its own', () => {
		onlyPort80();
		const picked = out(ack);
		expect(picked.action).toBe(ACTION.redirect);
		expect(picked.events).toMatchObject([{ flags: EventFlag.Midstream }]);
		expect(back(ack).action).toBe(ACTION.drop);
		expect(out(ack).action).toBe(ACTION.redirect);
	});

	it('does not let a server open a door that policy closed by speaking first in mid-connection', () => {
		enforce(subject, subject.b, 0, 4711, [{ action: PolicyAction.Allow }]);
		expect(back(ack).action).toBe(ACTION.redirect);
		expect(out(ack).action).toBe(ACTION.drop);
		expect(subject.drops(subject.b, DropReason.PolicyDenied, Direction.Ingress)).toBe(1);
	});

	it('keeps a denied conversation denied when the other end goes on speaking', () => {
		enforce(subject, subject.b, 0, subject.a.identity, [
			{ protocol: PROTOCOL.tcp, port: 80, action: PolicyAction.Allow },
		]);
		[out(syn), back(syn | ack), out(ack)].forEach(({ action }) => expect(action).toBe(ACTION.redirect));
		enforce(subject, subject.b, 0, subject.a.identity, [
			{ protocol: PROTOCOL.tcp, port: 80, action: PolicyAction.Deny },
		]);
		for (let i = 0; i < 3; i++) {
			expect(back(psh | ack).action).toBe(ACTION.drop);
			expect(out(ack).action).toBe(ACTION.drop);
		}
	});

	it('does not believe a flow that was idle too long', () => {
		enforce(subject, subject.b, 0, subject.a.identity, [
			{ protocol: PROTOCOL.udp, port: 80, action: PolicyAction.Allow },
		]);
		enforce(subject, subject.a, 0, 4711, [{ action: PolicyAction.Allow }]);
		const reply = udp(between(subject.b, subject.a, family), 80, 1000);
		subject.run('from_endpoint', subject.a, udp(between(subject.a, subject.b, family), 1000, 80));
		expect(subject.run('from_endpoint', subject.b, reply).action).toBe(ACTION.redirect);
		subject.setTimeouts(0xffffffff); // minus one tick: everything is idle
		const { action, events } = subject.run('from_endpoint', subject.b, reply);
		expect(action).toBe(ACTION.drop);
		expect(events.map(({ type }) => type)).toEqual([EventType.FlowEnd, EventType.Drop]);
		expect(events[0]).toMatchObject({ endCause: FlowEndCause.Idle, packets: [1n, 1n] });
	});

	it('sweeps idle flows, and those that lost an end, each reported once', () => {
		out(syn);
		expect(subject.sweep()).toMatchObject({ visited: 1n, deleted: 0n });
		subject.setTimeouts(0xffffffff);
		expect(subject.sweep()).toMatchObject({ visited: 1n, deleted: 1n, ended: 1n });
		expect(subject.drain()).toMatchObject([{ type: EventType.FlowEnd, endCause: FlowEndCause.Idle }]);
		expect(subject.flows()).toEqual([]);
	});

	it('keeps networks apart: the same addresses on another network are another flow and another pod', () => {
		const elsewhere = subject.run(
			'from_endpoint',
			subject.x,
			tcp(between(subject.x, subject.y, family), 1000, 80, syn),
		);
		out(syn);
		expect(elsewhere.action).toBe(ACTION.redirect);
		expect(elsewhere.events).toMatchObject([{ network: 2, destinationEndpoint: subject.y.id }]);
		expect(subject.flows()).toHaveLength(2);
	});
});
