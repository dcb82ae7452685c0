/** Random numbers that a seed brings back. */
export interface RandomSource {
	/** 0 to limit - 1. */
	below(limit: number): number;
	/** A copy with one to eight bytes changed, sometimes cut. */
	mutate(bytes: Uint8Array): Uint8Array;
	bytes(length: number): Uint8Array;
}

/** HEDDLE_SEED repeats a run. */
export function reportSeed(what: string): number {
	const seed = Number(process.env['HEDDLE_SEED'] ?? Date.now() % 0x7fffffff);
	console.info(`${what}: HEDDLE_SEED=${seed}`);
	return seed;
}

export function randomSource(seed: number): RandomSource {
	let state = seed >>> 0;

	// mulberry32
	function next(): number {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return (mixed ^ (mixed >>> 14)) >>> 0;
	}

	const below = (limit: number): number => next() % limit;
	return {
		below,
		bytes: (length) => Uint8Array.from({ length }, () => below(256)),
		mutate(original) {
			const bytes = below(8) === 0 ? original.slice(0, below(original.length)) : Uint8Array.from(original);
			if (bytes.length === 0) return bytes;
			for (let change = below(8); change >= 0; change--) bytes[below(bytes.length)] = below(256);
			return bytes;
		},
	};
}
