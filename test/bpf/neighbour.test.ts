import { describe, expect, it } from 'vitest';
import { DropReason } from '../../lib/abi/generated.js';
import { checksum, concat, u32 } from './checksum.js';
import { between } from './ends.js';
import { addressBytes, arp, icmp, macBytes, neighbour } from './packet.js';
import { ACTION, useSubject } from './subject.js';

const NOBODY = '00:00:00:00:00:00';
const STRANGER = '02:00:00:00:00:99';

describe('ARP from a pod', () => {
	const subject = useSubject();
	const send = (packet: Uint8Array) => subject.run('from_endpoint', subject.a, packet);

	it.each(['192.168.0.1', '10.0.0.2', '169.254.1.1'])(
		'is answered for any gateway (%s) with the host side’s MAC',
		(gateway) => {
			const { action, frame, events } = send(arp(1, subject.a.mac, subject.a.ipv4, NOBODY, gateway));
			expect(action).toBe(ACTION.redirect);
			const expected = arp(2, subject.a.hostMac, gateway, subject.a.mac, subject.a.ipv4);
			expected.set(macBytes(subject.a.mac), 0);
			expect(frame.slice(0, 42)).toEqual(expected);
			expect(events).toEqual([]);
		},
	);

	it('goes on to the host for the pod’s own address (a probe, an announcement) and as an answer', () => {
		expect(send(arp(1, subject.a.mac, '0.0.0.0', NOBODY, subject.a.ipv4)).action).toBe(ACTION.ok);
		expect(send(arp(1, subject.a.mac, subject.a.ipv4, NOBODY, subject.a.ipv4)).action).toBe(ACTION.ok);
		expect(send(arp(2, subject.a.mac, subject.a.ipv4, subject.a.hostMac, '10.0.0.254')).action).toBe(ACTION.ok);
	});

	it.each([
		['another’s address', () => arp(2, subject.a.mac, subject.b.ipv4, subject.a.hostMac, '10.0.0.254')],
		['another’s address in a request', () => arp(1, subject.a.mac, subject.b.ipv4, NOBODY, '10.0.0.254')],
		['another MAC', () => lie(arp(2, subject.a.mac, subject.a.ipv4, subject.a.hostMac, '10.0.0.254'))],
	])('is dropped when it claims %s', (_, packet) => {
		expect(send(packet()).events).toMatchObject([{ reason: DropReason.SpoofedNeighbour }]);
	});

	it('is dropped when it is not ARP for IPv4 over Ethernet, or cut short', () => {
		const packet = arp(1, subject.a.mac, subject.a.ipv4, NOBODY, '10.0.0.254');
		expect(send(packet.slice(0, 40)).events).toMatchObject([{ reason: DropReason.InvalidPacket }]);
		packet[18] = 8;
		expect(send(packet).events).toMatchObject([{ reason: DropReason.InvalidPacket }]);
	});

	function lie(packet: Uint8Array): Uint8Array {
		packet.set(macBytes(STRANGER), 22);
		return packet;
	}
});

describe('neighbour discovery from a pod', () => {
	const subject = useSubject();
	const gateway = 'fe80::1';
	const ends = (destination = 'ff02::1:ff00:1', source = subject.a.ipv6) => ({
		...between(subject.a, subject.b, 6),
		destination,
		source,
	});
	const send = (packet: Uint8Array) => subject.run('from_endpoint', subject.a, packet);

	it.each([gateway, 'fd00::2', 'fd00:16::1'])('is answered for any gateway (%s), with a right checksum', (target) => {
		const { action, frame } = send(neighbour(ends(), 135, target));
		expect(action).toBe(ACTION.redirect);
		expect(frame.slice(0, 12)).toEqual(concat(macBytes(subject.a.mac), macBytes(subject.a.hostMac)));
		expect(frame.slice(22, 54)).toEqual(concat(addressBytes(target), addressBytes(subject.a.ipv6)));
		expect(frame[21]).toBe(255);
		const message = frame.slice(54, 54 + 32);
		expect(message.slice(0, 2)).toEqual(Uint8Array.of(136, 0));
		expect(message.slice(4)).toEqual(
			concat(u32(0xe0000000), addressBytes(target), Uint8Array.of(2, 1), macBytes(subject.a.hostMac)),
		);
		expect(checksum(frame.slice(22, 54), u32(32), u32(58), message)).toBe(0);
	});

	it('is answered without the option that tells the sender’s MAC', () => {
		const solicitation = icmp({ ...ends(), ttl: 255 }, 135, 0, concat(u32(0), addressBytes(gateway)));
		const { action, frame } = send(solicitation);
		expect(action).toBe(ACTION.redirect);
		expect(frame).toHaveLength(14 + 40 + 32);
	});

	it('is answered to a link-local source', () => {
		expect(send(neighbour(ends(undefined, 'fe80::5'), 135, gateway)).action).toBe(ACTION.redirect);
	});

	it.each(['the pod’s own address', 'a link-local one'])(
		'ends here unanswered when it looks for a duplicate of %s',
		(of) => {
			const target = of === 'a link-local one' ? 'fe80::5' : subject.a.ipv6;
			expect(send(neighbour(ends(undefined, '::'), 135, target))).toMatchObject({ action: ACTION.drop, events: [] });
		},
	);

	it('goes on to the host where the pod answers for its own address', () => {
		expect(send(neighbour(ends('fe80::1'), 136, subject.a.ipv6)).action).toBe(ACTION.ok);
	});

	it.each([
		['advertises another’s address', () => neighbour(ends('fe80::1'), 136, subject.b.ipv6)],
		['advertises another MAC', () => neighbour(ends('fe80::1'), 136, subject.a.ipv6, STRANGER)],
		['solicits from another’s address', () => neighbour(ends(undefined, subject.b.ipv6), 135, gateway)],
		['probes another’s address as its own', () => neighbour(ends(undefined, '::'), 135, subject.b.ipv6)],
	])('is dropped when it %s', (_, packet) => {
		expect(send(packet()).events).toMatchObject([{ reason: DropReason.SpoofedNeighbour }]);
	});

	it('is dropped when it has come through a router', () => {
		const packet = neighbour(ends(), 135, gateway);
		packet[21] = 254;
		expect(send(packet).events).toMatchObject([{ reason: DropReason.InvalidPacket }]);
	});
});
