import { HeddleError } from '../errors.js';
import { formatAddress, type NumericAddress } from './address.js';
import { ownerExists, poolInUse, unknownPool } from './errors.js';
import { blocksOf, createPool, giveBack, takeExactly, takeOfEach, type Pool, type PoolOptions } from './pool.js';

export type { PoolOptions };

export interface AddressRequest {
	readonly pool: string;
	/** Who gets the addresses; one owner has them from one pool. */
	readonly owner: string;
}

export interface Allocation {
	readonly pool: string;
	readonly owner: string;
	readonly ipv4?: string;
	readonly ipv6?: string;
}

/** Addresses set aside and not yet in use. Exactly one verb is to be called, once. */
export interface AddressPlan {
	readonly allocations: readonly Allocation[];
	commit(): void;
	discard(): void;
}

export interface PoolUsage {
	readonly inUse: number;
	/** Planned and not committed. */
	readonly pending: number;
	/** `192.168.16.0/27` */
	readonly blocks: readonly string[];
}

/** Addresses of pools, the first free one first. Pure: it gives out numbers and touches no interface. */
export interface Ipam {
	readonly pools: readonly string[];
	addPool(name: string, options: PoolOptions): void;
	/** @throws ERR_POOL_IN_USE */
	removePool(name: string): boolean;
	/** One address of each family of each request's pool: all of them or none. @throws ERR_UNKNOWN_POOL ERR_POOL_EXHAUSTED ERR_EXISTS */
	plan(requests: Iterable<AddressRequest>): AddressPlan;
	/** Addresses in use already, found after a restart. @throws ERR_ADDRESS_IN_USE ERR_ADDRESS_NOT_IN_POOL */
	adopt(owner: string, pool: string, addresses: Iterable<string>): Allocation;
	get(owner: string): Allocation | undefined;
	release(owner: string): boolean;
	usage(pool: string): PoolUsage;
}

interface Held {
	readonly allocation: Allocation;
	readonly pool: Pool;
	readonly addresses: readonly NumericAddress[];
	pending: boolean;
}

export function createIpam(pools: Readonly<Record<string, PoolOptions>> = {}): Ipam {
	const known = new Map<string, Pool>();
	const held = new Map<string, Held>();

	function poolOf(name: string): Pool {
		const pool = known.get(name);
		if (pool === undefined) {
			throw unknownPool(name, known.keys());
		}
		return pool;
	}

	function hold(owner: string, pool: Pool, addresses: readonly NumericAddress[], pending: boolean): Allocation {
		const allocation = describe(owner, pool, addresses);
		held.set(owner, { allocation, pool, addresses, pending });
		return allocation;
	}

	function release(owner: string): boolean {
		const found = held.get(owner);
		if (found === undefined) {
			return false;
		}
		giveBack(found.pool, found.addresses);
		return held.delete(owner);
	}

	function reserve({ owner, pool: name }: AddressRequest): Allocation {
		const pool = poolOf(name);
		if (held.has(owner)) {
			throw ownerExists(owner);
		}
		return hold(owner, pool, takeOfEach(pool), true);
	}

	function plan(requests: Iterable<AddressRequest>): AddressPlan {
		const allocations: Allocation[] = [];
		const discard = () => allocations.splice(0).forEach(({ owner }) => release(owner));
		try {
			for (const request of requests) {
				allocations.push(reserve(request));
			}
		} catch (error) {
			discard();
			throw error;
		}
		return {
			allocations: [...allocations],
			commit: () => allocations.splice(0).forEach(({ owner }) => (held.get(owner)!.pending = false)),
			discard,
		};
	}

	const ipam: Ipam = {
		get pools() {
			return [...known.keys()];
		},
		addPool(name, options) {
			if (known.has(name)) {
				throw new HeddleError('ERR_EXISTS', `pool '${name}': exists already, expected a new name`);
			}
			known.set(name, createPool(name, options));
		},
		removePool(name) {
			const inUse = [...held.values()].filter(({ pool }) => pool.name === name).length;
			if (inUse > 0) {
				throw poolInUse(name, inUse);
			}
			return known.delete(name);
		},
		plan,
		adopt(owner, name, addresses) {
			const pool = poolOf(name);
			if (held.has(owner)) {
				throw ownerExists(owner);
			}
			return hold(owner, pool, takeExactly(pool, addresses), false);
		},
		get: (owner) => held.get(owner)?.allocation,
		release,
		usage(name) {
			const pool = poolOf(name);
			const own = [...held.values()].filter((one) => one.pool === pool);
			const pending = own.filter((one) => one.pending).length;
			return { inUse: own.length - pending, pending, blocks: blocksOf(pool) };
		},
	};
	Object.entries(pools).forEach(([name, options]) => ipam.addPool(name, options));
	return ipam;
}

function describe(owner: string, pool: Pool, addresses: readonly NumericAddress[]): Allocation {
	const fields = addresses.map((address) => [`ipv${address.family}`, formatAddress(address)]);
	return { pool: pool.name, owner, ...(Object.fromEntries(fields) as Pick<Allocation, 'ipv4' | 'ipv6'>) };
}
