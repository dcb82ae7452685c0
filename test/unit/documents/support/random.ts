/** Numbers below a bound, the same for the same seed. */
export type Random = (bound: number) => number;

export function seeded(seed: number): Random {
	let state = seed >>> 0;
	return (bound) => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
	};
}

export function pick<T>(random: Random, items: readonly T[]): T {
	return items[random(items.length)]!;
}
