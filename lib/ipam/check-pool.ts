import { describeValue, HeddleError, invalidArgument } from '../errors.js';
import { ADDRESS_BITS, type Family } from './address.js';
import { parseCidr } from './cidr.js';
import type { FamilySpec } from './family-pool.js';
import type { PoolOptions } from './pool.js';
import { earlierOverlaps } from './range.js';

export const MAX_PRE_ALLOC = 65_536;

/** @throws ERR_INVALID_ARGUMENT ERR_INVALID_ADDRESS ERR_OVERLAPPING_CIDR naming the field */
export function checkPool(name: string, { ipv4, ipv6, preAlloc }: PoolOptions): void {
	checkName(name);
	if (ipv4 === undefined && ipv6 === undefined) {
		throw invalidArgument(`pools.${name}`, undefined, 'ipv4, ipv6 or both');
	}
	checkPreAlloc(`pools.${name}.preAlloc`, preAlloc);
	if (ipv4 !== undefined) {
		checkFamily(`pools.${name}.ipv4`, ipv4, 4);
	}
	if (ipv6 !== undefined) {
		checkFamily(`pools.${name}.ipv6`, ipv6, 6);
	}
}

/** @throws ERR_INVALID_ARGUMENT */
export function checkName(name: unknown): void {
	if (typeof name !== 'string' || name === '') {
		throw invalidArgument('pool', name, 'a name');
	}
}

/** @throws ERR_INVALID_ARGUMENT */
export function checkPreAlloc(field: string, preAlloc: number | undefined): void {
	if (preAlloc !== undefined && !isWithin(preAlloc, 0, MAX_PRE_ALLOC)) {
		throw invalidArgument(field, preAlloc, `an integer from 0 to ${MAX_PRE_ALLOC}`);
	}
}

function checkFamily(field: string, { cidrs, maskSize }: FamilySpec, family: Family): void {
	if (!Array.isArray(cidrs) || cidrs.length === 0) {
		throw invalidArgument(`${field}.cidrs`, cidrs, 'one CIDR or more');
	}
	cidrs.forEach((text, i) => checkCidr(`${field}.cidrs[${i}]`, text, family));
	const least = Math.max(1, ...cidrs.map((text: string) => parseCidr(text)!.prefix));
	if (!isWithin(maskSize, least, ADDRESS_BITS[family])) {
		throw invalidArgument(`${field}.maskSize`, maskSize, `an integer from ${least} to ${ADDRESS_BITS[family]}`);
	}
	checkDisjoint(`${field}.cidrs`, cidrs);
}

/** Of either family where none is named. @throws ERR_INVALID_ADDRESS */
export function checkCidr(field: string, text: unknown, family?: Family): void {
	const found = typeof text === 'string' ? parseCidr(text)?.family : undefined;
	if (found === undefined || (family !== undefined && found !== family)) {
		const expected = family === undefined ? 'a CIDR' : `an IPv${family} CIDR`;
		throw new HeddleError('ERR_INVALID_ADDRESS', `${field}: found ${describeValue(text)}, expected ${expected}`, {
			field,
			found: text,
			expected,
		});
	}
}

/** Of either family. @throws ERR_OVERLAPPING_CIDR */
export function checkDisjoint(field: string, cidrs: readonly string[]): void {
	earlierOverlaps(cidrs).forEach((other, i) => {
		if (other !== undefined) {
			const expected = `no address of ${other}`;
			throw new HeddleError(
				'ERR_OVERLAPPING_CIDR',
				`${field}[${i}]: found ${describeValue(cidrs[i])}, expected ${expected}`,
				{ field: `${field}[${i}]`, found: cidrs[i], expected },
			);
		}
	});
}

function isWithin(value: unknown, least: number, most: number): boolean {
	return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}
