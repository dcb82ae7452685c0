/**
 * A bounded queue of records of one size, and of objects between them. When full the oldest makes room: what is newest is
 * worth most.
 */
export interface EventQueue<T extends object = never> {
	readonly length: number;
	/** false: the oldest was overwritten. */
	push(item: Uint8Array | T): boolean;
	/** A record is a view that the next `push` may overwrite. */
	shift(): Uint8Array | T | undefined;
	/** The newest `count`, oldest first; they stay. */
	newest(count: number): (Uint8Array | T)[];
	clear(): void;
}

export function createEventQueue<T extends object = never>(recordSize: number, capacity: number): EventQueue<T> {
	const storage = new Uint8Array(recordSize * capacity);
	// By slot; grows as far as there are some.
	let objects: (T | undefined)[] = [];
	let first = 0;
	let length = 0;

	function slot(index: number): number {
		return (first + index) % capacity;
	}

	function recordAt(at: number): Uint8Array {
		return storage.subarray(at * recordSize, (at + 1) * recordSize);
	}

	function put(at: number, item: Uint8Array | T): void {
		if (item instanceof Uint8Array) {
			objects[at] = undefined;
			recordAt(at).set(item);
		} else {
			objects[at] = item;
		}
	}

	return {
		get length() {
			return length;
		},
		push(item) {
			const fits = length < capacity;
			if (!fits) {
				first = (first + 1) % capacity;
				length--;
			}
			put(slot(length), item);
			length++;
			return fits;
		},
		shift() {
			if (length === 0) {
				return undefined;
			}
			const at = first;
			const item = objects[at] ?? recordAt(at);
			objects[at] = undefined;
			first = (first + 1) % capacity;
			length--;
			return item;
		},
		newest(count) {
			const kept = Math.min(count, length);
			return Array.from({ length: kept }, (_, i) => {
				const at = slot(length - kept + i);
				return objects[at] ?? recordAt(at).slice();
			});
		},
		clear() {
			objects = [];
			first = 0;
			length = 0;
		},
	};
}
