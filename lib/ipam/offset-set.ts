const CHUNK_BITS = 10n;
const CHUNK = 1 << Number(CHUNK_BITS);
const IN_CHUNK = BigInt(CHUNK - 1);
const WORDS = CHUNK / 32;

/** Offsets as bits, in chunks that are made when one of theirs is added: a block may have 2^127 addresses. */
export interface OffsetSet {
	readonly size: number;
	has(offset: bigint): boolean;
	/** False where it was there. */
	add(offset: bigint): boolean;
	/** False where it was not there. */
	delete(offset: bigint): boolean;
	/** The lowest offset from `from` on that is not in the set. */
	lowestFree(from: bigint): bigint;
}

interface Chunk {
	readonly words: Uint32Array;
	size: number;
}

export function createOffsetSet(): OffsetSet {
	const chunks = new Map<bigint, Chunk>();
	let size = 0;

	function chunkFor(offset: bigint): Chunk {
		const index = offset >> CHUNK_BITS;
		let chunk = chunks.get(index);
		if (chunk === undefined) {
			chunk = { words: new Uint32Array(WORDS), size: 0 };
			chunks.set(index, chunk);
		}
		return chunk;
	}

	return {
		get size() {
			return size;
		},
		has(offset) {
			const chunk = chunks.get(offset >> CHUNK_BITS);
			const bit = Number(offset & IN_CHUNK);
			return chunk !== undefined && (chunk.words[bit >> 5]! & (1 << (bit & 31))) !== 0;
		},
		add(offset) {
			const chunk = chunkFor(offset);
			const changed = flip(chunk, Number(offset & IN_CHUNK), 0);
			size += changed ? 1 : 0;
			chunk.size += changed ? 1 : 0;
			return changed;
		},
		delete(offset) {
			const chunk = chunks.get(offset >> CHUNK_BITS);
			if (chunk === undefined || !flip(chunk, Number(offset & IN_CHUNK), 1)) {
				return false;
			}
			size--;
			if (--chunk.size === 0) {
				chunks.delete(offset >> CHUNK_BITS);
			}
			return true;
		},
		lowestFree(from) {
			for (let at = from; ; at = ((at >> CHUNK_BITS) + 1n) << CHUNK_BITS) {
				const chunk = chunks.get(at >> CHUNK_BITS);
				const bit = chunk === undefined ? Number(at & IN_CHUNK) : lowestZero(chunk, Number(at & IN_CHUNK));
				if (bit < CHUNK) {
					return (at & ~IN_CHUNK) | BigInt(bit);
				}
			}
		},
	};
}

/** Flips a bit that has the value `from`; false where it has the other one. */
function flip({ words }: Chunk, bit: number, from: 0 | 1): boolean {
	const mask = 1 << (bit & 31);
	const word = words[bit >> 5]!;
	if (((word & mask) === 0 ? 0 : 1) !== from) {
		return false;
	}
	words[bit >> 5] = word ^ mask;
	return true;
}

/** CHUNK where every bit from `bit` on is set. */
function lowestZero({ words, size }: Chunk, bit: number): number {
	if (size === CHUNK) {
		return CHUNK;
	}
	let free = ~words[bit >> 5]! & (-1 << (bit & 31));
	for (let word = bit >> 5; ; free = ~words[word]!) {
		if (free !== 0) {
			return word * 32 + (31 - Math.clz32(free & -free));
		}
		if (++word === WORDS) {
			return CHUNK;
		}
	}
}
