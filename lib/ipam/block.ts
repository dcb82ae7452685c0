import { createOffsetSet } from './offset-set.js';

/** Where a block is: in which CIDR of its pool, and its first address. */
export interface Slot {
	readonly range: number;
	readonly first: bigint;
}

/** One carved block: which of its addresses are taken. */
export interface Block extends Slot {
	readonly inUse: number;
	readonly full: boolean;
	/** Addresses that it could still give out. */
	readonly free: bigint;
	/** The lowest free address that is none of these. */
	takeFirst(except?: ReadonlySet<bigint>): bigint | undefined;
	/** False where it is taken, or not to be given out. */
	take(address: bigint): boolean;
	/** True where it is taken. */
	has(address: bigint): boolean;
	release(address: bigint): boolean;
}

/** Addresses of a block that are given out, as offsets into it, both ends included. */
export interface Usable {
	readonly from: bigint;
	readonly to: bigint;
}

export interface EdgeRules {
	/** The first address of each block is given out. @default false */
	readonly allowFirstIP?: boolean;
	/** The last address of each block is given out. @default false */
	readonly allowLastIP?: boolean;
}

/** Blocks of two addresses and of one have no edge to reserve. */
export function usableOf(size: bigint, { allowFirstIP, allowLastIP }: EdgeRules): Usable {
	const whole = size <= 2n;
	return { from: whole || allowFirstIP === true ? 0n : 1n, to: whole || allowLastIP === true ? size - 1n : size - 2n };
}

export function createBlock({ range, first }: Slot, { from, to }: Usable): Block {
	const taken = createOffsetSet();
	const capacity = to - from + 1n;
	// Nothing below is free.
	let lowest = from;
	const take = (address: bigint): boolean => {
		const offset = address - first;
		return offset >= from && offset <= to && taken.add(offset);
	};
	return {
		range,
		first,
		get inUse() {
			return taken.size;
		},
		get full() {
			return BigInt(taken.size) >= capacity;
		},
		get free() {
			return capacity - BigInt(taken.size);
		},
		takeFirst(except) {
			lowest = taken.lowestFree(lowest);
			let offset = lowest;
			while (except?.has(first + offset)) {
				offset = taken.lowestFree(offset + 1n);
			}
			return take(first + offset) ? first + offset : undefined;
		},
		take,
		has: (address) => taken.has(address - first),
		release(address) {
			const offset = address - first;
			const released = offset >= from && taken.delete(offset);
			lowest = released && offset < lowest ? offset : lowest;
			return released;
		},
	};
}

/** Blocks are used in the order of their pool's CIDRs, and of their addresses within one. */
export function isBefore(a: Slot, b: Slot): boolean {
	return a.range === b.range ? a.first < b.first : a.range < b.range;
}
