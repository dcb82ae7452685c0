/** The newest `capacity` items, in the order in which they came. */
export interface Ring<T> {
	readonly length: number;
	readonly capacity: number;
	/** Returns the oldest one where it had to make room. */
	push(item: T): T | undefined;
	shift(): T | undefined;
	/** From 0, the oldest. */
	at(index: number): T | undefined;
	clear(): void;
}

export function createRing<T>(capacity: number): Ring<T> {
	// Grows as it fills: of a hundred clients few have a queue at all.
	let items: (T | undefined)[] = [];
	let first = 0;
	let length = 0;

	function shift(): T | undefined {
		if (length === 0) {
			return undefined;
		}
		const item = items[first];
		items[first] = undefined;
		first = (first + 1) % capacity;
		length--;
		return item;
	}

	return {
		get length() {
			return length;
		},
		capacity,
		push(item) {
			const pushedOut = length === capacity ? shift() : undefined;
			items[(first + length) % capacity] = item;
			length++;
			return pushedOut;
		},
		shift,
		at: (index) => (index < 0 || index >= length ? undefined : items[(first + index) % capacity]),
		clear() {
			items = [];
			first = 0;
			length = 0;
		},
	};
}
