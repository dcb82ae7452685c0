import { isBefore, type Slot } from './block.js';
import { createSlotQueue } from './slot-queue.js';
import type { Range } from './range.js';

/** The places of a pool where no block is carved. */
export interface FreeSlots {
	/** The first one. Those that `isCarved` tells of are passed over. */
	next(isCarved: (first: bigint) => boolean): Slot | undefined;
	/** A block was given back. */
	free(slot: Slot): void;
}

/** A frontier that only advances, and what was given back behind it. */
export function createFreeSlots(ranges: readonly Range[], size: bigint): FreeSlots {
	const behind = createSlotQueue();
	let frontier: Slot = { range: 0, first: ranges[0]!.first };

	function advance(): Slot | undefined {
		const { range, first } = frontier;
		const here = ranges[range];
		if (here === undefined) {
			return undefined;
		}
		const next = first + size;
		frontier = next <= here.last ? { range, first: next } : { range: range + 1, first: ranges[range + 1]?.first ?? 0n };
		return { range, first };
	}

	return {
		next(isCarved) {
			for (let slot = behind.pop() ?? advance(); slot !== undefined; slot = behind.pop() ?? advance()) {
				if (!isCarved(slot.first)) {
					return slot;
				}
			}
			return undefined;
		},
		free({ range, first }) {
			if (isBefore({ range, first }, frontier)) {
				behind.push({ range, first });
			}
		},
	};
}
