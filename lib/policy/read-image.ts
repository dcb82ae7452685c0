import { PolicySetFlag, type Peer, type PeerKey, type PolicySet, type Rule, type RuleKey } from '../abi/generated.js';
import { DIRECTIONS, emptySet, type SetImage, type SideImage, type TableImage } from './image.js';
import type { DefaultVerdict, Direction } from './row.js';
import { LEVEL_BASE_BITS, NO_CLASS, packMatch, packVerdict, type RuleClass } from './rule-class.js';

/** Entries of the kernel's maps, in any order. */
export interface KernelEntries {
	readonly sets: Iterable<readonly [number, PolicySet]>;
	readonly peers: Iterable<readonly [PeerKey, Peer]>;
	readonly rules: Iterable<readonly [RuleKey, Rule]>;
}

const DENY_FLAGS = [PolicySetFlag.IngressDefaultDeny, PolicySetFlag.EgressDefaultDeny];
const AUDIT_FLAGS = [PolicySetFlag.IngressAudit, PolicySetFlag.EgressAudit];

/** As the datapath reads the flags: a deny wins. */
export function defaultOf({ flags }: Pick<PolicySet, 'flags'>, side: number): DefaultVerdict {
	if ((flags & DENY_FLAGS[side]!) !== 0) {
		return 'deny';
	}
	return (flags & AUDIT_FLAGS[side]!) !== 0 ? 'audited' : 'allow';
}

/** The image that the maps hold. Sets whose record is zero and of which no peer speaks are not there. */
export function readImage(entries: KernelEntries): TableImage {
	const classes = createClasses(readWords(entries.rules));
	const peers = groupPeers(entries.peers);
	const sets = new Map<number, SetImage>();
	for (const [id, record] of entries.sets) {
		if (record.flags !== 0 || record.defaultClass.some((known) => known !== NO_CLASS)) {
			sets.set(id, readSet(id, record, peers.get(id), classes.get));
		}
	}
	for (const [id, own] of peers) {
		if (!sets.has(id)) {
			sets.set(id, readSet(id, { flags: 0, defaultClass: [NO_CLASS, NO_CLASS] }, own, classes.get));
		}
	}
	return { sets, classes: classes.all };
}

type Words = Map<number, [match: number, verdict: number, cookie: number][]>;
type PeersOfSet = readonly [Map<number, number>, Map<number, number>];
type ClassOf = (id: number, direction: Direction) => RuleClass;

/** A class has one direction, though the kernel's key could tell two apart. */
function readWords(rules: KernelEntries['rules']): readonly [Words, Words] {
	const words: [Words, Words] = [new Map(), new Map()];
	for (const [key, rule] of rules) {
		const side = words[key.direction === 0 ? 0 : 1];
		const match = packMatch(key.prefixlen - LEVEL_BASE_BITS, key.protocol, key.port);
		const entry: [number, number, number] = [match, packVerdict(rule.action, rule.flags, rule.proxyPort), rule.cookie];
		const known = side.get(key.ruleClass);
		if (known === undefined) {
			side.set(key.ruleClass, [entry]);
		} else {
			known.push(entry);
		}
	}
	return words;
}

function createClasses(words: readonly [Words, Words]) {
	const all = new Map<number, RuleClass>();
	const make = (id: number, direction: Direction, entries: readonly (readonly number[])[]): RuleClass => {
		const sorted = entries.toSorted((a, b) => a[0]! - b[0]!);
		const known = { id, direction, words: Uint32Array.from(sorted.flat()), size: entries.length };
		all.set(id, known);
		return known;
	};
	DIRECTIONS.forEach((direction, side) => words[side]!.forEach((entries, id) => make(id, direction, entries)));
	const get: ClassOf = (id, direction) => all.get(id) ?? make(id, direction, []);
	return { all, get };
}

function groupPeers(entries: KernelEntries['peers']): Map<number, PeersOfSet> {
	const sets = new Map<number, PeersOfSet>();
	for (const [key, { ruleClass }] of entries) {
		const own = sets.get(key.policySet) ?? [new Map<number, number>(), new Map<number, number>()];
		sets.set(key.policySet, own);
		own[key.direction === 0 ? 0 : 1].set(key.identity, ruleClass);
	}
	return sets;
}

function readSet(id: number, record: PolicySet, peers: PeersOfSet | undefined, classOf: ClassOf): SetImage {
	const sides = DIRECTIONS.map((direction, side): SideImage => {
		const defaultClass = record.defaultClass[side]!;
		const own = [...(peers?.[side] ?? [])].map(([identity, known]) => [identity, classOf(known, direction)] as const);
		return {
			default: defaultOf(record, side),
			defaultClass: defaultClass === NO_CLASS ? undefined : classOf(defaultClass, direction),
			peers: new Map(own),
		};
	});
	return { ...emptySet(id), ingress: sides[0]!, egress: sides[1]! };
}
