import { HeddleError } from '../errors.js';
import type { Family } from './address.js';

export function unknownPool(pool: string, known: Iterable<string>): HeddleError {
	const names = [...known].join(', ');
	return new HeddleError(
		'ERR_UNKNOWN_POOL',
		`pool: found '${pool}', expected one of ${names === '' ? '(none)' : names}`,
		{
			field: 'pool',
			found: pool,
		},
	);
}

export function poolExhausted(pool: string, family: Family, inUse: number): HeddleError {
	return new HeddleError(
		'ERR_POOL_EXHAUSTED',
		`pool '${pool}': found no free IPv${family} address, ${inUse} are in use; expected one`,
		{ pool, family, inUse },
	);
}

/** Blocks come from the cluster's operator, and it has given none of this family. */
export function poolNotGranted(pool: string, family: Family): HeddleError {
	return new HeddleError(
		'ERR_POOL_NOT_GRANTED',
		`pool '${pool}': found no IPv${family} block granted to this node yet, expected one in spec.ipam.pools.allocated of its CiliumNode; it is requested`,
		{ pool, family },
	);
}

/** The operator took a block away; the addresses in use of it stay until their pods go. */
export function blockInUse(pool: string, cidr: string, inUse: number): HeddleError {
	return new HeddleError(
		'ERR_POOL_IN_USE',
		`pool '${pool}': found ${cidr} missing, with ${inUse} addresses in use, expected it until they are free; they stay, and no other of it is given out`,
		{ pool, found: cidr, inUse },
	);
}

export function ownerExists(owner: string): HeddleError {
	return new HeddleError('ERR_EXISTS', `owner '${owner}': has addresses already, expected none`, { owner });
}

export function addressTaken(pool: string, address: string): HeddleError {
	return new HeddleError('ERR_ADDRESS_IN_USE', `pool '${pool}': ${address} is in use, expected a free address`, {
		pool,
		address,
	});
}

export function notInPool(pool: string, address: string): HeddleError {
	return new HeddleError(
		'ERR_ADDRESS_NOT_IN_POOL',
		`pool '${pool}': found ${address}, expected a usable address of it`,
		{
			pool,
			address,
		},
	);
}

/** `example`: one of them. */
export function poolInUse(pool: string, inUse: number, example?: string): HeddleError {
	const such = example === undefined ? '' : ` such as ${example}`;
	return new HeddleError(
		'ERR_POOL_IN_USE',
		`pool '${pool}': found ${inUse} addresses in use that would be lost${such}, expected none`,
		{ pool, inUse, ...(example === undefined ? {} : { address: example }) },
	);
}
