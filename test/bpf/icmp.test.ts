import { describe, expect, it } from 'vitest';
import { DropReason, PolicyAction } from '../../lib/abi/generated.js';
import { concat, u16, u32 } from './checksum.js';
import { FAMILIES, between } from './ends.js';
import { PROTOCOL, TCP, echo, echoReply, icmp, tcp, udp, unreachable } from './packet.js';
import { enforce } from './rows.js';
import { ACTION, useSubject } from './subject.js';

describe.each(FAMILIES)('ICMP over IPv%i', (family) => {
	const subject = useSubject();
	const fromA = (packet: Uint8Array) => subject.run('from_endpoint', subject.a, packet);
	const fromB = (packet: Uint8Array) => subject.run('from_endpoint', subject.b, packet);
	const toB = () => between(subject.a, subject.b, family);
	const toA = () => between(subject.b, subject.a, family);
	const closeA = () => enforce(subject, subject.a, 0, 4711, [{ action: PolicyAction.Allow }]);

	it('lets an echo reply back by its request', () => {
		closeA();
		expect(fromA(echo(toB(), 7)).action).toBe(ACTION.redirect);
		expect(fromB(echoReply(toA(), 7)).action).toBe(ACTION.redirect);
	});

	it('drops a reply to a request that nobody made', () => {
		fromA(echo(toB(), 7));
		expect(fromB(echoReply(toA(), 8)).events).toMatchObject([{ reason: DropReason.UnknownCtState }]);
	});

	it('judges a request that reuses the identifier of one from the other side on its own', () => {
		closeA();
		fromA(echo(toB(), 7));
		expect(fromB(echo(toA(), 7)).events).toMatchObject([{ reason: DropReason.PolicyDenied }]);
	});

	it('forwards an error to where the packet that it quotes came from, whatever policy says of ICMP', () => {
		closeA();
		const sent = udp(toB(), 1000, 80);
		fromA(sent);
		expect(fromB(unreachable(toA(), sent)).action).toBe(ACTION.redirect);
	});

	it('forwards an error about a reply', () => {
		fromA(udp(toB(), 1000, 80));
		const reply = udp(toA(), 80, 1000);
		fromB(reply);
		expect(fromA(unreachable(toB(), reply)).action).toBe(ACTION.redirect);
	});

	it('forwards an error about a TCP segment and about a ping', () => {
		for (const sent of [tcp(toB(), 1000, 80, TCP.syn), echo(toB(), 9)]) {
			fromA(sent);
			expect(fromB(unreachable(toA(), sent)).action).toBe(ACTION.redirect);
		}
	});

	it.each([
		['quotes no flow', () => unreachable(toA(), udp(toB(), 1, 2))],
		[
			'quotes a packet that went elsewhere',
			() => unreachable(toA(), udp(between(subject.b, subject.a, family), 1000, 80)),
		],
		['is cut short', () => icmp(toA(), family === 4 ? 3 : 1, 3, u32(0))],
		['quotes an error', () => unreachable(toA(), unreachable(toB(), udp(toA(), 80, 1000)))],
	])('drops an error that %s', (_, packet) => {
		fromA(udp(toB(), 1000, 80));
		expect(fromB(packet()).action).toBe(ACTION.drop);
	});

	it('judges an error anew once policy has changed', () => {
		const sent = udp(toB(), 1000, 80);
		fromA(sent);
		enforce(subject, subject.b, 0, 4711, [{ action: PolicyAction.Allow }]);
		expect(fromB(unreachable(toA(), sent)).events).toMatchObject([{ reason: DropReason.PolicyDenied }]);
	});

	it('drops a type that no rule could name well', () => {
		const reason = family === 4 ? DropReason.UnknownIcmpv4Type : DropReason.UnknownIcmpv6Type;
		expect(fromA(icmp(toB(), family === 4 ? 5 : 200, 0, new Uint8Array(8))).events).toMatchObject([{ reason }]);
	});

	it('takes the other family’s ICMP for nothing', () => {
		const other = family === 4 ? PROTOCOL.icmpv6 : PROTOCOL.icmp;
		const packet = echo(toB(), 7);
		packet[family === 4 ? 23 : 20] = other;
		expect(fromA(packet).action).toBe(ACTION.drop);
	});
});

describe('ICMPv6 that a pod may not send', () => {
	const subject = useSubject();
	const ends = () => between(subject.a, subject.b, 6);

	it.each([
		['router advertisement', 134, DropReason.ForbiddenIcmpv6Message],
		['redirect', 137, DropReason.ForbiddenIcmpv6Message],
		['multicast listener report', 143, DropReason.MulticastUnsupported],
		['router solicitation', 133, DropReason.MulticastUnsupported],
	])('drops a %s by name', (_, type, reason) => {
		const packet = icmp(ends(), type, 0, concat(u16(0), u16(0), new Uint8Array(16)));
		expect(subject.run('from_endpoint', subject.a, packet).events).toMatchObject([{ reason }]);
	});
});
