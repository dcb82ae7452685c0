import { isBefore, type Slot } from './block.js';

/** Slots, each at most once, the first in the pool's order first: a binary heap. */
export interface SlotQueue {
	peek(): Slot | undefined;
	pop(): Slot | undefined;
	/** Nothing happens where it is in the queue. */
	push(slot: Slot): void;
}

export function createSlotQueue(): SlotQueue {
	const items: Slot[] = [];
	const queued = new Set<bigint>();

	function siftUp(at: number): void {
		for (let parent = (at - 1) >> 1; at > 0 && isBefore(items[at]!, items[parent]!); parent = (at - 1) >> 1) {
			swap(at, parent);
			at = parent;
		}
	}

	function siftDown(at: number): void {
		for (
			let child = firstChild(at);
			child < items.length && isBefore(items[child]!, items[at]!);
			child = firstChild(at)
		) {
			swap(at, child);
			at = child;
		}
	}

	/** The child that comes first; beyond the end where there is none. */
	function firstChild(at: number): number {
		const [left, right] = [2 * at + 1, 2 * at + 2];
		return right < items.length && isBefore(items[right]!, items[left]!) ? right : left;
	}

	function swap(a: number, b: number): void {
		[items[a], items[b]] = [items[b]!, items[a]!];
	}

	return {
		peek: () => items[0],
		pop() {
			const least = items[0];
			const last = items.pop();
			if (items.length > 0) {
				items[0] = last!;
				siftDown(0);
			}
			if (least !== undefined) {
				queued.delete(least.first);
			}
			return least;
		},
		push({ range, first }) {
			if (!queued.has(first)) {
				queued.add(first);
				items.push({ range, first });
				siftUp(items.length - 1);
			}
		},
	};
}
