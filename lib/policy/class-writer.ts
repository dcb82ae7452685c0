import { packMatch, WORDS_PER_ENTRY } from './rule-class.js';

/** Collects the entries of one class in a buffer that is used again for the next. */
export interface ClassWriter {
	readonly words: Uint32Array;
	readonly length: number;
	/** Forgets what was written from `length` on. */
	truncate(length: number): void;
	put(level: number, protocol: number, port: number, verdict: number, cookie: number): void;
}

export function createClassWriter(): ClassWriter {
	let words = new Uint32Array(3 * 256);
	let length = 0;
	return {
		get words() {
			return words;
		},
		get length() {
			return length;
		},
		truncate(to) {
			length = to;
		},
		put(level, protocol, port, verdict, cookie) {
			if (length + WORDS_PER_ENTRY > words.length) {
				const larger = new Uint32Array(words.length * 2);
				larger.set(words);
				words = larger;
			}
			words[length++] = packMatch(level, protocol, port);
			words[length++] = verdict;
			words[length++] = cookie;
		},
	};
}
