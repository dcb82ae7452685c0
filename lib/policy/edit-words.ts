import { levelOf, WORDS_PER_ENTRY } from './rule-class.js';

/** What turns one list of a class's rules into another: both in the class's own packed words. */
export interface WordsEdit {
	/** Entries that are new or say something else, the longest prefix first. */
	readonly put: Uint32Array;
	/** Entries that go, the shortest prefix first. */
	readonly remove: Uint32Array;
	/** Entries of `put` that are new keys. */
	readonly added: number;
}

/**
 * In this order (first all of `put`, then all of `remove`) a port's verdict changes at most once, from the old to the
 * new: whatever prefix answers on the way is the port's longest in the old list or in the new one.
 */
export function editWords(before: Uint32Array, after: Uint32Array): WordsEdit {
	const put: number[] = [];
	const remove: number[] = [];
	let added = 0;
	let i = 0;
	let j = 0;
	while (i < before.length || j < after.length) {
		const old = before[i] ?? Infinity;
		const now = after[j] ?? Infinity;
		if (old < now) {
			remove.push(i);
		} else if (now < old) {
			put.push(j);
			added++;
		} else if (before[i + 1] !== after[j + 1] || before[i + 2] !== after[j + 2]) {
			put.push(j);
		}
		i += old <= now ? WORDS_PER_ENTRY : 0;
		j += now <= old ? WORDS_PER_ENTRY : 0;
	}
	put.sort((a, b) => levelOf(after[b]!) - levelOf(after[a]!));
	remove.sort((a, b) => levelOf(before[a]!) - levelOf(before[b]!));
	return { put: gather(after, put), remove: gather(before, remove), added };
}

function gather(words: Uint32Array, entries: readonly number[]): Uint32Array {
	const gathered = new Uint32Array(entries.length * WORDS_PER_ENTRY);
	entries.forEach((at, i) => gathered.set(words.subarray(at, at + WORDS_PER_ENTRY), i * WORDS_PER_ENTRY));
	return gathered;
}
