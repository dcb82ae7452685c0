import { ADDRESS_BITS, formatCidr, type Family } from './address.js';
import type { EdgeRules } from './block.js';
import { notInPool, poolExhausted, poolNotGranted } from './errors.js';
import { neededAddresses, type FamilyPool } from './family-pool.js';
import { contains, createGrantedBlock, createWithdrawnBlock, type GrantedBlock } from './granted-block.js';

export interface GrantedFamilyOptions extends EdgeRules {
	/** Granted, in the order in which they are used. */
	readonly cidrs: readonly string[];
	/** Granted once: where addresses that are in use may lie as well. */
	readonly former: readonly string[];
	readonly preAlloc: number;
	/** Addresses that somebody waits for. */
	pending(): number;
}

/** The addresses of one family of a pool whose blocks are granted: exactly these, in their order. */
export interface GrantedFamily extends FamilyPool {
	/** Taken away while addresses of them are in use, and how many are. */
	readonly withdrawn: readonly { readonly cidr: string; readonly inUse: number }[];
	/** Blocks that may go: empty, the last first, while what is free in the others is as much as is needed. */
	excess(): readonly string[];
}

export function createGrantedFamily(family: Family, options: GrantedFamilyOptions): GrantedFamily {
	const { cidrs, former, preAlloc, pending } = options;
	const granted = cidrs.map((cidr) => createGrantedBlock(family, cidr, options));
	const withdrawn = new Map<string, GrantedBlock>();
	let inUse = 0;

	const needed = () => neededAddresses(inUse + pending(), preAlloc);

	function takeExactly(address: bigint): 'taken' | 'in-use' | 'outside' {
		const found = granted.find((one) => contains(one, address));
		if (found?.block.take(address) === true) {
			inUse++;
			return 'taken';
		}
		return found?.block.has(address) === true ? 'in-use' : 'outside';
	}

	/** Of a block that was taken away, or that nobody remembers: whoever has the address keeps it. */
	function hold(address: bigint): 'taken' | 'in-use' {
		const known = [...withdrawn.values()].find((one) => contains(one, address)) ?? recall(address);
		if (!known.block.take(address)) {
			return 'in-use';
		}
		withdrawn.set(known.cidr, known);
		inUse++;
		return 'taken';
	}

	function recall(address: bigint): GrantedBlock {
		const alone = formatCidr({ family, value: address }, ADDRESS_BITS[family]);
		const blocks = [...former, alone].map((cidr) => createWithdrawnBlock(family, cidr));
		return blocks.find((one) => contains(one, address))!;
	}

	function release(address: bigint): boolean {
		const found = [...granted, ...withdrawn.values()].find(({ block }) => block.release(address));
		if (found === undefined) {
			return false;
		}
		inUse--;
		if (found.block.inUse === 0) {
			withdrawn.delete(found.cidr);
		}
		return true;
	}

	return {
		family,
		get inUse() {
			return inUse;
		},
		get needed() {
			return needed();
		},
		get withdrawn() {
			return Array.from(withdrawn.values(), ({ cidr, block }) => ({ cidr, inUse: block.inUse }));
		},
		blocks: () => [...granted, ...withdrawn.values()].map(({ range, prefix }) => ({ first: range.first, prefix })),
		take(except) {
			for (const { block } of granted) {
				const address = block.full ? undefined : block.takeFirst(except);
				if (address !== undefined) {
					inUse++;
					return address;
				}
			}
			return undefined;
		},
		takeExactly,
		adopt(address) {
			const outcome = takeExactly(address);
			return outcome === 'outside' ? hold(address) : outcome;
		},
		release,
		noneLeft: (pool) => (granted.length === 0 ? poolNotGranted(pool, family) : poolExhausted(pool, family, inUse)),
		noneSuch: (pool, address) => (granted.length === 0 ? poolNotGranted(pool, family) : notInPool(pool, address)),
		excess() {
			let free = granted.reduce((sum, { block }) => sum + block.free, 0n);
			const least = BigInt(needed());
			return [...granted].reverse().flatMap(({ cidr, block }) => {
				if (block.inUse > 0 || free - block.free < least) {
					return [];
				}
				free -= block.free;
				return [cidr];
			});
		},
	};
}
