import { invalidArgument } from '../errors.js';
import { formatAddress, parseNumeric, type Family, type NumericAddress } from './address.js';
import { addressTaken, notInPool, poolExhausted } from './errors.js';
import { createFamilyPool, type BlockRules, type FamilyPool, type FamilySpec } from './family-pool.js';

/** What `CiliumPodIPPool` says, see `lib/documents/pool.ts`, and how much of it a node holds ready. */
export interface PoolOptions extends BlockRules {
	readonly ipv4?: FamilySpec;
	readonly ipv6?: FamilySpec;
}

export interface Pool {
	readonly name: string;
	readonly options: PoolOptions;
	readonly ipv4: FamilyPool | undefined;
	readonly ipv6: FamilyPool | undefined;
}

/** One address of each family, in numbers. */
export interface Taken {
	ipv4: bigint | undefined;
	ipv6: bigint | undefined;
}

/** Addresses that must be these. */
export interface Wanted {
	readonly ipv4?: string;
	readonly ipv6?: string;
}

const DEFAULT_PRE_ALLOC: Readonly<Record<string, number>> = { default: 8 };

export function createPool(name: string, options: PoolOptions): Pool {
	const { ipv4, ipv6 } = options;
	const rules = { ...options, preAlloc: options.preAlloc ?? DEFAULT_PRE_ALLOC[name] ?? 0 };
	return {
		name,
		options,
		ipv4: ipv4 && createFamilyPool(4, ipv4, rules),
		ipv6: ipv6 && createFamilyPool(6, ipv6, rules),
	};
}

export function familiesOf({ ipv4, ipv6 }: Pool): FamilyPool[] {
	return [ipv4, ipv6].filter((one) => one !== undefined);
}

/**
 * One address of each family, that which is wanted or else the first free one; all of them or none.
 * @throws ERR_POOL_EXHAUSTED ERR_ADDRESS_IN_USE ERR_ADDRESS_NOT_IN_POOL
 */
export function takeOfEach(pool: Pool, wanted: Wanted = {}): Taken {
	const taken: Taken = { ipv4: undefined, ipv6: undefined };
	try {
		takeWanted(pool, 4, wanted.ipv4, taken);
		takeWanted(pool, 6, wanted.ipv6, taken);
		taken.ipv4 ??= takeFirst(pool, pool.ipv4);
		taken.ipv6 ??= takeFirst(pool, pool.ipv6);
		return taken;
	} catch (error) {
		giveBack(pool, taken);
		throw error;
	}
}

/** These addresses, one a family at most, or none. @throws ERR_ADDRESS_IN_USE ERR_ADDRESS_NOT_IN_POOL ERR_INVALID_ARGUMENT */
export function takeExactly(pool: Pool, addresses: Iterable<string>): Taken {
	const taken: Taken = { ipv4: undefined, ipv6: undefined };
	try {
		for (const text of addresses) {
			const family = parseNumeric(text)?.family ?? 4;
			if (taken[`ipv${family}`] !== undefined) {
				throw invalidArgument('addresses', text, `one IPv${family} address at most`);
			}
			takeWanted(pool, family, text, taken);
		}
		return taken;
	} catch (error) {
		giveBack(pool, taken);
		throw error;
	}
}

export function giveBack(pool: Pool, { ipv4, ipv6 }: Taken): void {
	if (ipv4 !== undefined) {
		pool.ipv4?.release(ipv4);
	}
	if (ipv6 !== undefined) {
		pool.ipv6?.release(ipv6);
	}
}

export function blocksOf(pool: Pool): string[] {
	return familiesOf(pool).flatMap(blocksOfFamily);
}

function takeFirst(pool: Pool, from: FamilyPool | undefined): bigint | undefined {
	const value = from?.take();
	if (from !== undefined && value === undefined) {
		throw poolExhausted(pool.name, from.family, from.inUse);
	}
	return value;
}

function takeWanted(pool: Pool, family: Family, text: string | undefined, taken: Taken): void {
	if (text === undefined) {
		return;
	}
	const address: NumericAddress | undefined = parseNumeric(text);
	const from = pool[`ipv${family}`];
	const outcome = from !== undefined && address?.family === family ? from.takeExactly(address.value) : 'outside';
	if (outcome !== 'taken') {
		throw outcome === 'in-use' ? addressTaken(pool.name, text) : notInPool(pool.name, text);
	}
	taken[`ipv${family}`] = address!.value;
}

function blocksOfFamily(from: FamilyPool): string[] {
	return from.blocks().map((value) => `${formatAddress({ family: from.family, value })}/${from.maskSize}`);
}
