/** Several values a key. */
export interface MultiMap<K, V> {
	add(key: K, value: V): void;
	delete(key: K, value: V): void;
	of(key: K): Iterable<V>;
}

export function createMultiMap<K, V>(): MultiMap<K, V> {
	const map = new Map<K, Set<V>>();
	return {
		add(key, value) {
			const values = map.get(key);
			if (values === undefined) {
				map.set(key, new Set([value]));
			} else {
				values.add(value);
			}
		},
		delete(key, value) {
			const values = map.get(key);
			values?.delete(value);
			if (values?.size === 0) {
				map.delete(key);
			}
		},
		of: (key) => map.get(key) ?? [],
	};
}
