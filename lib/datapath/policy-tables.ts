import * as abi from '../abi/generated.js';
import { HeddleError } from '../errors.js';
import type { KernelMaps } from '../kernel/maps.js';
import { classId, hasRules } from '../policy/image.js';
import type { SetImage } from '../policy/image.js';
import { LEVEL_BASE_BITS, WORDS_PER_ENTRY, unpackMatch } from '../policy/rule-class.js';
import type { RuleClass } from '../policy/rule-class.js';
import type { PlannedChange } from '../policy/table.js';
import { undo } from '../policy/writes.js';
import type { PeerRemoval, WriteStep } from '../policy/writes.js';
import { directionNumber } from './types.js';

/** Entries that a change needs beyond those that are there, and how many are free. */
export interface EntryNeed {
	readonly needed: number;
	readonly free: number;
	readonly maxEntries: number;
}

export interface TableNeed {
	readonly peers: EntryNeed;
	readonly rules: EntryNeed;
}

/** Writes planned changes into the kernel's `policy_sets`, `peers` and `rules`. */
export interface PolicyTables {
	/** Commits the plan, or discards it and leaves the tables as they were. @throws ERR_MAP_FULL before anything is written */
	write(change: PlannedChange): void;
	need(change: PlannedChange): TableNeed;
	/** Removes the rules of classes that nobody uses. Not with the change itself: a packet may have read the class just before. */
	purge(): void;
}

export function createPolicyTables(maps: KernelMaps): PolicyTables {
	const stale = new Set<RuleClass>();

	function purge(): void {
		for (const known of stale) {
			maps.rules.deleteMany(ruleKeys(known));
		}
		stale.clear();
	}

	function makeRoom(change: PlannedChange): void {
		maps.peers.ensureRoom(change.needed.peers);
		if (stale.size > 0 && maps.rules.maxEntries - maps.rules.count() < change.needed.rules) {
			purge();
		}
		maps.rules.ensureRoom(change.needed.rules);
		checkSetNumbers(change, maps.policySets.maxEntries);
	}

	function putRules(classes: readonly RuleClass[]): void {
		maps.rules.setMany(rulesOf(classes), sizeOf(classes));
	}

	function run(step: WriteStep): void {
		switch (step.kind) {
			case 'put-rules':
				putRules(step.classes.filter((known) => !stale.delete(known)));
				break;
			case 'put-peers':
				maps.peers.setMany(
					step.peers.map((peer) => [peerKey(peer), { ruleClass: peer.class.id }]),
					step.peers.filter((peer) => peer.before === undefined).length,
				);
				break;
			case 'put-sets':
				step.sets.forEach(({ image }) => maps.policySets.set(image.id, setValue(image)));
				break;
			case 'remove-sets':
				step.sets.forEach(({ id }) => maps.policySets.set(id, { flags: 0, defaultClass: [0, 0] }));
				break;
			case 'remove-peers':
				maps.peers.deleteMany(step.peers.map(peerKey));
				break;
			case 'remove-rules':
				step.classes.forEach((known) => stale.add(known));
		}
	}

	function write(change: PlannedChange): void {
		const done: WriteStep[] = [];
		try {
			makeRoom(change);
			for (const step of change.steps) {
				done.push(step);
				run(step);
			}
		} catch (error) {
			undo(done).forEach(run);
			change.discard();
			throw error;
		}
		change.commit();
	}

	return {
		write,
		purge,
		need: (change) => ({
			peers: needOf(maps.peers, change.needed.peers, 0),
			rules: needOf(maps.rules, change.needed.rules, sizeOf(stale)),
		}),
	};
}

function needOf(map: { readonly maxEntries: number; count(): number }, needed: number, reclaimable: number): EntryNeed {
	return { needed, free: map.maxEntries - map.count() + reclaimable, maxEntries: map.maxEntries };
}

function checkSetNumbers(change: PlannedChange, maxEntries: number): void {
	for (const step of change.steps) {
		if (step.kind === 'put-sets' && step.sets.some(({ image }) => image.id >= maxEntries)) {
			throw new HeddleError(
				'ERR_MAP_FULL',
				`map 'policy_sets': found all ${maxEntries} policy sets in use, expected a free one; raise capacity.policySets`,
				{ map: 'policy_sets' },
			);
		}
	}
}

function peerKey({ set, identity, direction }: Pick<PeerRemoval, 'set' | 'identity' | 'direction'>): abi.PeerKey {
	return { policySet: set, identity, direction: directionNumber(direction) };
}

function setValue(set: SetImage): abi.PolicySet {
	const { PolicySetFlag: flag } = abi;
	const flags =
		(hasRules(set.ingress) ? flag.IngressRules : 0) |
		(hasRules(set.egress) ? flag.EgressRules : 0) |
		(set.ingress.defaultDeny ? flag.IngressDefaultDeny : 0) |
		(set.egress.defaultDeny ? flag.EgressDefaultDeny : 0);
	return { flags, defaultClass: [classId(set.ingress.defaultClass), classId(set.egress.defaultClass)] };
}

function* rulesOf(classes: Iterable<RuleClass>): Generator<[abi.RuleKey, abi.Rule]> {
	for (const known of classes) {
		let entry = 0;
		for (const key of ruleKeys(known)) {
			const verdict = known.words[entry + 1] ?? 0;
			const cookie = known.words[entry + 2] ?? 0;
			yield [key, { action: verdict & 0xff, audit: (verdict >>> 8) & 0xff, proxyPort: verdict >>> 16, cookie }];
			entry += WORDS_PER_ENTRY;
		}
	}
}

function* ruleKeys(known: RuleClass): Generator<abi.RuleKey> {
	for (let entry = 0; entry < known.words.length; entry += WORDS_PER_ENTRY) {
		const { level, protocol, port } = unpackMatch(known.words[entry] ?? 0);
		yield {
			prefixlen: LEVEL_BASE_BITS + level,
			ruleClass: known.id,
			direction: directionNumber(known.direction),
			protocol,
			port,
		};
	}
}

function sizeOf(classes: Iterable<RuleClass>): number {
	let size = 0;
	for (const known of classes) {
		size += known.size;
	}
	return size;
}
