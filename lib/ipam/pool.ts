import { formatAddress, parseNumeric, type NumericAddress } from './address.js';
import { addressTaken, notInPool, poolExhausted } from './errors.js';
import { createFamilyPool, type EdgeRules, type FamilyPool, type FamilySpec } from './family-pool.js';

/** What `CiliumPodIPPool` says, see `lib/documents/pool.ts`. */
export interface PoolOptions extends EdgeRules {
	readonly ipv4?: FamilySpec;
	readonly ipv6?: FamilySpec;
}

export interface Pool {
	readonly name: string;
	readonly families: readonly FamilyPool[];
}

export function createPool(name: string, options: PoolOptions): Pool {
	const { ipv4, ipv6 } = options;
	return {
		name,
		families: [
			...(ipv4 === undefined ? [] : [createFamilyPool(4, ipv4, options)]),
			...(ipv6 === undefined ? [] : [createFamilyPool(6, ipv6, options)]),
		],
	};
}

/** One address of each family, or none. @throws ERR_POOL_EXHAUSTED */
export function takeOfEach(pool: Pool): NumericAddress[] {
	const taken: NumericAddress[] = [];
	for (const from of pool.families) {
		const value = from.take();
		if (value === undefined) {
			giveBack(pool, taken);
			throw poolExhausted(pool.name, from.family, from.inUse);
		}
		taken.push({ family: from.family, value });
	}
	return taken;
}

/** These addresses, or none. @throws ERR_ADDRESS_IN_USE ERR_ADDRESS_NOT_IN_POOL */
export function takeExactly(pool: Pool, addresses: Iterable<string>): NumericAddress[] {
	const taken: NumericAddress[] = [];
	for (const text of addresses) {
		const address = parseNumeric(text);
		const from = pool.families.find(({ family }) => family === address?.family);
		const outcome = address && from ? from.takeExactly(address.value) : 'outside';
		if (outcome !== 'taken') {
			giveBack(pool, taken);
			throw outcome === 'in-use' ? addressTaken(pool.name, text) : notInPool(pool.name, text);
		}
		taken.push(address!);
	}
	return taken;
}

export function giveBack(pool: Pool, addresses: readonly NumericAddress[]): void {
	for (const { family, value } of addresses) {
		pool.families.find((from) => from.family === family)!.release(value);
	}
}

export function blocksOf(pool: Pool): string[] {
	return pool.families.flatMap(blocksOfFamily);
}

function blocksOfFamily(from: FamilyPool): string[] {
	return from.blocks().map((value) => `${formatAddress({ family: from.family, value })}/${from.maskSize}`);
}
