import { HeddleError, isHeddleError } from '../errors.js';
import { checkPreAlloc } from './check-pool.js';
import { blockInUse, poolInUse } from './errors.js';
import { checkAllocated } from './check-allocated.js';
import { grantedPools, type GrantedPool } from './granted-pools.js';
import { createIpamFrom, type Ipam, type PoolOptions } from './ipam.js';
import type { NodePoolAllocation } from './node-spec.js';
import type { Pool } from './pool.js';
import { intersection, recordOf, setsOf, union } from './pool-sets.js';
import { createWaiting } from './waiting.js';

/** What must outlive the process beside what the operator grants; plain data. */
export interface GrantedBlocks {
	/** Given back, and not yet taken away by the operator: not to be used. By pool. */
	readonly released: Readonly<Record<string, readonly string[]>>;
	/** Taken away by the operator while addresses of them are in use. By pool. */
	readonly withdrawn: Readonly<Record<string, readonly string[]>>;
}

export interface GrantedIpamOptions {
	/** Addresses held ready by pool, as Cilium's `ipam-multi-pool-pre-allocation`; each 0..65536. @default { default: 8 } */
	readonly preAllocation?: Readonly<Record<string, number>>;
	/** Of pools of which no document and no block says. @default ['ipv4'] */
	readonly families?: readonly ('ipv4' | 'ipv6')[];
	/** Of a former process. */
	readonly blocks?: GrantedBlocks;
	/** Milliseconds; of a clock that does not go back. @default performance.now */
	readonly now?: () => number;
}

/** What a grant did. */
export interface Grant {
	/** One for each block that is missing while addresses of it are in use: they stay. ERR_POOL_IN_USE with `pool`, `found`, `inUse`. */
	readonly refused: readonly HeddleError[];
	/** Everything as it was before; as long as no address was taken or released since. */
	undo(): void;
}

/**
 * Addresses of blocks that a cluster's operator grants, as in Cilium's IPAM mode `multi-pool`: nothing is carved here.
 * `addPool` tells what a pool's document says of families and edges; its CIDRs are the operator's affair. `plan` throws
 * ERR_POOL_NOT_GRANTED where no block of a pool is there yet; who found no address is among what `nodePools()` requests
 * for five minutes, or until it has one.
 */
export interface GrantedIpam extends Ipam {
	/**
	 * What the operator grants this node now, all of it: `spec.ipam.pools.allocated` of its CiliumNode. Blocks that were
	 * released stay unused until they have been missing here once.
	 * @throws ERR_INVALID_ARGUMENT ERR_INVALID_ADDRESS ERR_OVERLAPPING_CIDR naming the field: nothing was changed
	 */
	grant(allocated: readonly NodePoolAllocation[]): Grant;
	/**
	 * Gives empty blocks back that are more than is needed: `nodePools().allocated` leaves them out from then on, and the
	 * operator takes them away. `write` is called before, where there are any; where it throws none is released.
	 */
	releaseExcess(write?: (blocks: GrantedBlocks) => void): readonly NodePoolAllocation[];
	readonly blocks: GrantedBlocks;
}

const NO_BLOCKS: GrantedBlocks = { released: {}, withdrawn: {} };

