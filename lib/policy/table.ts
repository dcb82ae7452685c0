import { HeddleError } from '../errors.js';
import { createClassAllocator, type ClassAllocator } from './class-allocator.js';
import { applyUses, countUses, type ClassUses } from './class-uses.js';
import { compileSet } from './compile.js';
import { diffSets } from './delta.js';
import { classesOf, sizeOf, type SetImage, type TableImage, type TableSize } from './image.js';
import { orderWrites } from './order-writes.js';
import type { SetSpec } from './row.js';
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
	readonly put?: Iterable<SetSpec>;
	readonly remove?: Iterable<number>;
}

/** What the kernel's policy tables hold, and the way from there to what they should. Touches no kernel itself. */
export interface PolicyTable {
	readonly sets: ReadonlyMap<number, SetImage>;
	readonly size: TableSize;
	/** The cost follows the sets named, not those that exist. */
	plan(changes: TableChanges): PlannedChange;
	image(): TableImage;
}

const NOTHING: TableImage = { sets: new Map(), classes: new Map() };

/** `found`: what the kernel holds already, see `imageFromEntries`. */
export function createPolicyTable(found: TableImage = NOTHING): PolicyTable {
	const classes = adoptClasses(found);
	const sets = new Map(found.sets);
	const uses = countUses(found);
	let size = sizeOf(found);
	let version = 0;

	function plan(changes: TableChanges): PlannedChange {
		const targets = new Map<number, SetImage | undefined>();
		for (const id of changes.remove ?? []) {
			targets.set(id, undefined);
		}
		compileAll(changes.put ?? [], targets);
		const deltas = [...targets].map(([id, target]) => diffSets(id, sets.get(id), target));
		const { steps, needed, growth, uses: added, fresh, unused } = orderWrites(deltas, uses, classes);
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
				targets.forEach((target, id) => (target === undefined ? sets.delete(id) : sets.set(id, target)));
				applyUses(uses, added);
				unused.forEach((known) => drop(known, uses, classes));
				size = add(size, growth);
			},
			discard() {
				fresh.filter((known) => !uses.has(known)).forEach(classes.forget);
			},
		};
	}

	function compileAll(specs: Iterable<SetSpec>, targets: Map<number, SetImage | undefined>): void {
		try {
			for (const spec of specs) {
				targets.set(spec.id, compileSet(spec, classes));
			}
		} catch (error) {
			const made = [...targets.values()].flatMap((set) => (set === undefined ? [] : [...classesOf(set)]));
			made.filter((known) => !uses.has(known)).forEach(classes.forget);
			throw error;
		}
	}

	return {
		sets,
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

function drop(known: RuleClass, uses: ClassUses, classes: ClassAllocator): void {
	uses.delete(known);
	classes.forget(known);
}

function add(a: TableSize, b: TableSize): TableSize {
	return { sets: a.sets + b.sets, peers: a.peers + b.peers, rules: a.rules + b.rules };
}
