import { HeddleError } from '../errors.js';
import { formatAddress } from './address.js';
import { checkPool } from './check-pool.js';
import { ownerExists, poolInUse, unknownPool } from './errors.js';
import { nodePoolsOf, type NodePools } from './node-spec.js';
import { blocksOf, createPool, giveBack, takeExactly, takeOfEach } from './pool.js';
import type { Pool, PoolOptions, Taken, Wanted } from './pool.js';
import { resizePool } from './resize.js';

export type { PoolOptions };

/** With `ipv4` or `ipv6`: this address of that family, not the first free one. */
export interface AddressRequest extends Wanted {
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
	/** Owners. */
	readonly inUse: number;
	/** Planned and not committed. */
	readonly pending: number;
	/** `192.168.16.0/27` */
	readonly blocks: readonly string[];
}

/** Addresses of pools, the first free one first. Pure: it gives out numbers and touches no interface. */
export interface Ipam {
	readonly pools: readonly string[];
	/** @throws ERR_EXISTS ERR_INVALID_ARGUMENT ERR_INVALID_ADDRESS ERR_OVERLAPPING_CIDR */
	addPool(name: string, options: PoolOptions): void;
	/**
	 * More CIDRs, fewer, other edges: every address in use must still be one that the pool gives out.
	 * @throws ERR_UNKNOWN_POOL ERR_POOL_IN_USE and those of `addPool`
	 */
	updatePool(name: string, options: PoolOptions): void;
	/** @throws ERR_POOL_IN_USE */
	removePool(name: string): boolean;
	/**
	 * One address of each family of each request's pool: all of them or none.
	 * @throws ERR_UNKNOWN_POOL ERR_POOL_EXHAUSTED ERR_EXISTS ERR_ADDRESS_IN_USE ERR_ADDRESS_NOT_IN_POOL
	 */
	plan(requests: Iterable<AddressRequest>): AddressPlan;
	/** Addresses in use already, found after a restart, one a family. @throws ERR_ADDRESS_IN_USE ERR_ADDRESS_NOT_IN_POOL */
	adopt(owner: string, pool: string, addresses: Iterable<string>): Allocation;
	get(owner: string): Allocation | undefined;
	release(owner: string): boolean;
	/** Every owner's, plans included. */
	allocations(): Iterable<Allocation>;
	/** Owners of addresses that are not among the `live` ones, those of open plans excepted. */
	leaked(live: Iterable<string>): Allocation[];
	usage(pool: string): PoolUsage;
	/** What the node asks of each pool and holds of it, as a `CiliumNode` says it. */
	nodePools(): NodePools;
}

interface KnownPool {
	pool: Pool;
	owners: number;
	pending: number;
}

/** Flat, for there may be a million. */
interface Held extends Taken {
	readonly of: KnownPool;
	pending: boolean;
}

/** @throws ERR_INVALID_ARGUMENT ERR_INVALID_ADDRESS ERR_OVERLAPPING_CIDR where a pool's options are wrong */
export function createIpam(pools: Readonly<Record<string, PoolOptions>> = {}): Ipam {
	const known = new Map<string, KnownPool>();
	const held = new Map<string, Held>();

	function poolFor(owner: string, name: string): KnownPool {
		if (held.has(owner)) {
			throw ownerExists(owner);
		}
		return poolOf(name);
	}

	function poolOf(name: string): KnownPool {
		const found = known.get(name);
		if (found === undefined) {
			throw unknownPool(name, known.keys());
		}
		return found;
	}

	function hold(owner: string, of: KnownPool, { ipv4, ipv6 }: Taken, pending: boolean): Allocation {
		const one: Held = { of, ipv4, ipv6, pending };
		held.set(owner, one);
		of.owners++;
		of.pending += pending ? 1 : 0;
		return describe(owner, one);
	}

	function release(owner: string): boolean {
		const found = held.get(owner);
		if (found === undefined) {
			return false;
		}
		giveBack(found.of.pool, found);
		found.of.owners--;
		found.of.pending -= found.pending ? 1 : 0;
		return held.delete(owner);
	}

	function commit(owner: string): void {
		const found = held.get(owner);
		// Released in between.
		if (found?.pending === true) {
			found.pending = false;
			found.of.pending--;
		}
	}

	function plan(requests: Iterable<AddressRequest>): AddressPlan {
		const allocations: Allocation[] = [];
		const discard = () => allocations.splice(0).forEach(({ owner }) => release(owner));
		try {
			for (const request of requests) {
				const of = poolFor(request.owner, request.pool);
				allocations.push(hold(request.owner, of, takeOfEach(of.pool, request), true));
			}
		} catch (error) {
			discard();
			throw error;
		}
		return {
			allocations: [...allocations],
			commit: () => allocations.splice(0).forEach(({ owner }) => commit(owner)),
			discard,
		};
	}

	const ipam: Ipam = {
		get pools() {
			return [...known.keys()];
		},
		addPool(name, options) {
			checkPool(name, options);
			if (known.has(name)) {
				throw new HeddleError('ERR_EXISTS', `pool '${name}': exists already, expected a new name`);
			}
			known.set(name, { pool: createPool(name, options), owners: 0, pending: 0 });
		},
		updatePool(name, options) {
			const of = poolOf(name);
			checkPool(name, options);
			const taken = [...held.values()].filter((one) => one.of === of);
			of.pool = resizePool(of.pool, options, taken);
		},
		removePool(name) {
			const owners = known.get(name)?.owners ?? 0;
			if (owners > 0) {
				throw poolInUse(name, owners);
			}
			return known.delete(name);
		},
		plan,
		adopt(owner, name, addresses) {
			const of = poolFor(owner, name);
			return hold(owner, of, takeExactly(of.pool, addresses), false);
		},
		get(owner) {
			const found = held.get(owner);
			return found && describe(owner, found);
		},
		release,
		*allocations() {
			for (const [owner, one] of held) {
				yield describe(owner, one);
			}
		},
		leaked(live) {
			const alive = new Set(live);
			return [...held]
				.filter(([owner, one]) => !one.pending && !alive.has(owner))
				.map(([owner, one]) => describe(owner, one));
		},
		usage(name) {
			const { pool, owners, pending } = poolOf(name);
			return { inUse: owners - pending, pending, blocks: blocksOf(pool) };
		},
		nodePools: () => nodePoolsOf([...known.values()].map(({ pool }) => pool)),
	};
	Object.entries(pools).forEach(([name, options]) => ipam.addPool(name, options));
	return ipam;
}

function describe(owner: string, { of, ipv4, ipv6 }: Held): Allocation {
	return {
		pool: of.pool.name,
		owner,
		...(ipv4 === undefined ? {} : { ipv4: formatAddress({ family: 4, value: ipv4 }) }),
		...(ipv6 === undefined ? {} : { ipv6: formatAddress({ family: 6, value: ipv6 }) }),
	};
}
