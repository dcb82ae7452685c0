import { editWords } from '../../../lib/policy/edit-words.js';
import { classId, DIRECTIONS, hasRules, type SetHeader } from '../../../lib/policy/image.js';
import type { PolicyTables } from '../../../lib/policy/lookup.js';
import type { DefaultVerdict, Direction } from '../../../lib/policy/row.js';
import { WORDS_PER_ENTRY, type RuleClass } from '../../../lib/policy/rule-class.js';
import type { WriteStep } from '../../../lib/policy/writes.js';

interface Header {
	readonly default: readonly [DefaultVerdict, DefaultVerdict];
	readonly rules: readonly [boolean, boolean];
	readonly classes: readonly [number, number];
}

/** Stands in for the kernel's tables: one entry at a time, each write atomic. */
export interface MemoryTables extends PolicyTables {
	/** Each call of the generator's `next` makes one more write. */
	apply(steps: readonly WriteStep[]): Generator<void>;
	entries(): { sets: Map<number, Header>; peers: Map<string, number>; rules: Map<string, string> };
}

export function createMemoryTables(): MemoryTables {
	const sets = new Map<number, Header>();
	const peers = new Map<string, number>();
	const rules = new Map<string, string>();
	const wordsOf = new Map<string, Uint32Array>();
	const side = (direction: Direction) => DIRECTIONS.indexOf(direction);
	const peerKey = (set: number, direction: Direction, identity: number) => `${set} ${direction} ${identity}`;

	function* ruleWrites(known: Pick<RuleClass, 'id' | 'direction' | 'words'>, put: boolean): Generator<void> {
		for (let at = 0; at < known.words.length; at += WORDS_PER_ENTRY) {
			const key = `${known.id} ${known.direction} ${known.words[at]}`;
			wordsOf.clear();
			if (put) {
				rules.set(key, `${known.words[at + 1]} ${known.words[at + 2]}`);
			} else {
				rules.delete(key);
			}
			yield;
		}
	}

	function* applyStep(step: WriteStep): Generator<void> {
		switch (step.kind) {
			case 'put-rules':
			case 'remove-rules':
				for (const known of step.classes) yield* ruleWrites(known, step.kind === 'put-rules');
				return;
			case 'edit-rules':
				for (const { id, before, after } of step.edits) {
					const { put, remove } = editWords(before.words, after.words);
					yield* ruleWrites({ id, direction: after.direction, words: put }, true);
					yield* ruleWrites({ id, direction: after.direction, words: remove }, false);
				}
				return;
			case 'put-peers':
				for (const peer of step.peers)
					yield void peers.set(peerKey(peer.set, peer.direction, peer.identity), peer.class.id);
				return;
			case 'remove-peers':
				for (const peer of step.peers) yield void peers.delete(peerKey(peer.set, peer.direction, peer.identity));
				return;
			case 'put-sets':
				for (const { id, header } of step.sets) yield void sets.set(id, headerOf(header));
				return;
			case 'remove-sets':
				for (const { id } of step.sets) yield void sets.delete(id);
		}
	}

	return {
		*apply(steps) {
			for (const step of steps) yield* applyStep(step);
		},
		entries: () => ({ sets: new Map(sets), peers: new Map(peers), rules: new Map(rules) }),
		set(id, direction) {
			const header = sets.get(id);
			return (
				header && {
					default: header.default[side(direction)]!,
					hasRules: header.rules[side(direction)]!,
					defaultClass: header.classes[side(direction)]!,
				}
			);
		},
		peer: (set, direction, identity) => peers.get(peerKey(set, direction, identity)),
		rules(id, direction) {
			const key = `${id} ${direction} `;
			const words = wordsOf.get(key) ?? gather(rules, key);
			wordsOf.set(key, words);
			return words;
		},
	};
}

function gather(rules: ReadonlyMap<string, string>, prefix: string): Uint32Array {
	const words: number[] = [];
	for (const [key, value] of rules) {
		if (key.startsWith(prefix)) {
			words.push(Number(key.slice(prefix.length)), ...value.split(' ').map(Number));
		}
	}
	return Uint32Array.from(words);
}

function headerOf({ ingress, egress }: SetHeader): Header {
	return {
		default: [ingress.default, egress.default],
		rules: [hasRules(ingress), hasRules(egress)],
		classes: [classId(ingress.defaultClass), classId(egress.defaultClass)],
	};
}
