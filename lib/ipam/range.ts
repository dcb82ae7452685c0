import type { Slot } from './block.js';
import { toNumber } from './address.js';
import { familyOfCidr, parseCidr } from './cidr.js';

/** The addresses of a CIDR, both ends included. */
export interface Range {
	readonly first: bigint;
	readonly last: bigint;
}

/** @throws TypeError where the text is no CIDR: pools are checked before */
export function rangeOf(text: string): Range {
	const { bytes, prefix } = parseCidr(text)!;
	const host = BigInt(bytes.length * 8 - prefix);
	const first = (toNumber(bytes) >> host) << host;
	return { first, last: first + (1n << host) - 1n };
}

function overlap(a: Range, b: Range): boolean {
	return a.first <= b.last && b.first <= a.last;
}

/** Of each CIDR the first before it that it shares addresses with. What is undefined has its place, and shares nothing. */
export function earlierOverlaps(cidrs: readonly (string | undefined)[]): readonly (string | undefined)[] {
	const known = cidrs.map((text) =>
		text === undefined ? undefined : { text, family: familyOfCidr(text), ...rangeOf(text) },
	);
	return known.map((one, i) =>
		one === undefined
			? undefined
			: known.find((earlier, j) => j < i && earlier?.family === one.family && overlap(earlier, one))?.text,
	);
}

/** The block of `size` addresses, within its CIDR, that an address is of. */
export function slotOf(ranges: readonly Range[], size: bigint, address: bigint): Slot | undefined {
	const range = ranges.findIndex(({ first, last }) => address >= first && address <= last);
	return range === -1 ? undefined : { range, first: address & ~(size - 1n) };
}
