import { ADDRESS_BITS, toNumber, type Family } from './address.js';
import { createBlock, type Block } from './block.js';
import { parseCidr } from './cidr.js';

export interface FamilySpec {
	readonly cidrs: readonly string[];
	readonly maskSize: number;
}

export interface EdgeRules {
	readonly allowFirstIP?: boolean;
	readonly allowLastIP?: boolean;
}

/** The addresses of one family of a pool. Blocks are carved when the ones there are full, and given back when empty. */
export interface FamilyPool {
	readonly family: Family;
	readonly maskSize: number;
	readonly inUse: number;
	/** First addresses of the carved blocks, ascending within their CIDR. */
	blocks(): readonly bigint[];
	take(): bigint | undefined;
	/** A named address. `outside`: of no CIDR, or not to be given out. */
	takeExactly(address: bigint): 'taken' | 'in-use' | 'outside';
	release(address: bigint): boolean;
}

interface Range {
	readonly first: bigint;
	readonly last: bigint;
}

export function createFamilyPool(family: Family, { cidrs, maskSize }: FamilySpec, edges: EdgeRules): FamilyPool {
	const size = 1n << BigInt(ADDRESS_BITS[family] - maskSize);
	const ranges = cidrs.map(rangeOf);
	const blocks = new Map<bigint, Block>();
	// Blocks of two addresses and of one have no edge to reserve.
	const from = size <= 2n || edges.allowFirstIP === true ? 0n : 1n;
	const to = size <= 2n || edges.allowLastIP === true ? size - 1n : size - 2n;
	let inUse = 0;

	function carve(first: bigint): Block {
		const block = createBlock(first, first + from, first + to);
		blocks.set(first, block);
		return block;
	}

	function carveNext(): Block | undefined {
		for (const { first, last } of ranges) {
			for (let at = first; at <= last; at += size) {
				if (!blocks.has(at)) {
					return carve(at);
				}
			}
		}
		return undefined;
	}

	const ordered = () => ranges.flatMap((range) => [...blocks.keys()].filter((at) => contains(range, at)).sort(compare));

	return {
		family,
		maskSize,
		get inUse() {
			return inUse;
		},
		blocks: ordered,
		take() {
			const open = ordered().find((at) => !blocks.get(at)!.full);
			const block = open === undefined ? carveNext() : blocks.get(open);
			const address = block?.takeFirst();
			inUse += address === undefined ? 0 : 1;
			return address;
		},
		takeExactly(address) {
			const range = ranges.find((one) => contains(one, address));
			const first = range && range.first + ((address - range.first) / size) * size;
			if (first === undefined || address < first + from || address > first + to) {
				return 'outside';
			}
			if (!(blocks.get(first) ?? carve(first)).take(address)) {
				return 'in-use';
			}
			inUse++;
			return 'taken';
		},
		release(address) {
			const block = [...blocks.values()].find(({ first }) => address >= first && address < first + size);
			if (block?.release(address) !== true) {
				return false;
			}
			inUse--;
			if (block.inUse === 0) {
				blocks.delete(block.first);
			}
			return true;
		},
	};
}

function rangeOf(text: string): Range {
	const { bytes, prefix } = parseCidr(text)!;
	const host = BigInt(bytes.length * 8 - prefix);
	const first = (toNumber(bytes) >> host) << host;
	return { first, last: first + (1n << host) - 1n };
}

function contains({ first, last }: Range, address: bigint): boolean {
	return address >= first && address <= last;
}

function compare(a: bigint, b: bigint): number {
	return a < b ? -1 : a > b ? 1 : 0;
}
