import ipaddr from 'ipaddr.js';
import { parseAddress } from './cidr.js';

export type Family = 4 | 6;

/** Addresses as numbers: blocks are then arithmetic. */
export interface NumericAddress {
	readonly family: Family;
	readonly value: bigint;
}

export const ADDRESS_BITS: Readonly<Record<Family, number>> = { 4: 32, 6: 128 };

export function toNumber(bytes: Uint8Array): bigint {
	return bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

export function parseNumeric(text: string): NumericAddress | undefined {
	const parsed = parseAddress(text);
	return parsed && { family: parsed.family, value: toNumber(parsed.bytes) };
}

/** As its first address and length. */
export function formatCidr(first: NumericAddress, prefix: number): string {
	return `${formatAddress(first)}/${prefix}`;
}

/** Canonical text: RFC 5952 for IPv6. */
export function formatAddress({ family, value }: NumericAddress): string {
	const bytes: number[] = [];
	for (let shift = ADDRESS_BITS[family] - 8; shift >= 0; shift -= 8) {
		bytes.push(Number((value >> BigInt(shift)) & 0xffn));
	}
	const address = ipaddr.fromByteArray(bytes);
	return address instanceof ipaddr.IPv6 ? address.toRFC5952String() : address.toString();
}
