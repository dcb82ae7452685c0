import type { ClassAllocator } from './class-allocator.js';
import { countUses } from './class-uses.js';
import { diffSets } from './delta.js';
import type { TableImage } from './image.js';
import { orderWrites, type OrderedChange } from './order-writes.js';

/** The writes that turn one image into another. Sets that are the same object in both are not looked into. */
export function diff(before: TableImage, after: TableImage, classes: ClassAllocator): OrderedChange {
	const ids = new Set([...before.sets.keys(), ...after.sets.keys()]);
	const deltas = [...ids]
		.filter((id) => before.sets.get(id) !== after.sets.get(id))
		.map((id) => diffSets(id, before.sets.get(id), after.sets.get(id)));
	return orderWrites(deltas, countUses(before), classes);
}
