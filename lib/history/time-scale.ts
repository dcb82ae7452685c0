const NS_PER_MS = 1_000_000;
/** So that differences of two offsets, with their sign, are exact too: 26 days. */
const FARTHEST_NS = 2n ** 51n;

/** Unix times in nanoseconds as exact numbers: the distance from a base. */
export interface TimeScale {
	readonly baseNs: bigint;
	offset(timeNs: bigint): number;
	timeNs(offset: number): bigint;
	/** Unix time in whole milliseconds. */
	milliseconds(offset: number): number;
}

export function createTimeScale(baseNs: bigint): TimeScale {
	const part = Number(((baseNs % BigInt(NS_PER_MS)) + BigInt(NS_PER_MS)) % BigInt(NS_PER_MS));
	const baseMs = Number((baseNs - BigInt(part)) / BigInt(NS_PER_MS));
	return {
		baseNs,
		offset: (timeNs) => Number(timeNs - baseNs),
		timeNs: (offset) => baseNs + BigInt(offset),
		milliseconds: (offset) => baseMs + Math.floor((part + offset) / NS_PER_MS),
	};
}

export function fitsScale({ baseNs }: TimeScale, timeNs: bigint): boolean {
	const distance = timeNs - baseNs;
	return distance < FARTHEST_NS && distance > -FARTHEST_NS;
}
