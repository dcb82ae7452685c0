import { blocksOf, familiesOf, type Pool } from './pool.js';

/** What a node asks of a pool, and what it holds of it: `spec.ipam.pools` of a `CiliumNode` (cilium.io/v2). */
export interface NodePools {
	readonly requested: readonly NodePoolRequest[];
	readonly allocated: readonly NodePoolAllocation[];
}

export interface NodePoolRequest {
	readonly pool: string;
	/** Addresses; a family that the pool has not is absent. */
	readonly needed: { readonly 'ipv4-addrs'?: number; readonly 'ipv6-addrs'?: number };
}

export interface NodePoolAllocation {
	readonly pool: string;
	/** Blocks: `192.168.16.0/27` */
	readonly cidrs: readonly string[];
}

/** Sorted by name. Pools of which nothing is needed or held are absent. */
export function nodePoolsOf(pools: Iterable<Pool>): NodePools {
	const sorted = [...pools].sort((a, b) => (a.name < b.name ? -1 : 1));
	return {
		requested: sorted.map(requestOf).filter(({ needed }) => Object.values(needed).some((count) => count > 0)),
		allocated: sorted
			.map((pool) => ({ pool: pool.name, cidrs: blocksOf(pool) }))
			.filter(({ cidrs }) => cidrs.length > 0),
	};
}

function requestOf(pool: Pool): NodePoolRequest {
	const needed = familiesOf(pool).map((one) => [`ipv${one.family}-addrs`, one.needed]);
	return { pool: pool.name, needed: Object.fromEntries(needed) as NodePoolRequest['needed'] };
}
