import ipaddr from 'ipaddr.js';

export interface Cidr {
	readonly family: 4 | 6;
	/** First address, in network order: 4 or 16 bytes. */
	readonly bytes: Uint8Array;
	readonly prefix: number;
}

/** Strict: four decimal parts, no leading zeros, no IPv4 inside IPv6, no zone. */
export function parseAddress(text: string): { family: 4 | 6; bytes: Uint8Array } | undefined {
	const family = text.includes(':') ? 6 : 4;
	const valid = family === 4 ? ipaddr.IPv4.isValidFourPartDecimal(text) && !/(^|\.)0\d/.test(text) : isPlainIpv6(text);
	return valid ? { family, bytes: Uint8Array.from(ipaddr.parse(text).toByteArray()) } : undefined;
}

export function parseCidr(text: string): Cidr | undefined {
	const [address, length, ...rest] = text.split('/');
	const parsed = parseAddress(address ?? '');
	if (parsed === undefined || rest.length > 0 || length === undefined || !/^(0|[1-9]\d{0,2})$/.test(length)) {
		return undefined;
	}
	const prefix = Number(length);
	return prefix <= parsed.bytes.length * 8 ? { ...parsed, prefix } : undefined;
}

export function familyOfCidr(text: string): 4 | 6 {
	return text.includes(':') ? 6 : 4;
}

function isPlainIpv6(text: string): boolean {
	return !text.includes('.') && !text.includes('%') && ipaddr.IPv6.isValid(text);
}
