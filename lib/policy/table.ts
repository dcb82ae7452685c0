import { HeddleError } from '../errors.js';
import { createClassAllocator, type ClassAllocator } from './class-allocator.js';
import { applyUses, countUses, type ClassUses } from './class-uses.js';
import { diffSets, patchSet, type SetDelta, type SetPatch, type SideDelta } from './delta.js';
import {
	DIRECTIONS,
	emptySet,
	sizeOf,
	type SetImage,
	type SideImage,
	type TableImage,
	type TableSize,
} from './image.js';
import { orderWrites } from './order-writes.js';
import type { RuleClass } from './rule-class.js';
import type { TableChange } from './writes.js';

/** A change that has been worked out and not yet been made. Exactly one of its verbs is to be called, once. */
export interface PlannedChange extends TableChange {
	/** The kernel holds it now. @throws ERR_STALE when another change was committed since it was planned */
	commit(): void;
	/** It was not written, or has been undone. */
	discard(): void;
}

export interface TableChanges {
	/** Sets as they are to be; the whole of each is compared. Their classes are from `classes`. */
	readonly put?: Iterable<SetImage>;
	/** Sets of which only some peers change. */
	readonly patch?: Iterable<readonly [number, SetPatch]>;
	readonly remove?: Iterable<number>;
}

/** What the kernel's policy tables hold, and the way from there to what they should. Touches no kernel itself. */
export interface PolicyTable {
	readonly sets: ReadonlyMap<number, SetImage>;
	/** What images are made of. */
	readonly classes: ClassAllocator;
	readonly size: TableSize;
	/** The cost follows the sets and peers named, not those that exist. */
	plan(changes: TableChanges): PlannedChange;
	image(): TableImage;
}

interface MutableSide extends SideImage {
	readonly peers: Map<number, RuleClass>;
}

const NOTHING: TableImage = { sets: new Map(), classes: new Map() };

/** `found`: what the kernel holds already, see `imageFromEntries`. */
export function createPolicyTable(found: TableImage = NOTHING): PolicyTable {
	const classes = adoptClasses(found);
	const sets = new Map<number, SetImage>([...found.sets].map(([id, set]) => [id, copySet(set)]));
	const uses = countUses(found);
	// What a process left behind that was killed between two writes.
	const orphans = new Set([...uses].filter(([, count]) => count === 0).map(([known]) => known));
	let size = sizeOf(found);
	let version = 0;

	function deltasOf({ put = [], patch = [], remove = [] }: TableChanges): SetDelta[] {
		const deltas = new Map<number, SetDelta>();
		for (const id of remove) {
			deltas.set(id, diffSets(id, sets.get(id), undefined));
		}
		for (const set of put) {
			deltas.set(set.id, diffSets(set.id, sets.get(set.id), set));
		}
		for (const [id, changed] of patch) {
			deltas.set(id, patchSet(sets.get(id) ?? emptySet(id), changed));
		}
		return [...deltas.values()];
	}

	function plan(changes: TableChanges): PlannedChange {
		const deltas = deltasOf(changes);
		const ordered = orderWrites(deltas, uses, orphans, classes);
		const { steps, needed, growth, fresh, unused, edits } = ordered;
		const planned = version;
		return {
			steps,
			needed,
			growth,
			commit() {
				if (version !== planned) {
					throw new HeddleError('ERR_STALE', 'policy change: found another change since it was planned, expected none');
				}
				version++;
				deltas.forEach((delta) => applyDelta(sets, delta));
				applyUses(uses, ordered.uses);
				edits.forEach(({ before, after }) => classes.takeOver(before, after));
				unused.forEach((known) => drop(known, uses, classes));
				unused.forEach((known) => orphans.delete(known));
				size = add(size, growth);
			},
			discard() {
				fresh.filter((known) => !uses.has(known)).forEach(classes.forget);
			},
		};
	}

	return {
		sets,
		classes,
		get size() {
			return size;
		},
		plan,
		image: () => ({ sets: new Map(sets), classes: new Map([...uses.keys()].map((known) => [known.id, known])) }),
	};
}

function adoptClasses(found: TableImage): ClassAllocator {
	const classes = createClassAllocator();
	for (const known of found.classes.values()) {
		classes.adopt(known);
	}
	return classes;
}

function copySet({ id, ingress, egress }: SetImage): SetImage {
	return { id, ingress: copySide(ingress), egress: copySide(egress) };
}

function copySide(side: SideImage): SideImage {
	return { ...side, peers: new Map(side.peers) };
}

function applyDelta(sets: Map<number, SetImage>, { id, exists, sides }: SetDelta): void {
	if (!exists) {
		sets.delete(id);
		return;
	}
	const set = sets.get(id) ?? copySet(emptySet(id));
	const [ingress, egress] = DIRECTIONS.map((direction, i) => applySide(set[direction] as MutableSide, sides[i]!));
	sets.set(id, { id, ingress: ingress!, egress: egress! });
}

function applySide({ peers }: MutableSide, { after, peers: changed }: SideDelta): SideImage {
	for (const { identity, after: known } of changed) {
		if (known === undefined) {
			peers.delete(identity);
		} else {
			peers.set(identity, known);
		}
	}
	return { default: after.default, defaultClass: after.defaultClass, peers };
}

function drop(known: RuleClass, uses: ClassUses, classes: ClassAllocator): void {
	uses.delete(known);
	classes.forget(known);
}

function add(a: TableSize, b: TableSize): TableSize {
	return { sets: a.sets + b.sets, peers: a.peers + b.peers, rules: a.rules + b.rules };
}
