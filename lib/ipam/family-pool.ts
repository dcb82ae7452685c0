import type { HeddleError } from '../errors.js';
import { ADDRESS_BITS, type Family } from './address.js';
import { createBlock, isBefore, usableOf, type Block, type EdgeRules, type Slot } from './block.js';
import { notInPool, poolExhausted } from './errors.js';
import { createFreeSlots } from './free-slots.js';
import { rangeOf, slotOf } from './range.js';
import { createSlotQueue } from './slot-queue.js';

export interface FamilySpec {
	readonly cidrs: readonly string[];
	/** Length of the prefix of the blocks that are carved from the CIDRs. */
	readonly maskSize: number;
}

export interface BlockRules extends EdgeRules {
	/**
	 * Addresses that the node holds ready beyond those in use, as Cilium's `ipam-multi-pool-pre-allocation`.
	 * From 0 to 65 536. @default 8 for the pool `default`, 0 for others
	 */
	readonly preAlloc?: number;
}

export interface BlockRange {
	readonly first: bigint;
	/** Length of its prefix. */
	readonly prefix: number;
}

/** The addresses of one family of a pool. */
export interface FamilyPool {
	readonly family: Family;
	/** Addresses taken, those of plans included. */
	readonly inUse: number;
	/** Addresses that the node is to hold: `roundUp(inUse + preAlloc, preAlloc)`, or `inUse` where that is 0. */
	readonly needed: number;
	/** In the order of the pool's CIDRs, ascending within one. */
	blocks(): readonly BlockRange[];
	/** The first free address that is none of these. */
	take(except?: ReadonlySet<bigint>): bigint | undefined;
	/** A named address. `outside`: of no CIDR, or not to be given out. */
	takeExactly(address: bigint): 'taken' | 'in-use' | 'outside';
	/** One that was taken before this process began. */
	adopt(address: bigint): 'taken' | 'in-use' | 'outside';
	release(address: bigint): boolean;
	/** Why there is no address to take. */
	noneLeft(pool: string): HeddleError;
	/** Why one is `outside`. */
	noneSuch(pool: string, address: string): HeddleError;
}

/** As Cilium has it: `roundUp(inUse + preAlloc, preAlloc)`, or `inUse` where nothing is held ready. */
export function neededAddresses(inUse: number, preAlloc: number): number {
	return preAlloc === 0 ? inUse : Math.ceil((inUse + preAlloc) / preAlloc) * preAlloc;
}

/** Blocks are carved as addresses are needed, and given back when empty. */
export function createFamilyPool(family: Family, { cidrs, maskSize }: FamilySpec, rules: BlockRules): FamilyPool {
	const size = 1n << BigInt(ADDRESS_BITS[family] - maskSize);
	const ranges = cidrs.map(rangeOf);
	const usable = usableOf(size, rules);
	const capacity = usable.to - usable.from + 1n;
	const preAlloc = rules.preAlloc ?? 0;
	const blocks = new Map<bigint, Block>();
	const empty = new Set<Block>();
	const slots = createFreeSlots(ranges, size);
	// May name blocks that are full or gone; every other block is in it.
	const open = createSlotQueue();
	let inUse = 0;

	const isCarved = (first: bigint) => blocks.has(first);
	const needed = () => neededAddresses(inUse, preAlloc);
	const holds = (count: number) => BigInt(count) * capacity >= BigInt(needed());

	function carve(slot: Slot): Block {
		const block = createBlock(slot, usable);
		blocks.set(slot.first, block);
		empty.add(block);
		open.push(block);
		return block;
	}

	function carveNext(): Block | undefined {
		const slot = slots.next(isCarved);
		return slot && carve(slot);
	}

	function firstOpen(): Block | undefined {
		for (let slot = open.peek(); slot !== undefined; slot = open.peek()) {
			const block = blocks.get(slot.first);
			if (block?.full === false) {
				return block;
			}
			open.pop();
		}
		return undefined;
	}

	/** `passed` gets the blocks of which nothing else is free. */
	function takeFirst(except: ReadonlySet<bigint> | undefined, passed: Block[]): bigint | undefined {
		for (let block = firstOpen() ?? carveNext(); block !== undefined; block = firstOpen() ?? carveNext()) {
			const address = block.takeFirst(except);
			if (address !== undefined) {
				hasTaken(block);
				return address;
			}
			open.pop();
			passed.push(block);
		}
		return undefined;
	}

	function hasTaken(block: Block): void {
		inUse++;
		empty.delete(block);
		grow();
	}

	/** What is held ready is no promise: it ends where the pool does. */
	function grow(): void {
		while (!holds(blocks.size) && carveNext() !== undefined);
	}

	/** The last blocks go first, so that those in use stay together. */
	function shrink(): void {
		while (empty.size > 0 && holds(blocks.size - 1)) {
			const last = [...empty].reduce((a, b) => (isBefore(a, b) ? b : a));
			empty.delete(last);
			blocks.delete(last.first);
			slots.free(last);
		}
	}

	function takeExactly(address: bigint): 'taken' | 'in-use' | 'outside' {
		const slot = slotOf(ranges, size, address);
		if (slot === undefined || address < slot.first + usable.from || address > slot.first + usable.to) {
			return 'outside';
		}
		const block = blocks.get(slot.first) ?? carve(slot);
		if (!block.take(address)) {
			return 'in-use';
		}
		hasTaken(block);
		return 'taken';
	}

	grow();
	return {
		family,
		get inUse() {
			return inUse;
		},
		get needed() {
			return needed();
		},
		blocks: () =>
			[...blocks.values()].sort((a, b) => (isBefore(a, b) ? -1 : 1)).map(({ first }) => ({ first, prefix: maskSize })),
		take(except) {
			const passed: Block[] = [];
			try {
				return takeFirst(except, passed);
			} finally {
				passed.forEach(open.push);
			}
		},
		takeExactly,
		adopt: takeExactly,
		noneLeft: (pool) => poolExhausted(pool, family, inUse),
		noneSuch: notInPool,
		release(address) {
			const slot = slotOf(ranges, size, address);
			const block = slot && blocks.get(slot.first);
			const wasFull = block?.full === true;
			if (block?.release(address) !== true) {
				return false;
			}
			inUse--;
			if (wasFull) {
				open.push(block);
			}
			if (block.inUse === 0) {
				empty.add(block);
			}
			shrink();
			return true;
		},
	};
}
