import { describe, expect, it } from 'vitest';
import { Direction, DropReason, maps, networkCodec } from '../../lib/abi/generated.js';
import { checksum, concat, u32 } from './checksum.js';
import { FAMILIES, NO_PROXY, addressOf, between } from './ends.js';
import { addressBytes, macBytes, udp } from './packet.js';
import { ACTION, attach, useSubject } from './subject.js';

const GATEWAY = { 4: '192.168.0.1', 6: 'fd00:16::1' } as const;
const HEADER = { 4: 20, 6: 40 } as const;

describe.each(FAMILIES)('delivery over IPv%i', (family) => {
	const subject = useSubject();
	const toB = (change = {}) => between(subject.a, subject.b, family, change);
	const send = (packet: Uint8Array) => subject.run('from_endpoint', subject.a, packet);
	const header = HEADER[family];
	const ttlAt = 14 + (family === 4 ? 8 : 7);

	/** What an ICMP error quotes, after its parts were checked. */
	function quoteOf(frame: Uint8Array, source: string, type: number, code: number): Uint8Array {
		expect(frame.slice(0, 12)).toEqual(concat(macBytes(subject.a.mac), macBytes(subject.a.hostMac)));
		const addresses = frame.slice(14 + (family === 4 ? 12 : 8), 14 + header);
		expect(addresses).toEqual(concat(addressBytes(source), addressBytes(addressOf(subject.a, family))));
		const message = frame.slice(14 + header);
		expect([message[0], message[1]]).toEqual([type, code]);
		if (family === 4) {
			expect(checksum(frame.slice(14, 34))).toBe(0);
			expect(checksum(message)).toBe(0);
		} else {
			expect(checksum(addresses, u32(message.length), u32(58), message)).toBe(0);
		}
		return message.slice(8);
	}

	function setGateway(): void {
		subject.put('networks', maps.networks.key, 1, networkCodec, {
			gatewayIpv4: 0xc0a80001,
			gatewayIpv6: addressBytes(GATEWAY[6]),
			...NO_PROXY,
			hostRouting: 0,
			uplinks: 0,
		});
	}

	it('lowers the hop limit, rewrites the MAC addresses, and leaves the rest as it was', () => {
		const packet = udp(toB(), 1000, 80);
		const { frame } = send(packet);
		expect(frame.slice(0, 12)).toEqual(concat(macBytes(subject.b.mac), macBytes(subject.b.hostMac)));
		expect(frame[ttlAt]).toBe(63);
		if (family === 4) expect(checksum(frame.slice(14, 34))).toBe(0);
		expect(frame.slice(14 + header)).toEqual(packet.slice(14 + header));
	});

	it('keeps the IPv4 checksum right for every hop limit', () => {
		for (let ttl = 2; ttl < 256; ttl++) {
			const { frame } = send(udp(toB({ ttl, id: ttl * 257 }), 1000, 80));
			expect(frame[ttlAt]).toBe(ttl - 1);
			if (family === 4) expect(checksum(frame.slice(14, 34))).toBe(0);
		}
	});

	it.each([0, 1])('answers a hop limit of %i with "time exceeded" from the network’s gateway', (ttl) => {
		setGateway();
		const packet = udp(toB({ ttl }), 1000, 80);
		const { action, frame } = send(packet);
		expect(action).toBe(ACTION.redirect);
		const quote = quoteOf(frame, GATEWAY[family], family === 4 ? 11 : 3, 0);
		expect(quote).toEqual(packet.slice(14, 14 + quote.length));
		expect(quote.length).toBeGreaterThanOrEqual(header + 8);
		expect(subject.drops(subject.a, DropReason.TtlExceeded, Direction.Egress)).toBe(1);
		expect(subject.flows()).toEqual([]);
	});

	it('answers what is too large for the other end with the size that fits', () => {
		setGateway();
		attach(subject, subject.b, { mtu: 1300 });
		subject.bumpEpoch();
		const fits = udp(toB(), 1000, 80, new Uint8Array(1300 - header - 8));
		const tooLarge = udp(toB(), 1000, 80, new Uint8Array(1301 - header - 8));
		expect(send(fits).frame).toHaveLength(fits.length);
		const { action, frame } = send(tooLarge);
		expect(action).toBe(ACTION.redirect);
		quoteOf(frame, GATEWAY[family], family === 4 ? 3 : 2, family === 4 ? 4 : 0);
		expect(new DataView(frame.buffer).getUint32(14 + header + 4)).toBe(1300);
		expect(subject.drops(subject.a, DropReason.FragmentationNeeded, Direction.Egress)).toBe(1);
	});

	it('answers nothing where the answer would be about a packet that policy denied', () => {
		attach(subject, subject.b, { enforcement: 1 });
		subject.bumpEpoch();
		expect(send(udp(toB({ ttl: 1 }), 1000, 80)).action).toBe(ACTION.drop);
	});

	it('drops for an endpoint that has gone, at once', () => {
		send(udp(toB(), 1000, 80));
		attach(subject, subject.b, { ifindex: 0 });
		subject.bumpEpoch();
		expect(send(udp(toB(), 1000, 80)).events).toMatchObject([{ reason: DropReason.UnknownL3Target }]);
	});

	it('takes a moved address to its new endpoint with the next packet', () => {
		send(udp(toB(), 1000, 80));
		attach(subject, { ...subject.y, network: subject.b.network }); // has b's addresses
		subject.bumpEpoch();
		expect(send(udp(toB(), 1000, 80)).frame.slice(0, 6)).toEqual(macBytes(subject.y.mac));
	});
});
