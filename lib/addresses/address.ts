import { isIPv6 } from 'node:net';

import { HeddleError, describeValue } from '../errors.js';

export type Family = 4 | 6;

const DOT = 46;
const ZERO = 48;

/** Sixteen bytes in network order; an IPv4 address fills the first four, the rest is zero. */
export interface Address {
	readonly family: Family;
	readonly bytes: Uint8Array;
}

export interface Cidr extends Address {
	readonly prefixLength: number;
}

/** @throws ERR_INVALID_ADDRESS naming the field, what was found and what was expected. */
export function parseAddress(text: string, field: string, family?: Family): Address {
	const parsed = typeof text === 'string' ? tryParseAddress(text) : undefined;
	if (parsed === undefined) {
		throw invalidAddress(field, text, 'an IPv4 or IPv6 address without prefix length');
	}
	if (family !== undefined && parsed.family !== family) {
		throw invalidAddress(field, text, `an IPv${family} address`);
	}
	return parsed;
}

/** A bare address is a whole-length prefix. Bits below the prefix must be zero. */
export function parseCidr(text: string, field: string): Cidr {
	const whole = tryParseAddress(String(text));
	if (whole !== undefined) {
		return { ...whole, prefixLength: whole.family === 4 ? 32 : 128 };
	}
	const [address = '', length, ...rest] = String(text).split('/');
	const parsed = tryParseAddress(address);
	const bits = parsed?.family === 4 ? 32 : 128;
	const prefixLength = length === undefined ? bits : /^\d{1,3}$/.test(length) ? Number(length) : -1;
	if (parsed === undefined || rest.length > 0 || prefixLength < 0 || prefixLength > bits) {
		throw invalidAddress(field, text, "a CIDR such as '10.0.0.0/8' or 'fd00::/64'");
	}
	const masked = maskAddress(parsed, prefixLength);
	if (!masked.every((byte, i) => byte === parsed.bytes[i])) {
		throw invalidAddress(
			field,
			text,
			`no bits beyond the prefix (${formatAddress(parsed.family, masked)}/${prefixLength})`,
		);
	}
	return { ...parsed, prefixLength };
}

export function formatAddress(family: number, bytes: Uint8Array): string {
	return family === 4 ? `${bytes[0]}.${bytes[1]}.${bytes[2]}.${bytes[3]}` : formatIpv6(bytes);
}

/** Six bytes of `02:00:00:00:00:01`; undefined when it is none. */
export function parseMac(text: string): Uint8Array | undefined {
	return /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(text)
		? Uint8Array.from(text.split(':'), (part) => Number.parseInt(part, 16))
		: undefined;
}

export function formatMac(bytes: Uint8Array): string {
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':');
}

/** Not for packets of anyone: unspecified, loopback, multicast, broadcast, link-local IPv6. */
export function isUsable(address: Address): boolean {
	const [a = 0, b = 0] = address.bytes;
	if (address.family === 4) {
		return a !== 0 && a !== 127 && a < 224;
	}
	const loopbackOrNone = address.bytes.subarray(0, 15).every((byte) => byte === 0) && (address.bytes[15] ?? 0) < 2;
	return !loopbackOrNone && a !== 0xff && !(a === 0xfe && (b & 0xc0) === 0x80);
}

export function tryParseAddress(text: string): Address | undefined {
	const ipv4 = parseIpv4(text);
	if (ipv4 !== undefined) {
		return { family: 4, bytes: ipv4 };
	}
	return isIPv6(text) && !text.includes('%') ? { family: 6, bytes: parseIpv6(text) } : undefined;
}

/** By hand: a million addresses are assigned in one call. */
function parseIpv4(text: string): Uint8Array | undefined {
	if (text.length > 15) {
		return undefined;
	}
	const bytes = new Uint8Array(16);
	let part = 0;
	let digits = 0;
	let value = 0;
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		if (code === DOT && digits > 0 && part < 3) {
			bytes[part++] = value;
			digits = 0;
			value = 0;
		} else if (code >= ZERO && code <= ZERO + 9 && !(digits > 0 && value === 0)) {
			value = value * 10 + code - ZERO;
			digits++;
		} else {
			return undefined;
		}
		if (value > 255) {
			return undefined;
		}
	}
	bytes[part] = value;
	return part === 3 && digits > 0 ? bytes : undefined;
}

function parseIpv6(text: string): Uint8Array {
	const bytes = new Uint8Array(16);
	const [head = '', tail] = text.split('::');
	const first = groups(head);
	const last = tail === undefined ? [] : groups(tail);
	first.forEach((group, i) => setGroup(bytes, i, group));
	last.forEach((group, i) => setGroup(bytes, 8 - last.length + i, group));
	return bytes;
}

function groups(text: string): number[] {
	if (text === '') {
		return [];
	}
	return text.split(':').flatMap((part) => {
		if (!part.includes('.')) {
			return [Number.parseInt(part, 16)];
		}
		const [a = 0, b = 0, c = 0, d = 0] = part.split('.').map(Number);
		return [(a << 8) | b, (c << 8) | d];
	});
}

function setGroup(bytes: Uint8Array, index: number, group: number): void {
	bytes[index * 2] = group >> 8;
	bytes[index * 2 + 1] = group & 0xff;
}

/** RFC 5952: the longest run of zero groups is folded, the first of equals. */
function formatIpv6(bytes: Uint8Array): string {
	const all = Array.from({ length: 8 }, (_, i) => ((bytes[i * 2] ?? 0) << 8) | (bytes[i * 2 + 1] ?? 0));
	let start = -1;
	let length = 1;
	for (let i = 0; i < 8; i++) {
		let run = 0;
		while (i + run < 8 && all[i + run] === 0) {
			run++;
		}
		if (run > length) {
			start = i;
			length = run;
		}
	}
	const hex = (part: number[]) => part.map((group) => group.toString(16)).join(':');
	return start < 0 ? hex(all) : `${hex(all.slice(0, start))}::${hex(all.slice(start + length))}`;
}

export function maskAddress(address: Address, prefixLength: number): Uint8Array {
	return address.bytes.map((byte, i) => {
		const kept = Math.min(8, Math.max(0, prefixLength - i * 8));
		return byte & (0xff00 >> kept) & 0xff;
	});
}

function invalidAddress(field: string, found: unknown, expected: string): HeddleError {
	return new HeddleError('ERR_INVALID_ADDRESS', `${field}: found ${describeValue(found)}, expected ${expected}`, {
		field,
		found,
		expected,
	});
}
