import type { Answer, Question } from './evaluate.js';
import { ACTION_ALLOW, LEVEL_PROTOCOL, NO_CLASS, unpackMatch, WORDS_PER_ENTRY } from './rule-class.js';
import type { TableImage } from './image.js';
import { classId } from './image.js';
import type { Direction } from './row.js';

/** The kernel's three tables, as its programs read them. */
export interface PolicyTables {
	set(
		id: number,
	): { defaultDeny(direction: Direction): boolean; defaultClass(direction: Direction): number } | undefined;
	/** Class of a peer, or undefined where there is no entry. */
	peer(set: number, direction: Direction, identity: number): number | undefined;
	/** Packed entries of a class. */
	rules(classId: number, direction: Direction): Uint32Array;
}

/** What the datapath does with a packet, step for step: who, then what. */
export function lookup(tables: PolicyTables, setId: number, question: Question): Answer {
	const { direction } = question;
	const set = tables.set(setId);
	const known = tables.peer(setId, direction, question.peer) ?? set?.defaultClass(direction) ?? NO_CLASS;
	const found = known === NO_CLASS ? undefined : longestMatch(tables.rules(known, direction), question);
	if (found === undefined) {
		return { allowed: set?.defaultDeny(direction) !== true, cookie: undefined };
	}
	return { allowed: (found.verdict & 0xff) === ACTION_ALLOW, cookie: found.cookie };
}

function longestMatch(words: Uint32Array, question: Question): { verdict: number; cookie: number } | undefined {
	let best = -1;
	let found: { verdict: number; cookie: number } | undefined;
	for (let at = 0; at < words.length; at += WORDS_PER_ENTRY) {
		const { level, protocol, port } = unpackMatch(words[at]!);
		if (level > best && matches(level, protocol, port, question)) {
			best = level;
			found = { verdict: words[at + 1]!, cookie: words[at + 2]! };
		}
	}
	return found;
}

function matches(level: number, protocol: number, port: number, question: Question): boolean {
	if (level < LEVEL_PROTOCOL) {
		return true;
	}
	const ignored = 16 - (level - LEVEL_PROTOCOL);
	return protocol === question.protocol && port >> ignored === question.port >> ignored;
}

/** An image, read as the kernel would read the tables made from it. */
export function tablesOf(image: TableImage): PolicyTables {
	return {
		set(id) {
			const set = image.sets.get(id);
			return (
				set && {
					defaultDeny: (direction) => set[direction].defaultDeny,
					defaultClass: (direction) => classId(set[direction].defaultClass),
				}
			);
		},
		peer: (set, direction, identity) => image.sets.get(set)?.[direction].peers.get(identity)?.id,
		rules(id, direction) {
			const known = image.classes.get(id);
			return known?.direction === direction ? known.words : new Uint32Array();
		},
	};
}
