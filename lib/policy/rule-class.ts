import type { Direction } from './row.js';

/*
 * The rules of a class are packed, three words an entry: a set of 100 000 rows must not become 100 000 objects.
 *   match   protocol << 24 | port << 8 | level     level: prefix length beyond {class, direction}, 0 to 24
 *   verdict action | flags << 8 | proxy port << 16
 *   cookie
 * Entries are ordered by match, so that equal rules are equal words.
 */
export const WORDS_PER_ENTRY = 3;

export const LEVEL_EVERY_PROTOCOL = 0;
export const LEVEL_PROTOCOL = 8;
export const LEVEL_PORT = 24;

/** Bits of a rule key before the protocol: class and direction. */
export const LEVEL_BASE_BITS = 40;

export function packMatch(level: number, protocol: number, port: number): number {
	return ((protocol << 24) | (port << 8) | level) >>> 0;
}

export interface Match {
	readonly level: number;
	readonly protocol: number;
	readonly port: number;
}

export function unpackMatch(word: number): Match {
	return { protocol: word >>> 24, port: (word >>> 8) & 0xffff, level: word & 0xff };
}

export function levelOf(match: number): number {
	return match & 0xff;
}

export function packVerdict(action: number, flags: number, proxyPort: number): number {
	return (action | (flags << 8) | (proxyPort << 16)) >>> 0;
}

/** A list of port rules that any number of peers and sets share. Its id follows from its content. */
export interface RuleClass {
	readonly id: number;
	readonly direction: Direction;
	readonly words: Uint32Array;
	/** Number of entries: rows of the kernel table. */
	readonly size: number;
}

/** Class 0: no rules at all. */
export const NO_CLASS = 0;

/** An entry, taken apart. */
export interface ClassEntry extends Match {
	readonly action: number;
	/** enum rule_flag */
	readonly flags: number;
	readonly proxyPort: number;
	readonly cookie: number;
}

export function* entriesOf(words: Uint32Array): Generator<ClassEntry> {
	for (let at = 0; at < words.length; at += WORDS_PER_ENTRY) {
		const verdict = words[at + 1]!;
		yield {
			...unpackMatch(words[at]!),
			action: verdict & 0xff,
			flags: (verdict >>> 8) & 0xff,
			proxyPort: verdict >>> 16,
			cookie: words[at + 2]!,
		};
	}
}
