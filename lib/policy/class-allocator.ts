import { HeddleError } from '../errors.js';
import type { Direction } from './row.js';
import { NO_CLASS, WORDS_PER_ENTRY, type RuleClass } from './rule-class.js';

const MAX_ID = 0xffff_ffff;

/**
 * Gives every distinct list of rules one id and remembers it, so that compiling again changes nothing that is equal.
 * Ids count upwards and come back only after all others: a packet that read a class id just before its rows were
 * removed can never meet another class's rows under it.
 */
export interface ClassAllocator {
	/** `words` may be a reused buffer: it is copied when the rules are new. */
	intern(direction: Direction, words: Uint32Array, length: number): RuleClass;
	/** A class that already has its id, such as one read back from the kernel. */
	adopt(known: RuleClass): void;
	/** To be called when no image holds the class any more. */
	forget(known: RuleClass): void;
	/** `after` gets the number of `before`, which is forgotten: its rules have been exchanged in the kernel. */
	takeOver(before: RuleClass, after: RuleClass): void;
	/** False once forgotten. */
	holds(known: RuleClass): boolean;
	readonly size: number;
}

export function createClassAllocator(): ClassAllocator {
	const byHash = new Map<number, RuleClass[]>();
	const byId = new Map<number, RuleClass>();
	let lastId = NO_CLASS;

	function nextId(): number {
		for (let tries = 0; tries <= byId.size + 1; tries++) {
			lastId = lastId === MAX_ID ? 1 : lastId + 1;
			if (!byId.has(lastId)) {
				return lastId;
			}
		}
		throw new HeddleError('ERR_EXHAUSTED', 'rule classes: found every id in use, expected a free one');
	}

	function remember(known: RuleClass, hash: number): RuleClass {
		const bucket = byHash.get(hash);
		if (bucket === undefined) {
			byHash.set(hash, [known]);
		} else {
			bucket.push(known);
		}
		byId.set(known.id, known);
		return known;
	}

	function find(hash: number, direction: Direction, words: Uint32Array, length: number): RuleClass | undefined {
		return byHash.get(hash)?.find((known) => known.direction === direction && sameWords(known.words, words, length));
	}

	function forget(known: RuleClass): void {
		if (byId.get(known.id) !== known) {
			return;
		}
		byId.delete(known.id);
		const hash = hashWords(known.direction, known.words, known.words.length);
		const rest = byHash.get(hash)?.filter((other) => other !== known) ?? [];
		if (rest.length === 0) {
			byHash.delete(hash);
		} else {
			byHash.set(hash, rest);
		}
	}

	return {
		get size() {
			return byId.size;
		},
		forget,
		holds: (known) => byId.get(known.id) === known,
		takeOver(before, after) {
			const { id } = before;
			forget(before);
			byId.delete(after.id);
			(after as { id: number }).id = id;
			byId.set(id, after);
		},
		intern(direction, words, length) {
			const hash = hashWords(direction, words, length);
			const known = find(hash, direction, words, length);
			if (known !== undefined) {
				return known;
			}
			const copy = words.slice(0, length);
			return remember({ id: nextId(), direction, words: copy, size: length / WORDS_PER_ENTRY }, hash);
		},
		adopt(known) {
			if (byId.has(known.id)) {
				return;
			}
			lastId = Math.max(lastId, known.id);
			remember(known, hashWords(known.direction, known.words, known.words.length));
		},
	};
}

function hashWords(direction: Direction, words: Uint32Array, length: number): number {
	let hash = direction === 'ingress' ? 0x811c9dc5 : 0x01000193;
	for (let i = 0; i < length; i++) {
		hash = Math.imul(hash ^ words[i]!, 0x9e3779b1);
		hash ^= hash >>> 15;
	}
	return hash >>> 0;
}

function sameWords(known: Uint32Array, words: Uint32Array, length: number): boolean {
	if (known.length !== length) {
		return false;
	}
	for (let i = 0; i < length; i++) {
		if (known[i] !== words[i]) {
			return false;
		}
	}
	return true;
}
