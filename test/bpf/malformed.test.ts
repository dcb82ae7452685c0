import { describe, expect, it } from 'vitest';
import { Direction, DropReason } from '../../lib/abi/generated.js';
import { concat } from './checksum.js';
import { FAMILIES, between } from './ends.js';
import { ETHERTYPE, PROTOCOL, TCP, ethernet, frame, tcp, udp } from './packet.js';
import { ACTION, useSubject } from './subject.js';

describe.each(FAMILIES)('frames that are wrong, IPv%i', (family) => {
	const subject = useSubject();
	const ends = (change = {}) => between(subject.a, subject.b, family, change);
	const spoofed = family === 4 ? '10.0.0.99' : 'fd00::99';
	const multicast = family === 4 ? '224.0.0.251' : 'ff02::fb';
	const loopback = family === 4 ? '127.0.0.1' : '::1';
	const header = family === 4 ? 20 : 40;

	function changed(at: number, value: number): Uint8Array {
		const packet = udp(ends(), 1000, 80);
		packet[at] = value;
		return packet;
	}

	it.each([
		['another source MAC', () => udp(ends({ sourceMac: '02:00:00:00:00:99' }), 1, 2), DropReason.InvalidSourceMac],
		['another source address', () => udp(ends({ source: spoofed }), 1, 2), DropReason.InvalidSourceIp],
		['another pod’s source address', () => udp(ends({ source: ends().destination }), 1, 2), DropReason.InvalidSourceIp],
		['a loopback source', () => udp(ends({ source: loopback }), 1, 2), DropReason.InvalidSourceIp],
		['a multicast destination', () => udp(ends({ destination: multicast }), 1, 2), DropReason.MulticastUnsupported],
		['a loopback destination', () => udp(ends({ destination: loopback }), 1, 2), DropReason.UnknownL3Target],
		['a destination on no network', () => udp(ends({ destination: spoofed }), 1, 2), DropReason.Unroutable],
		['its own address as destination', () => udp(ends({ destination: ends().source }), 1, 2), DropReason.Unroutable],
		['a VLAN tag', () => vlan(), DropReason.VlanDisallowed],
		[
			'an EtherType of neither IP nor ARP',
			() => ethernet(ends(), 0x88cc, new Uint8Array(50)),
			DropReason.UnsupportedL3Protocol,
		],
		['an 802.3 length', () => ethernet(ends(), 100, new Uint8Array(100)), DropReason.UnsupportedL2Protocol],
		['another IP version inside', () => changed(14, 0x50), DropReason.InvalidPacket],
		['a length beyond the frame', () => changed(family === 4 ? 16 : 18, 0x7f), DropReason.InvalidPacket],
		['half a UDP header', () => frame(ends(), PROTOCOL.udp, new Uint8Array(7)), DropReason.CtInvalidHeader],
		['half a TCP header', () => frame(ends(), PROTOCOL.tcp, new Uint8Array(19)), DropReason.CtInvalidHeader],
		['a TCP offset beyond the segment', () => tcpOffset(0xf0), DropReason.CtInvalidHeader],
		['a TCP offset below its header', () => tcpOffset(0x40), DropReason.CtInvalidHeader],
		[
			'half an ICMP header',
			() => frame(ends(), family === 4 ? PROTOCOL.icmp : PROTOCOL.icmpv6, new Uint8Array(4)),
			DropReason.CtInvalidHeader,
		],
		['half an SCTP header', () => frame(ends(), PROTOCOL.sctp, new Uint8Array(8)), DropReason.CtInvalidHeader],
	])('drops a frame with %s by name, and counts it', (_, packet, reason) => {
		const { action, events } = subject.run('from_endpoint', subject.a, packet());
		expect(action).toBe(ACTION.drop);
		expect(events).toMatchObject([{ reason, sourceEndpoint: subject.a.id }]);
		expect(subject.drops(subject.a, reason, Direction.Egress)).toBe(1);
		expect(subject.totalDrops()).toBe(1);
	});

	it('drops every frame that ends inside its headers', () => {
		const whole = tcp(ends(), 1000, 80, TCP.syn);
		// The kernel itself takes no frame without a network header for a test run.
		for (let length = 14 + header; length < 14 + header + 20; length++)
			expect(subject.run('from_endpoint', subject.a, whole.slice(0, length)).action).toBe(ACTION.drop);
		expect(subject.run('from_endpoint', subject.a, whole).action).toBe(ACTION.redirect);
	});

	it('drops what comes from an interface that is nobody’s', () => {
		const stranger = { ...subject.a, ifindex: 1 };
		expect(subject.run('from_endpoint', stranger, udp(ends(), 1, 2)).events).toMatchObject([
			{ reason: DropReason.UnknownSender },
		]);
	});

	function vlan(): Uint8Array {
		return ethernet(ends(), ETHERTYPE.vlan, concat(Uint8Array.of(0, 5, 8, 0), udp(ends(), 1, 2).slice(14)));
	}

	function tcpOffset(offset: number): Uint8Array {
		const packet = tcp(ends(), 1000, 80, TCP.syn);
		packet[14 + header + 12] = offset;
		return packet;
	}
});

describe('IPv4 alone', () => {
	const subject = useSubject();
	const ends = (change = {}) => between(subject.a, subject.b, 4, change);

	it('drops a new flow whose header checksum is wrong', () => {
		const packet = udp(ends(), 1000, 80);
		packet[24] = (packet[24] ?? 0) ^ 0xff;
		expect(subject.run('from_endpoint', subject.a, packet).events).toMatchObject([
			{ reason: DropReason.InvalidPacket },
		]);
	});

	it('forwards a packet with options', () => {
		const packet = udp(ends({ options: Uint8Array.of(1, 1, 1, 1) }), 1000, 80);
		expect(subject.run('from_endpoint', subject.a, packet).action).toBe(ACTION.redirect);
	});

	it('drops the broadcast address', () => {
		const packet = udp(ends({ destination: '255.255.255.255' }), 68, 67);
		expect(subject.run('from_endpoint', subject.a, packet).events).toMatchObject([
			{ reason: DropReason.MulticastUnsupported },
		]);
	});
});
