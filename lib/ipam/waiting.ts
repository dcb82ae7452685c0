import type { Family } from './address.js';
import type { AddressRequest } from './ipam.js';

/** As long as Cilium's agent asks on behalf of a pod that is not tried again. */
export const WAIT_MS = 300_000;

/** Owners that found no address, and of which pools they want one. */
export interface Waiting {
	add(request: AddressRequest): void;
	/** It has its addresses. */
	delete(owner: string): void;
	count(pool: string, family: Family): number;
}

interface Want {
	readonly pools: Readonly<Record<Family, string | undefined>>;
	readonly until: number;
}

/** `now`: milliseconds of a clock that does not go back. */
export function createWaiting(now: () => number): Waiting {
	const wants = new Map<string, Want>();
	return {
		add({ owner, pool, ipv4Pool = pool, ipv6Pool = pool }) {
			wants.set(owner, { pools: { 4: ipv4Pool, 6: ipv6Pool }, until: now() + WAIT_MS });
		},
		delete: (owner) => void wants.delete(owner),
		count(pool, family) {
			const at = now();
			let count = 0;
			for (const [owner, { pools, until }] of wants) {
				if (until <= at) {
					wants.delete(owner);
				} else if (pools[family] === pool) {
					count++;
				}
			}
			return count;
		},
	};
}
