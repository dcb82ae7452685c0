import { invalidArgument } from '../errors.js';
import { formatCidr } from './address.js';
import { checkCidr, checkDisjoint, checkName } from './check-pool.js';
import { parseCidr } from './cidr.js';
import type { NodePoolAllocation } from './node-spec.js';
import { rangeOf } from './range.js';

/**
 * CIDRs by pool, each as its first address and length.
 * @throws ERR_INVALID_ARGUMENT ERR_INVALID_ADDRESS ERR_OVERLAPPING_CIDR naming the field
 */
export function checkAllocated(allocated: readonly NodePoolAllocation[]): ReadonlyMap<string, readonly string[]> {
	if (!Array.isArray(allocated)) {
		throw invalidArgument('allocated', allocated, 'a list of { pool, cidrs }');
	}
	const byPool = new Map<string, readonly string[]>();
	allocated.forEach(({ pool, cidrs }: NodePoolAllocation, i) => {
		checkName(pool);
		if (byPool.has(pool)) {
			throw invalidArgument(`allocated[${i}].pool`, pool, 'every pool once');
		}
		if (!Array.isArray(cidrs)) {
			throw invalidArgument(`allocated[${i}].cidrs`, cidrs, 'a list of CIDRs');
		}
		cidrs.forEach((text, j) => checkCidr(`allocated[${i}].cidrs[${j}]`, text));
		checkDisjoint(`allocated[${i}].cidrs`, cidrs);
		byPool.set(pool, cidrs.map(canonical));
	});
	return byPool;
}

function canonical(text: string): string {
	const { family, prefix } = parseCidr(text)!;
	return formatCidr({ family, value: rangeOf(text).first }, prefix);
}
