import { checkPool } from './check-pool.js';
import { createPool, type Pool, type PoolOptions } from './pool.js';
import { resizePool, type TakenAddress } from './resize.js';

/** Where the blocks of pools come from. */
export interface PoolSource {
	/** @throws ERR_INVALID_ARGUMENT ERR_INVALID_ADDRESS ERR_OVERLAPPING_CIDR */
	check(name: string, options: PoolOptions): void;
	create(name: string, options: PoolOptions): Pool;
	/** The pool with other options, and the same addresses taken. @throws ERR_POOL_IN_USE */
	resize(pool: Pool, options: PoolOptions, taken: Iterable<TakenAddress>): Pool;
}

/** Carved here, out of the CIDRs that the pool's options name. */
export const CARVED: PoolSource = { check: checkPool, create: createPool, resize: resizePool };
