import { PolicyAction, RuleFlag } from '../abi/generated.js';
import type { Question, Verdict } from './evaluate.js';
import { classId, hasRules, sideHeaderOf, type TableImage } from './image.js';
import type { DefaultVerdict, Direction } from './row.js';
import { LEVEL_PORT, LEVEL_PROTOCOL, levelOf, NO_CLASS, WORDS_PER_ENTRY } from './rule-class.js';

/** One direction of a set's record. */
export interface SetSide {
	readonly default: DefaultVerdict;
	readonly hasRules: boolean;
	readonly defaultClass: number;
}

/** The kernel's three tables, as its programs read them. */
export interface PolicyTables {
	/** Undefined: the record is zero. */
	set(id: number, direction: Direction): SetSide | undefined;
	/** Class of a peer, or undefined where there is no entry. */
	peer(set: number, direction: Direction, identity: number): number | undefined;
	/** Packed entries of a class. */
	rules(classId: number, direction: Direction): Uint32Array;
}

interface Found {
	readonly action: number;
	readonly flags: number;
	readonly cookie: number;
}

/** What the tables answer. */
export interface Answer {
	readonly verdict: Verdict;
	/** It passes without the L7 proxy. */
	readonly allowed: boolean;
	/** Of the rule that said so; undefined: no rule did. */
	readonly cookie: number | undefined;
}

/** Of the endpoint: `always` denies what no rule allows, whatever the set says. */
export type Enforcement = 'default' | 'always' | 'never';

/** What the datapath does with a packet, step for step: who, then what. */
export function lookup(
	tables: PolicyTables,
	setId: number,
	question: Question,
	enforcement: Enforcement = 'default',
): Answer {
	if (enforcement === 'never') {
		return answer('allow', undefined);
	}
	const set = tables.set(setId, question.direction);
	const rule = set?.hasRules === true ? findRule(tables, setId, set, question) : undefined;
	const soft = enforcement === 'always' && rule !== undefined && (rule.flags & RuleFlag.Soft) !== 0;
	if (rule === undefined || rule.action === PolicyAction.Default || soft) {
		const standard = enforcement === 'always' ? 'deny' : (set?.default ?? 'allow');
		return answer(standard === 'audited' ? 'audit' : standard, undefined);
	}
	return answer(verdictOf(rule), rule.cookie === 0 ? undefined : rule.cookie);
}

function verdictOf({ action, flags }: Found): Verdict {
	if (action === PolicyAction.Allow) {
		return 'allow';
	}
	if (action !== PolicyAction.Deny) {
		return 'redirect';
	}
	return (flags & RuleFlag.Audited) === 0 ? 'deny' : 'audit';
}

function answer(verdict: Verdict, cookie: number | undefined): Answer {
	return { verdict, allowed: verdict === 'allow' || verdict === 'audit', cookie };
}

function findRule(tables: PolicyTables, setId: number, set: SetSide, question: Question): Found | undefined {
	const { direction, peer } = question;
	const known = tables.peer(setId, direction, peer) ?? set.defaultClass;
	return known === NO_CLASS ? undefined : longestMatch(tables.rules(known, direction), question);
}

function longestMatch(words: Uint32Array, { protocol, port }: Question): Found | undefined {
	let best = -1;
	let at = -1;
	for (let i = 0; i < words.length; i += WORDS_PER_ENTRY) {
		const level = levelOf(words[i]!);
		if (level > best && matches(words[i]!, level, protocol, port)) {
			best = level;
			at = i;
		}
	}
	return at === -1
		? undefined
		: { action: words[at + 1]! & 0xff, flags: (words[at + 1]! >>> 8) & 0xff, cookie: words[at + 2]! };
}

function matches(match: number, level: number, protocol: number, port: number): boolean {
	if (level < LEVEL_PROTOCOL) {
		return true;
	}
	const ignored = LEVEL_PORT - level;
	return match >>> 24 === protocol && ((match >>> 8) & 0xffff) >> ignored === port >> ignored;
}

/** An image, read as the kernel would read the tables made from it. */
export function tablesOf(image: TableImage): PolicyTables {
	return {
		set(id, direction) {
			const side = image.sets.get(id)?.[direction];
			return (
				side && {
					default: side.default,
					hasRules: hasRules(sideHeaderOf(side)),
					defaultClass: classId(side.defaultClass),
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
