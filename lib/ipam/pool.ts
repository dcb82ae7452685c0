import { formatCidr, parseNumeric, type Family } from './address.js';
import { addressTaken, notInPool } from './errors.js';
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

export interface TakeOptions {
	readonly wanted?: string;
	readonly except?: ReadonlySet<bigint>;
	/** The wanted one was taken before this process began. */
	readonly adopting?: boolean;
}

/**
 * An address of one family: that which is wanted, or else the first free one that is none of `except`; none where the
 * pool has none of the family and none is wanted.
 * @throws ERR_POOL_EXHAUSTED ERR_POOL_NOT_GRANTED ERR_ADDRESS_IN_USE ERR_ADDRESS_NOT_IN_POOL
 */
export function takeAddress(
	pool: Pool,
	family: Family,
	{ wanted, except, adopting }: TakeOptions = {},
): bigint | undefined {
	const from = pool[`ipv${family}`];
	if (wanted !== undefined) {
		return takeWanted(pool, from, family, wanted, adopting === true);
	}
	const value = from?.take(except);
	if (from !== undefined && value === undefined) {
		throw from.noneLeft(pool.name);
	}
	return value;
}

export function blocksOf(pool: Pool): string[] {
	return familiesOf(pool).flatMap(blocksOfFamily);
}

function takeWanted(pool: Pool, from: FamilyPool | undefined, family: Family, text: string, adopting: boolean): bigint {
	const address = parseNumeric(text);
	if (from === undefined || address?.family !== family) {
		throw notInPool(pool.name, text);
	}
	const outcome = adopting ? from.adopt(address.value) : from.takeExactly(address.value);
	if (outcome !== 'taken') {
		throw outcome === 'in-use' ? addressTaken(pool.name, text) : from.noneSuch(pool.name, text);
	}
	return address.value;
}

function blocksOfFamily(from: FamilyPool): string[] {
	return from.blocks().map(({ first, prefix }) => formatCidr({ family: from.family, value: first }, prefix));
}
