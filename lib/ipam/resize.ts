import { invalidArgument } from '../errors.js';
import { formatAddress, type Family } from './address.js';
import { poolInUse } from './errors.js';
import { createPool, type Pool, type PoolOptions } from './pool.js';

export interface TakenAddress {
	readonly family: Family;
	readonly value: bigint;
}

/**
 * The pool with other CIDRs, and the same addresses taken.
 * @throws ERR_POOL_IN_USE where one of them would lie outside
 */
export function resizePool(pool: Pool, options: PoolOptions, taken: Iterable<TakenAddress>): Pool {
	checkMaskSize(pool, options, 4);
	checkMaskSize(pool, options, 6);
	const resized = createPool(pool.name, options);
	const outside: TakenAddress[] = [];
	for (const address of taken) {
		if (resized[`ipv${address.family}`]?.takeExactly(address.value) !== 'taken') {
			outside.push(address);
		}
	}
	if (outside[0] !== undefined) {
		throw poolInUse(pool.name, outside.length, formatAddress(outside[0]));
	}
	return resized;
}

/** As the CRD has it: the blocks of nodes would not fit any more. */
function checkMaskSize({ name, options: before }: Pool, options: PoolOptions, family: Family): void {
	const [was, is] = [before, options].map((one) => one[`ipv${family}`]?.maskSize);
	if (was !== undefined && is !== undefined && was !== is) {
		throw invalidArgument(`pools.${name}.ipv${family}.maskSize`, is, `${was}, for it cannot change`);
	}
}
