import { describe, expect, it } from 'vitest';
import { DropReason, EventType, PolicyAction } from '../../lib/abi/generated.js';
import { concat, u16, u32 } from './checksum.js';
import { FAMILIES, type Family, between } from './ends.js';
import { type Ends, type Extension, PROTOCOL, TCP, frame, tcp, udp } from './packet.js';
import { enforce } from './rows.js';
import { ACTION, type Subject, useSubject } from './subject.js';

/** `offset` in bytes, a multiple of 8. */
function fragment(subject: Subject, family: Family, id: number, offset: number, more: boolean): Ends {
	if (family === 4) return between(subject.a, subject.b, 4, { id, fragment: (more ? 0x2000 : 0) | (offset / 8) });
	const rest = concat(Uint8Array.of(0), u16(offset | (more ? 1 : 0)), u32(id));
	return between(subject.a, subject.b, 6, { extensions: [{ type: PROTOCOL.ipv6Fragment, rest }] });
}

describe.each(FAMILIES)('fragments over IPv%i', (family) => {
	const subject = useSubject();
	const send = (packet: Uint8Array) => subject.run('from_endpoint', subject.a, packet);
	const first = (id: number, port = 80) => udp(fragment(subject, family, id, 0, true), 1000, port, new Uint8Array(16));
	const later = (id: number, offset = 24) =>
		frame(fragment(subject, family, id, offset, false), PROTOCOL.udp, new Uint8Array(16));
	const allow80 = () =>
		enforce(subject, subject.b, 0, subject.a.identity, [
			{ protocol: PROTOCOL.udp, port: 80, action: PolicyAction.Allow },
		]);

	it('follow their first, as one flow', () => {
		allow80();
		expect(send(first(1)).action).toBe(ACTION.redirect);
		expect(send(later(1)).action).toBe(ACTION.redirect);
		expect(subject.flows()).toHaveLength(1);
	});

	it('are denied where the first is denied', () => {
		allow80();
		expect(send(first(2, 81)).events).toMatchObject([{ reason: DropReason.PolicyDenied }]);
		expect(send(later(2)).events).toMatchObject([{ reason: DropReason.PolicyDenied, destinationPort: 81 }]);
	});

	it('are dropped without their first', () => {
		send(first(3));
		expect(send(later(4)).events).toMatchObject([{ reason: DropReason.FirstFragmentNotFound }]);
	});

	it('may not rewrite the TCP flags that the first was judged by', () => {
		send(tcp(fragment(subject, family, 5, 0, true), 1000, 80, TCP.syn));
		const tiny = frame(fragment(subject, family, 5, 8, false), PROTOCOL.tcp, new Uint8Array(16));
		expect(send(tiny).events).toMatchObject([{ reason: DropReason.InvalidPacket }]);
	});

	it('must hold a whole transport header in the first', () => {
		const short = frame(fragment(subject, family, 6, 0, true), PROTOCOL.tcp, new Uint8Array(16));
		expect(send(short).events).toMatchObject([{ reason: DropReason.CtInvalidHeader }]);
	});
});

describe('IPv6 extension headers', () => {
	const subject = useSubject();
	const options = (units: number): Uint8Array => concat(Uint8Array.of(units - 1), new Uint8Array(units * 8 - 2));
	const send = (extensions: readonly Extension[]) =>
		subject.run('from_endpoint', subject.a, udp(between(subject.a, subject.b, 6, { extensions }), 1000, 80));

	it('are walked to the transport header', () => {
		const { action, events } = send([
			{ type: PROTOCOL.hopByHop, rest: options(1) },
			{ type: PROTOCOL.destinationOptions, rest: options(3) },
		]);
		expect(action).toBe(ACTION.redirect);
		expect(events).toMatchObject([
			{ type: EventType.Verdict, protocol: PROTOCOL.udp, sourcePort: 1000, destinationPort: 80 },
		]);
	});

	it('are dropped when they are a chain without honest use', () => {
		const chain = Array.from({ length: 9 }, () => ({ type: PROTOCOL.destinationOptions, rest: options(1) }));
		expect(send(chain).events).toMatchObject([{ reason: DropReason.InvalidIpv6ExtensionHeader }]);
	});

	it('are dropped when one ends beyond the frame', () => {
		const rest = concat(Uint8Array.of(200), new Uint8Array(6));
		expect(send([{ type: PROTOCOL.destinationOptions, rest }]).events).toMatchObject([
			{ reason: DropReason.InvalidIpv6ExtensionHeader },
		]);
	});

	it('of an atomic fragment do not make the packet one of several', () => {
		const rest = concat(Uint8Array.of(0), u16(0), u32(9));
		expect(send([{ type: PROTOCOL.ipv6Fragment, rest }]).action).toBe(ACTION.redirect);
	});
});
