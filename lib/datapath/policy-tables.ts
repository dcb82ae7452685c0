import { HeddleError } from '../errors.js';
import type { KernelMaps } from '../kernel/maps.js';
import { createPackRoom, packStep } from '../policy/pack.js';
import type { RuleClass } from '../policy/rule-class.js';
import type { PlannedChange } from '../policy/table.js';
import { undo } from '../policy/writes.js';
import type { WriteStep } from '../policy/writes.js';

/** Entries that a change needs beyond those that are there, and how many are free. */
export interface EntryNeed {
	readonly needed: number;
	readonly free: number;
	readonly maxEntries: number;
}

export interface TableNeed {
	/** Policy sets: one for all identities that the same policies select. */
	readonly sets: EntryNeed;
	readonly peers: EntryNeed;
	readonly rules: EntryNeed;
}

/** Writes planned changes into the kernel's `policy_sets`, `peers` and `rules`. */
export interface PolicyTables {
	/** Commits the plan, by `commit` where it is given, or discards it and leaves the tables as they were. @throws ERR_MAP_FULL before anything is written */
	write(change: PlannedChange, commit?: () => void): void;
	/** Undefined: for nothing. */
	need(change: PlannedChange | undefined): TableNeed;
	/** Removes the rules of classes that nobody uses. Not with the change itself: a packet may have read the class just before. */
	purge(): void;
}

/** `setCount`: policy sets in use. */
export function createPolicyTables(maps: KernelMaps, setCount: () => number): PolicyTables {
	const stale = new Set<RuleClass>();
	const room = createPackRoom();
	const tables = { policy_sets: maps.policySets, peers: maps.peers, rules: maps.rules };

	function purge(): void {
		for (const { keys, count } of packStep({ kind: 'remove-rules', classes: [...stale] })) {
			maps.rules.deletePacked(keys, count);
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

	function run(step: WriteStep): void {
		if (step.kind === 'remove-rules') {
			step.classes.forEach((known) => stale.add(known));
			return;
		}
		const missing =
			step.kind === 'put-rules' ? { ...step, classes: step.classes.filter((known) => !stale.delete(known)) } : step;
		for (const { map, keys, values, count, added = addedBy(missing) } of packStep(missing, room)) {
			if (values === undefined) {
				tables[map].deletePacked(keys, count);
			} else {
				tables[map].setPacked(keys, values, count, added);
			}
		}
	}

	function write(change: PlannedChange, commit: () => void = change.commit): void {
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
		commit();
	}

	return {
		write,
		purge,
		need(change) {
			const { sets = 0, peers = 0, rules = 0 } = change?.needed ?? {};
			return {
				sets: {
					needed: sets,
					free: maps.policySets.maxEntries - 1 - setCount(),
					maxEntries: maps.policySets.maxEntries - 1,
				},
				peers: needOf(maps.peers, peers, 0),
				rules: needOf(maps.rules, rules, sizeOf(stale)),
			};
		},
	};
}

/** True where a change of this need would not be refused with ERR_MAP_FULL. */
export function fits(need: TableNeed): boolean {
	return [need.sets, need.peers, need.rules].every(({ needed, free }) => needed <= free);
}

function needOf(map: { readonly maxEntries: number; count(): number }, needed: number, reclaimable: number): EntryNeed {
	return { needed, free: map.maxEntries - map.count() + reclaimable, maxEntries: map.maxEntries };
}

function checkSetNumbers(change: PlannedChange, maxEntries: number): void {
	for (const step of change.steps) {
		if (step.kind === 'put-sets' && step.sets.some(({ id }) => id >= maxEntries)) {
			throw new HeddleError(
				'ERR_MAP_FULL',
				`map 'policy_sets': found all ${maxEntries} policy sets in use, expected a free one; raise capacity.policySets`,
				{ map: 'policy_sets' },
			);
		}
	}
}

/** How many of a step's entries are new to their map. */
function addedBy(step: WriteStep): number {
	switch (step.kind) {
		case 'put-rules':
			return sizeOf(step.classes);
		case 'put-peers':
			return step.peers.filter((peer) => peer.before === undefined).length;
		default:
			return 0;
	}
}

function sizeOf(classes: Iterable<RuleClass>): number {
	let size = 0;
	for (const known of classes) {
		size += known.size;
	}
	return size;
}
