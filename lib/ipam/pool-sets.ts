import type { NodePoolAllocation } from './node-spec.js';

/** CIDRs by pool. */
export type Sets = ReadonlyMap<string, ReadonlySet<string>>;

export function setsOf(record: Readonly<Record<string, readonly string[]>>): Sets {
	return new Map(Object.entries(record).map(([pool, cidrs]) => [pool, new Set(cidrs)]));
}

export function recordOf(sets: Sets): Record<string, string[]> {
	const entries = Array.from(sets, ([pool, cidrs]): [string, string[]] => [pool, [...cidrs].sort()]);
	return Object.fromEntries(entries.filter(([, cidrs]) => cidrs.length > 0).sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function intersection(sets: Sets, granted: ReadonlyMap<string, readonly string[]>): Sets {
	const still = (pool: string, cidrs: ReadonlySet<string>) =>
		(granted.get(pool) ?? []).filter((cidr) => cidrs.has(cidr));
	return new Map(Array.from(sets, ([pool, cidrs]) => [pool, new Set(still(pool, cidrs))]));
}

export function union(sets: Sets, more: readonly NodePoolAllocation[]): Sets {
	const all = new Map(sets);
	for (const { pool, cidrs } of more) {
		all.set(pool, new Set([...(all.get(pool) ?? []), ...cidrs]));
	}
	return all;
}
