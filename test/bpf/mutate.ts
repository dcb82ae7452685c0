/** Frames of every kind, then damaged: the same seed makes the same frames. */
import { concat, u16, u32 } from './checksum.js';
import { type Family, between } from './ends.js';
import { PROTOCOL, TCP, arp, echo, echoReply, frame, icmp, neighbour, sctp, tcp, udp, unreachable } from './packet.js';
import type { TestEndpoint } from './subject.js';

export type Random = (below: number) => number;

/** mulberry32 */
export function seeded(seed: number): Random {
	let state = seed >>> 0;
	return (below) => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
	};
}

/** Whole frames from `a` to `b`, one of each kind. */
export function originals(a: TestEndpoint, b: TestEndpoint, family: Family): Uint8Array[] {
	const ends = between(a, b, family);
	const back = between(b, a, family);
	const payload = new Uint8Array(40);
	const fragmentHeader = concat(Uint8Array.of(0), u16(1), u32(7));
	const first =
		family === 4 ? { ...ends, fragment: 0x2000, id: 7 } : { ...ends, extensions: [{ type: 44, rest: fragmentHeader }] };
	const options = { type: PROTOCOL.hopByHop, rest: concat(Uint8Array.of(0), new Uint8Array(6)) };
	const optioned =
		family === 4
			? { ...ends, options: new Uint8Array(8).fill(1) }
			: { ...ends, extensions: [options, { ...options, type: 60 }] };
	return [
		udp(ends, 1000, 80),
		udp(ends, 1000, 81, payload),
		tcp(ends, 1000, 80, TCP.syn),
		tcp(ends, 1000, 80, TCP.ack, payload),
		tcp(ends, 1000, 80, TCP.fin | TCP.ack),
		sctp(ends, 1000, 80),
		echo(ends, 7),
		echoReply(ends, 7),
		unreachable(ends, udp(back, 80, 1000)),
		udp(first, 1000, 80, payload),
		udp(optioned, 1000, 80),
		frame(ends, 47, payload),
		family === 4
			? arp(1, a.mac, a.ipv4, '00:00:00:00:00:00', '192.168.0.1')
			: neighbour({ ...ends, destination: 'ff02::1:ff00:1' }, 135, 'fe80::1'),
		family === 4
			? arp(2, a.mac, a.ipv4, a.hostMac, '10.0.0.254')
			: icmp({ ...ends, ttl: 255 }, 136, 0, new Uint8Array(28)),
	];
}

function flipBits(bytes: Uint8Array, random: Random): Uint8Array {
	const damaged = bytes.slice();
	for (let i = random(3); i >= 0; i--) damaged[random(damaged.length)] = random(256);
	return damaged;
}

/** Where lengths, offsets and types stand. */
function changeHeader(bytes: Uint8Array, random: Random): Uint8Array {
	const damaged = bytes.slice();
	const at = 12 + random(Math.min(60, damaged.length - 12));
	damaged[at] = [0, 1, 4, 5, 6, 0x0f, 0x11, 0x3a, 0x45, 0x60, 0x7f, 0x80, 0xff][random(13)] ?? 0;
	return damaged;
}

function cut(bytes: Uint8Array, random: Random): Uint8Array {
	return bytes.slice(0, 34 + random(Math.max(1, bytes.length - 34)));
}

function lengthen(bytes: Uint8Array, random: Random): Uint8Array {
	return concat(bytes, new Uint8Array(random(200)));
}

function splice(bytes: Uint8Array, random: Random): Uint8Array {
	const at = 14 + random(bytes.length - 14);
	return concat(bytes.slice(0, at), bytes.slice(at - random(14)));
}

const damages = [flipBits, flipBits, changeHeader, changeHeader, cut, lengthen, splice, (bytes: Uint8Array) => bytes];

export function damage(bytes: Uint8Array, random: Random): Uint8Array {
	let damaged = bytes;
	for (let i = random(3); i >= 0; i--) damaged = (damages[random(damages.length)] ?? flipBits)(damaged, random);
	return damaged.length < 34 ? concat(damaged, new Uint8Array(34 - damaged.length)) : damaged;
}
