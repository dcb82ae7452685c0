import { HeddleError, invalidArgument } from '../errors.js';
import { formatAddress, parseNumeric, type Family } from './address.js';
import { ownerExists, poolInUse, unknownPool } from './errors.js';
import { createHoldings, type Held, type KnownPool } from './holdings.js';
import { nodePoolsOf, type NodePools } from './node-spec.js';
import { blocksOf, takeAddress } from './pool.js';
import type { PoolOptions, Wanted } from './pool.js';
import { CARVED, type PoolSource } from './pool-source.js';

export type { PoolOptions };

/** With `ipv4` or `ipv6`: this address of that family, not the first free one. */
export interface AddressRequest extends Wanted {
	/** Of both families, unless one has a pool of its own below. */
	readonly pool?: string;
	readonly ipv4Pool?: string;
	readonly ipv6Pool?: string;
	/** Addresses that are not chosen, such as gateways. A named one is not held against these. @default none */
	readonly except?: readonly string[];
	/** Who gets the addresses; one owner has one of each family at most. */
	readonly owner: string;
}

/** Every address with the pool that it is of. */
export interface Allocation {
	readonly owner: string;
	readonly ipv4?: string;
	readonly ipv4Pool?: string;
	readonly ipv6?: string;
	readonly ipv6Pool?: string;
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
	/** Released and kept for their owners. */
	readonly reserved: number;
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
	 * One address of each family of each request's pool: all of them or none. An owner for whom addresses are reserved
	 * gets them again.
	 * @throws ERR_UNKNOWN_POOL ERR_POOL_EXHAUSTED ERR_EXISTS ERR_ADDRESS_IN_USE ERR_ADDRESS_NOT_IN_POOL ERR_INVALID_ARGUMENT
	 */
	plan(requests: Iterable<AddressRequest>): AddressPlan;
	/**
	 * Addresses in use already, or reserved, found after a restart.
	 * @throws ERR_UNKNOWN_POOL ERR_EXISTS ERR_ADDRESS_IN_USE ERR_ADDRESS_NOT_IN_POOL
	 */
	adopt(allocation: Allocation, options?: { readonly reserved?: boolean }): void;
	get(owner: string): Allocation | undefined;
	/** `keep`: the addresses stay reserved for this owner; a second release gives them back. false: there is no such owner. */
	release(owner: string, options?: { readonly keep?: boolean }): boolean;
	/** Every owner's, plans and what is reserved included. */
	allocations(): Iterable<Allocation>;
	/** Owners of addresses that are not among the `live` ones, those of open plans and what is reserved excepted. */
	leaked(live: Iterable<string>): Allocation[];
	usage(pool: string): PoolUsage;
	/** What the node asks of each pool and holds of it, as a `CiliumNode` says it. */
	nodePools(): NodePools;
}

/** @throws ERR_INVALID_ARGUMENT ERR_INVALID_ADDRESS ERR_OVERLAPPING_CIDR where a pool's options are wrong */
export function createIpam(pools: Readonly<Record<string, PoolOptions>> = {}): Ipam {
	return createIpamFrom(CARVED, pools);
}

