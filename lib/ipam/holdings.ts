import type { Pool } from './pool.js';
import type { TakenAddress } from './resize.js';

/** A pool, and how many owners of its addresses are in each state. */
export interface KnownPool {
	pool: Pool;
	used: number;
	pending: number;
	reserved: number;
}

/** What one owner has. Flat, for there may be a million. */
export interface Held {
	/** `pending`: of a plan; `reserved`: not in use, and nobody else's. */
	state: 'used' | 'pending' | 'reserved';
	ipv4: bigint | undefined;
	ipv4Pool: KnownPool | undefined;
	ipv6: bigint | undefined;
	ipv6Pool: KnownPool | undefined;
}

/** Who has which addresses, counted by pool. */
export interface Holdings extends Iterable<readonly [owner: string, Held]> {
	get(owner: string): Held | undefined;
	add(owner: string, held: Held): void;
	/** Nothing happens where the owner is gone. */
	setState(owner: string, state: Held['state']): void;
	/** Its addresses are free again. */
	remove(owner: string): boolean;
	/** Of one that was not added. */
	giveBack(held: Held): void;
	takenOf(of: KnownPool): Iterable<TakenAddress>;
}

export function createHoldings(): Holdings {
	const byOwner = new Map<string, Held>();

	function count({ state, ipv4Pool, ipv6Pool }: Held, by: 1 | -1): void {
		for (const of of ipv4Pool === ipv6Pool ? [ipv4Pool] : [ipv4Pool, ipv6Pool]) {
			if (of !== undefined) {
				of[state] += by;
			}
		}
	}

	function giveBack({ ipv4, ipv4Pool, ipv6, ipv6Pool }: Held): void {
		if (ipv4 !== undefined) {
			ipv4Pool?.pool.ipv4?.release(ipv4);
		}
		if (ipv6 !== undefined) {
			ipv6Pool?.pool.ipv6?.release(ipv6);
		}
	}

	return {
		get: (owner) => byOwner.get(owner),
		add(owner, held) {
			byOwner.set(owner, held);
			count(held, 1);
		},
		setState(owner, state) {
			const held = byOwner.get(owner);
			if (held !== undefined) {
				count(held, -1);
				held.state = state;
				count(held, 1);
			}
		},
		remove(owner) {
			const held = byOwner.get(owner);
			if (held !== undefined) {
				count(held, -1);
				giveBack(held);
			}
			return byOwner.delete(owner);
		},
		giveBack,
		*takenOf(of) {
			for (const { ipv4, ipv4Pool, ipv6, ipv6Pool } of byOwner.values()) {
				if (ipv4 !== undefined && ipv4Pool === of) {
					yield { family: 4, value: ipv4 };
				}
				if (ipv6 !== undefined && ipv6Pool === of) {
					yield { family: 6, value: ipv6 };
				}
			}
		},
		[Symbol.iterator]: () => byOwner.entries(),
	};
}
