/** A bounded queue of records of one size. When full the oldest makes room: what is newest is worth most. */
export interface EventQueue {
	readonly length: number;
	/** false: the oldest record was overwritten. */
	push(record: Uint8Array): boolean;
	/** A view that the next `push` may overwrite. */
	shift(): Uint8Array | undefined;
	/** The newest `count`, oldest first; they stay. */
	newest(count: number): Uint8Array[];
	clear(): void;
}

export function createEventQueue(recordSize: number, capacity: number): EventQueue {
	const storage = new Uint8Array(recordSize * capacity);
	let first = 0;
	let length = 0;

	function slot(index: number): Uint8Array {
		const at = ((first + index) % capacity) * recordSize;
		return storage.subarray(at, at + recordSize);
	}

	return {
		get length() {
			return length;
		},
		push(record) {
			const fits = length < capacity;
			if (!fits) {
				first = (first + 1) % capacity;
				length--;
			}
			slot(length).set(record);
			length++;
			return fits;
		},
		shift() {
			if (length === 0) {
				return undefined;
			}
			const record = slot(0);
			first = (first + 1) % capacity;
			length--;
			return record;
		},
		newest(count) {
			const kept = Math.min(count, length);
			return Array.from({ length: kept }, (_, i) => slot(length - kept + i).slice());
		},
		clear() {
			first = 0;
			length = 0;
		},
	};
}
