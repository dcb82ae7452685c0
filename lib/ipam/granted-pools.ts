import type { Family } from './address.js';
import { checkName, checkPool, checkPreAlloc } from './check-pool.js';
import { familyOfCidr } from './cidr.js';
import { createGrantedFamily, type GrantedFamily } from './granted-family.js';
import { blocksOf, type Pool, type PoolOptions } from './pool.js';
import type { PoolSource } from './pool-source.js';

/** A pool as far as blocks of it are this node's. */
export interface GrantedPool extends Pool {
	readonly ipv4: GrantedFamily | undefined;
	readonly ipv6: GrantedFamily | undefined;
}

/** What is known of a pool beside its options. */
export interface GrantedOf {
	/** Of both families, in order, without those that were released. */
	granted(pool: string): readonly string[];
	/** Blocks in which addresses of a former process may be in use. */
	former(pool: string): readonly string[];
	pending(pool: string, family: Family): number;
	preAlloc(pool: string): number;
	/** Of a pool of which nothing else is known. */
	readonly families: readonly Family[];
}

/** Blocks are those that somebody grants; CIDRs of a pool's options say of which families it is, and no more. */
export function grantedPools(of: GrantedOf): PoolSource {
	function createFrom(name: string, options: PoolOptions, former: readonly string[]): GrantedPool {
		const granted = of.granted(name);
		const known = ([4, 6] as const).filter(
			(family) =>
				options[`ipv${family}`] !== undefined || [...granted, ...former].some((one) => familyOfCidr(one) === family),
		);
		const families = known.length === 0 ? of.families : known;
		const familyOf = (family: Family) =>
			families.includes(family)
				? createGrantedFamily(family, {
						...(options.allowFirstIP === undefined ? {} : { allowFirstIP: options.allowFirstIP }),
						...(options.allowLastIP === undefined ? {} : { allowLastIP: options.allowLastIP }),
						cidrs: granted.filter((one) => familyOfCidr(one) === family),
						former: former.filter((one) => familyOfCidr(one) === family),
						preAlloc: options.preAlloc ?? of.preAlloc(name),
						pending: () => of.pending(name, family),
					})
				: undefined;
		return { name, options, ipv4: familyOf(4), ipv6: familyOf(6) };
	}

	return {
		check(name, options) {
			if (options.ipv4 !== undefined || options.ipv6 !== undefined) {
				checkPool(name, options);
			}
			checkName(name);
			checkPreAlloc(`pools.${name}.preAlloc`, options.preAlloc);
		},
		create: (name, options) => createFrom(name, options, of.former(name)),
		resize(pool, options, taken) {
			const resized = createFrom(pool.name, options, [...blocksOf(pool), ...of.former(pool.name)]);
			// Each is in a block of the former pool, if not in one of the new: none is lost.
			for (const { family, value } of taken) {
				resized[`ipv${family}`]?.adopt(value);
			}
			return resized;
		},
	};
}