/** @throws ERR_INVALID_ARGUMENT */
export function createGrantedIpam(options: GrantedIpamOptions = {}): GrantedIpam {
	const { preAllocation = { default: 8 }, families = ['ipv4'], blocks = NO_BLOCKS } = options;
	Object.entries(preAllocation).forEach(([pool, count]) => checkPreAlloc(`preAllocation.${pool}`, count));
	const waiting = createWaiting(options.now ?? (() => performance.now()));
	const documented = new Map<string, PoolOptions>();
	let granted: ReadonlyMap<string, readonly string[]> = new Map();
	let released = setsOf(blocks.released);
	const pools = new Map<string, Pool>();
	const source = grantedPools({
		granted: (pool) => (granted.get(pool) ?? []).filter((cidr) => released.get(pool)?.has(cidr) !== true),
		former: (pool) => blocks.withdrawn[pool] ?? [],
		pending: waiting.count,
		preAlloc: (pool) => preAllocation[pool] ?? 0,
		families: families.map((family) => (family === 'ipv4' ? 4 : 6)),
	});
	const ipam = createIpamFrom({
		...source,
		create: (name, its) => remember(source.create(name, its)),
		resize: (pool, its, taken) => remember(source.resize(pool, its, taken)),
	});

	function remember(pool: Pool): Pool {
		pools.set(pool.name, pool);
		return pool;
	}

	const isKnown = (name: string) => ipam.pools.includes(name);
	const ofPools = () => [...pools.values()] as GrantedPool[];

	/** Once more, from what is granted and said of it now. */
	function refresh(name: string): void {
		if (isKnown(name)) {
			ipam.updatePool(name, documented.get(name) ?? {});
		} else {
			ipam.addPool(name, documented.get(name) ?? {});
		}
	}

	function grantAll(next: typeof granted, nextReleased: typeof released): void {
		const names = new Set([...granted.keys(), ...next.keys()]);
		granted = next;
		released = nextReleased;
		names.forEach(refresh);
	}

	function withdrawnBlocks() {
		return ofPools().flatMap(({ name, ipv4, ipv6 }) =>
			[ipv4, ipv6].flatMap((one) => (one?.withdrawn ?? []).map((block) => ({ pool: name, ...block }))),
		);
	}

	function withdrawnByPool() {
		const sets = withdrawnBlocks().map(({ pool, cidr }) => ({ pool, cidrs: [cidr] }));
		return recordOf(union(new Map(), sets));
	}

	/** Those of whom nothing is known yet are asked for all the same. */
	function know(names: readonly (string | undefined)[]): void {
		for (const name of names) {
			if (name !== undefined && !isKnown(name)) {
				ipam.addPool(name, {});
			}
		}
	}

	know([...Object.keys(preAllocation), ...Object.keys(blocks.withdrawn)]);

	return {
		...ipam,
		get pools() {
			return ipam.pools;
		},
		addPool(name, its) {
			if (documented.has(name)) {
				throw new HeddleError('ERR_EXISTS', `pool '${name}': exists already, expected a new name`);
			}
			source.check(name, its);
			documented.set(name, its);
			refresh(name);
		},
		updatePool(name, its) {
			source.check(name, its);
			documented.set(name, its);
			refresh(name);
		},
		removePool(name) {
			const { inUse, pending, reserved } = isKnown(name) ? ipam.usage(name) : { inUse: 0, pending: 0, reserved: 0 };
			// What is granted stays, without what the document said of it.
			if (inUse + pending + reserved > 0 && !granted.has(name)) {
				throw poolInUse(name, inUse + pending + reserved);
			}
			const was = documented.delete(name);
			if (was) {
				refresh(name);
			}
			return was;
		},
		plan(requests) {
			const all = [...requests];
			know(all.flatMap(({ pool, ipv4Pool = pool, ipv6Pool = pool }) => [ipv4Pool, ipv6Pool]));
			try {
				const plan = ipam.plan(all);
				all.forEach(({ owner }) => waiting.delete(owner));
				return plan;
			} catch (error) {
				if (isHeddleError(error, 'ERR_POOL_NOT_GRANTED') || isHeddleError(error, 'ERR_POOL_EXHAUSTED')) {
					all.filter(({ owner }) => ipam.get(owner) === undefined).forEach(waiting.add);
				}
				throw error;
			}
		},
		adopt(allocation, how) {
			know([allocation.ipv4Pool, allocation.ipv6Pool]);
			ipam.adopt(allocation, how);
		},
		grant(allocated) {
			const next = checkAllocated(allocated);
			const [formerly, formerlyReleased] = [granted, released];
			const before = new Set(withdrawnBlocks().map(({ pool, cidr }) => `${pool} ${cidr}`));
			grantAll(next, intersection(released, next));
			return {
				refused: withdrawnBlocks()
					.filter(({ pool, cidr }) => !before.has(`${pool} ${cidr}`))
					.map(({ pool, cidr, inUse }) => blockInUse(pool, cidr, inUse)),
				undo: () => grantAll(formerly, formerlyReleased),
			};
		},
		releaseExcess(write) {
			const excess = ofPools()
				.map(({ name, ipv4, ipv6 }) => ({
					pool: name,
					cidrs: [ipv4, ipv6].flatMap((one) => [...(one?.excess() ?? [])]),
				}))
				.filter(({ cidrs }) => cidrs.length > 0);
			if (excess.length > 0) {
				const next = union(released, excess);
				write?.({ released: recordOf(next), withdrawn: withdrawnByPool() });
				released = next;
				excess.forEach(({ pool }) => refresh(pool));
			}
			return excess;
		},
		get blocks() {
			return { released: recordOf(released), withdrawn: withdrawnByPool() };
		},
	};
}