/** The same, with blocks from elsewhere. */
export function createIpamFrom(source: PoolSource, pools: Readonly<Record<string, PoolOptions>> = {}): Ipam {
	const known = new Map<string, KnownPool>();
	const holdings = createHoldings();

	function poolOf(name: string): KnownPool {
		const found = known.get(name);
		if (found === undefined) {
			throw unknownPool(name, known.keys());
		}
		return found;
	}

	function take(
		held: Held,
		family: Family,
		name: string | undefined,
		{ except, ...request }: AddressRequest,
		adopting: boolean,
	): void {
		const wanted = request[`ipv${family}`];
		if (name === undefined) {
			if (wanted !== undefined) {
				throw invalidArgument(`ipv${family}Pool`, undefined, `the pool that ${wanted} is of`);
			}
			return;
		}
		const of = poolOf(name);
		const value = takeAddress(of.pool, family, {
			adopting,
			...(wanted === undefined ? {} : { wanted }),
			...(except === undefined ? {} : { except: numbersOf(except, family) }),
		});
		if (value !== undefined) {
			held[`ipv${family}`] = value;
			held[`ipv${family}Pool`] = of;
		}
	}

	function allocate(request: AddressRequest, state: Held['state'], adopting = false): void {
		const { owner, pool, ipv4Pool = pool, ipv6Pool = pool } = request;
		if (holdings.get(owner) !== undefined) {
			throw ownerExists(owner);
		}
		const held: Held = { state, ipv4: undefined, ipv4Pool: undefined, ipv6: undefined, ipv6Pool: undefined };
		try {
			take(held, 4, ipv4Pool, request, adopting);
			take(held, 6, ipv6Pool, request, adopting);
			if (held.ipv4 === undefined && held.ipv6 === undefined) {
				throw invalidArgument(
					'pool',
					pool ?? ipv4Pool ?? ipv6Pool,
					'a pool with addresses of the family it is asked for',
				);
			}
			holdings.add(owner, held);
		} catch (error) {
			holdings.giveBack(held);
			throw error;
		}
	}

	/** true: the owner had them reserved. */
	function reclaim({ owner, pool, ipv4Pool = pool, ipv6Pool = pool, ipv4, ipv6 }: AddressRequest): boolean {
		const held = holdings.get(owner);
		if (held?.state !== 'reserved') {
			return false;
		}
		const same = describe(owner, held);
		const isSame =
			(same.ipv4Pool ?? ipv4Pool) === ipv4Pool &&
			(same.ipv6Pool ?? ipv6Pool) === ipv6Pool &&
			(ipv4 === undefined || ipv4 === same.ipv4) &&
			(ipv6 === undefined || ipv6 === same.ipv6);
		if (!isSame) {
			throw ownerExists(owner);
		}
		holdings.setState(owner, 'pending');
		return true;
	}

	function plan(requests: Iterable<AddressRequest>): AddressPlan {
		const owners: { owner: string; reclaimed: boolean }[] = [];
		const discard = () => {
			for (const { owner, reclaimed } of owners.splice(0)) {
				if (reclaimed) {
					holdings.setState(owner, 'reserved');
				} else {
					holdings.remove(owner);
				}
			}
		};
		try {
			for (const request of requests) {
				const reclaimed = reclaim(request);
				if (!reclaimed) {
					allocate(request, 'pending');
				}
				owners.push({ owner: request.owner, reclaimed });
			}
		} catch (error) {
			discard();
			throw error;
		}
		return {
			allocations: owners.map(({ owner }) => describe(owner, holdings.get(owner)!)),
			commit: () => owners.splice(0).forEach(({ owner }) => holdings.setState(owner, 'used')),
			discard,
		};
	}

	const ipam: Ipam = {
		get pools() {
			return [...known.keys()];
		},
		addPool(name, options) {
			source.check(name, options);
			if (known.has(name)) {
				throw new HeddleError('ERR_EXISTS', `pool '${name}': exists already, expected a new name`);
			}
			known.set(name, { pool: source.create(name, options), used: 0, pending: 0, reserved: 0 });
		},
		updatePool(name, options) {
			const of = poolOf(name);
			source.check(name, options);
			of.pool = source.resize(of.pool, options, holdings.takenOf(of));
		},
		removePool(name) {
			const { used = 0, pending = 0, reserved = 0 } = known.get(name) ?? {};
			if (used + pending + reserved > 0) {
				throw poolInUse(name, used + pending + reserved);
			}
			return known.delete(name);
		},
		plan,
		adopt(allocation, { reserved = false } = {}) {
			const { owner, ipv4, ipv4Pool, ipv6, ipv6Pool } = allocation;
			allocate(
				{
					owner,
					...(ipv4 === undefined ? {} : { ipv4, ...(ipv4Pool === undefined ? {} : { ipv4Pool }) }),
					...(ipv6 === undefined ? {} : { ipv6, ...(ipv6Pool === undefined ? {} : { ipv6Pool }) }),
				},
				reserved ? 'reserved' : 'used',
				true,
			);
		},
		get(owner) {
			const held = holdings.get(owner);
			return held && describe(owner, held);
		},
		release(owner, { keep = false } = {}) {
			const held = holdings.get(owner);
			if (held !== undefined && keep) {
				holdings.setState(owner, 'reserved');
				return true;
			}
			return holdings.remove(owner);
		},
		*allocations() {
			for (const [owner, held] of holdings) {
				yield describe(owner, held);
			}
		},
		leaked(live) {
			const alive = new Set(live);
			return [...holdings]
				.filter(([owner, { state }]) => state === 'used' && !alive.has(owner))
				.map(([owner, held]) => describe(owner, held));
		},
		usage(name) {
			const { pool, used, pending, reserved } = poolOf(name);
			return { inUse: used, pending, reserved, blocks: blocksOf(pool) };
		},
		nodePools: () => nodePoolsOf([...known.values()].map(({ pool }) => pool)),
	};
	Object.entries(pools).forEach(([name, options]) => ipam.addPool(name, options));
	return ipam;
}

function numbersOf(texts: readonly string[], family: Family): ReadonlySet<bigint> {
	const parsed = texts.map(parseNumeric);
	return new Set(parsed.flatMap((one) => (one?.family === family ? [one.value] : [])));
}

function describe(owner: string, { ipv4, ipv4Pool, ipv6, ipv6Pool }: Held): Allocation {
	return {
		owner,
		...(ipv4 === undefined ? {} : { ipv4: formatAddress({ family: 4, value: ipv4 }), ipv4Pool: ipv4Pool!.pool.name }),
		...(ipv6 === undefined ? {} : { ipv6: formatAddress({ family: 6, value: ipv6 }), ipv6Pool: ipv6Pool!.pool.name }),
	};
}
