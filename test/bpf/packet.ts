/** Frames, built from what a test cares about; the rest has honest defaults and right checksums. */
import ipaddr from 'ipaddr.js';
import { checksum, concat, u16, u32 } from './checksum.js';

export const PROTOCOL = {
	icmp: 1,
	tcp: 6,
	udp: 17,
	ipv6Fragment: 44,
	icmpv6: 58,
	sctp: 132,
	hopByHop: 0,
	destinationOptions: 60,
} as const;
export const TCP = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16 } as const;
export const ETHERTYPE = { ipv4: 0x0800, ipv6: 0x86dd, arp: 0x0806, vlan: 0x8100 } as const;

export interface Ends {
	readonly source: string;
	readonly destination: string;
	readonly sourceMac: string;
	readonly destinationMac: string;
	readonly ttl?: number;
	/** IPv4: flags and offset as they stand in the header. */
	readonly fragment?: number;
	readonly id?: number;
	/** IPv6: headers between IPv6's and the transport's. */
	readonly extensions?: readonly Extension[];
	readonly options?: Uint8Array;
}

export interface Extension {
	readonly type: number;
	/** Without its first byte, the next header. */
	readonly rest: Uint8Array;
}

export function macBytes(mac: string): Uint8Array {
	return Uint8Array.from(mac.split(':'), (part) => Number.parseInt(part, 16));
}

export function addressBytes(address: string): Uint8Array {
	return Uint8Array.from(ipaddr.parse(address).toByteArray());
}

export function isIpv6(address: string): boolean {
	return address.includes(':');
}

export function ethernet(
	ends: Pick<Ends, 'sourceMac' | 'destinationMac'>,
	type: number,
	payload: Uint8Array,
): Uint8Array {
	return concat(macBytes(ends.destinationMac), macBytes(ends.sourceMac), u16(type), payload);
}

export function ipv4(ends: Ends, protocol: number, payload: Uint8Array): Uint8Array {
	const options = ends.options ?? new Uint8Array();
	const length = 20 + options.length;
	const head = concat(
		Uint8Array.of(0x40 | (length / 4), 0),
		u16(length + payload.length),
		u16(ends.id ?? 1),
		u16(ends.fragment ?? 0x4000),
		Uint8Array.of(ends.ttl ?? 64, protocol, 0, 0),
		addressBytes(ends.source),
		addressBytes(ends.destination),
		options,
	);
	head.set(u16(checksum(head)), 10);
	return concat(head, payload);
}

export function ipv6(ends: Ends, protocol: number, payload: Uint8Array): Uint8Array {
	const extensions = ends.extensions ?? [];
	const chain = extensions.map(({ rest }, i) => concat(Uint8Array.of(extensions[i + 1]?.type ?? protocol), rest));
	const body = concat(...chain, payload);
	return concat(
		u32(0x60000000),
		u16(body.length),
		Uint8Array.of(extensions[0]?.type ?? protocol, ends.ttl ?? 64),
		addressBytes(ends.source),
		addressBytes(ends.destination),
		body,
	);
}

export function frame(ends: Ends, protocol: number, payload: Uint8Array): Uint8Array {
	return isIpv6(ends.source)
		? ethernet(ends, ETHERTYPE.ipv6, ipv6(ends, protocol, payload))
		: ethernet(ends, ETHERTYPE.ipv4, ipv4(ends, protocol, payload));
}

function pseudoHeader(ends: Ends, protocol: number, length: number): Uint8Array {
	return concat(addressBytes(ends.source), addressBytes(ends.destination), u32(length), u32(protocol));
}

/** `segment` with its checksum, which lies at `at`, made right. */
function summed(ends: Ends, protocol: number, segment: Uint8Array, at: number): Uint8Array {
	segment.set(u16(checksum(pseudoHeader(ends, protocol, segment.length), segment)), at);
	return segment;
}

const filler = new Uint8Array(10).fill(0x78);

export function udp(ends: Ends, sourcePort: number, destinationPort: number, payload: Uint8Array = filler): Uint8Array {
	const segment = concat(u16(sourcePort), u16(destinationPort), u16(8 + payload.length), u16(0), payload);
	return frame(ends, PROTOCOL.udp, summed(ends, PROTOCOL.udp, segment, 6));
}

export function tcp(
	ends: Ends,
	sourcePort: number,
	destinationPort: number,
	flags: number,
	payload = new Uint8Array(),
): Uint8Array {
	const head = concat(
		u16(sourcePort),
		u16(destinationPort),
		u32(1),
		u32(1),
		Uint8Array.of(0x50, flags),
		u16(1024),
		u32(0),
	);
	return frame(ends, PROTOCOL.tcp, summed(ends, PROTOCOL.tcp, concat(head, payload), 16));
}

export function sctp(ends: Ends, sourcePort: number, destinationPort: number): Uint8Array {
	return frame(ends, PROTOCOL.sctp, concat(u16(sourcePort), u16(destinationPort), new Uint8Array(12)));
}

/** Of either family: IPv4 types for IPv4 ends, ICMPv6 types for IPv6 ends. */
export function icmp(ends: Ends, type: number, code: number, rest: Uint8Array): Uint8Array {
	const message = concat(Uint8Array.of(type, code, 0, 0), rest);
	if (isIpv6(ends.source)) return frame(ends, PROTOCOL.icmpv6, summed(ends, PROTOCOL.icmpv6, message, 2));
	message.set(u16(checksum(message)), 2);
	return frame(ends, PROTOCOL.icmp, message);
}

export function echo(ends: Ends, id: number, sequence = 1): Uint8Array {
	return icmp(ends, isIpv6(ends.source) ? 128 : 8, 0, concat(u16(id), u16(sequence), filler));
}

export function echoReply(ends: Ends, id: number, sequence = 1): Uint8Array {
	return icmp(ends, isIpv6(ends.source) ? 129 : 0, 0, concat(u16(id), u16(sequence), filler));
}

/** "Port unreachable", quoting the packet in `quoted` (a whole frame). */
export function unreachable(ends: Ends, quoted: Uint8Array): Uint8Array {
	const quote = quoted.slice(14, 14 + 64);
	return isIpv6(ends.source) ? icmp(ends, 1, 4, concat(u32(0), quote)) : icmp(ends, 3, 3, concat(u32(0), quote));
}

export function arp(
	operation: number,
	senderMac: string,
	sender: string,
	targetMac: string,
	target: string,
): Uint8Array {
	const body = concat(
		u16(1),
		u16(ETHERTYPE.ipv4),
		Uint8Array.of(6, 4),
		u16(operation),
		macBytes(senderMac),
		addressBytes(sender),
		macBytes(targetMac),
		addressBytes(target),
	);
	return ethernet({ sourceMac: senderMac, destinationMac: 'ff:ff:ff:ff:ff:ff' }, ETHERTYPE.arp, body);
}

/** Neighbour solicitation (135) or advertisement (136) with its link-layer address option. */
export function neighbour(ends: Ends, type: 135 | 136, target: string, optionMac: string = ends.sourceMac): Uint8Array {
	const option = concat(Uint8Array.of(type === 135 ? 1 : 2, 1), macBytes(optionMac));
	return icmp({ ...ends, ttl: 255 }, type, 0, concat(u32(type === 136 ? 0x60000000 : 0), addressBytes(target), option));
}
