import { classesOf, type TableImage } from './image.js';
import type { SideDelta } from './delta.js';
import type { RuleClass } from './rule-class.js';

/** How many entries of peers and sets point at each class. */
export type ClassUses = Map<RuleClass, number>;

export function countUses(image: TableImage): ClassUses {
	const uses: ClassUses = new Map();
	for (const known of image.classes.values()) {
		uses.set(known, 0);
	}
	for (const set of image.sets.values()) {
		for (const known of classesOf(set)) {
			add(uses, known, 1);
		}
	}
	return uses;
}

/** What the deltas add to each class's count, in the order in which classes are met. */
export function usesDelta(sides: Iterable<SideDelta>): ClassUses {
	const delta: ClassUses = new Map();
	for (const { before, after, peers } of sides) {
		add(delta, after.defaultClass, 1);
		add(delta, before.defaultClass, -1);
		for (const peer of peers) {
			add(delta, peer.after, 1);
			add(delta, peer.before, -1);
		}
	}
	return delta;
}

export function applyUses(uses: ClassUses, delta: ClassUses): void {
	for (const [known, count] of delta) {
		const sum = (uses.get(known) ?? 0) + count;
		if (sum === 0) {
			uses.delete(known);
		} else {
			uses.set(known, sum);
		}
	}
}

function add(uses: ClassUses, known: RuleClass | undefined, count: number): void {
	if (known !== undefined) {
		uses.set(known, (uses.get(known) ?? 0) + count);
	}
}
