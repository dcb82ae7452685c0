/** One carved block: which of its addresses are taken. */
export interface Block {
	readonly first: bigint;
	readonly inUse: number;
	readonly full: boolean;
	/** The lowest free address. */
	takeFirst(): bigint | undefined;
	/** False where it is taken, or not to be given out. */
	take(address: bigint): boolean;
	release(address: bigint): boolean;
}

/** From `from` to `to`, both usable. */
export function createBlock(first: bigint, from: bigint, to: bigint): Block {
	const taken = new Set<bigint>();
	const capacity = to - from + 1n;
	// Nothing below is free.
	let lowest = from;
	const take = (address: bigint): boolean => {
		if (address < from || address > to || taken.has(address)) {
			return false;
		}
		taken.add(address);
		return true;
	};
	return {
		first,
		get inUse() {
			return taken.size;
		},
		get full() {
			return BigInt(taken.size) >= capacity;
		},
		takeFirst() {
			while (taken.has(lowest)) {
				lowest++;
			}
			return take(lowest) ? lowest : undefined;
		},
		take,
		release(address) {
			lowest = taken.has(address) && address < lowest ? address : lowest;
			return taken.delete(address);
		},
	};
}
