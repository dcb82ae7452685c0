import { ADDRESS_BITS, type Family } from './address.js';
import { createBlock, usableOf, type Block, type EdgeRules } from './block.js';
import { parseCidr } from './cidr.js';
import { rangeOf, type Range } from './range.js';

/** A CIDR that was given to this node, whatever its length. */
export interface GrantedBlock {
	readonly cidr: string;
	readonly range: Range;
	readonly prefix: number;
	readonly block: Block;
}

export function createGrantedBlock(family: Family, cidr: string, rules: EdgeRules): GrantedBlock {
	const { prefix } = parseCidr(cidr)!;
	const range = rangeOf(cidr);
	const size = 1n << BigInt(ADDRESS_BITS[family] - prefix);
	return { cidr, range, prefix, block: createBlock({ range: 0, first: range.first }, usableOf(size, rules)) };
}

/** One in which nothing is given out any more: every address that is there may stay. */
export function createWithdrawnBlock(family: Family, cidr: string): GrantedBlock {
	return createGrantedBlock(family, cidr, { allowFirstIP: true, allowLastIP: true });
}

export function contains({ range }: GrantedBlock, address: bigint): boolean {
	return address >= range.first && address <= range.last;
}
