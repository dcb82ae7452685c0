import { maskAddress } from '../../addresses/address.js';
import type { Prefix } from '../../addresses/prefix.js';

/** Values by prefix, found by any prefix within. */
export interface PrefixMap<V> {
	ensure(prefix: Prefix, make: () => V): V;
	/** Values of the prefix itself and of all around it. */
	around(prefix: Prefix): Generator<V>;
}

export function createPrefixMap<V>(): PrefixMap<V> {
	// Only the lengths in use are asked.
	const byLength: Record<4 | 6, Map<number, Map<string, V>>> = { 4: new Map(), 6: new Map() };

	return {
		ensure(prefix, make) {
			const lengths = byLength[prefix.family];
			const known = lengths.get(prefix.length) ?? new Map<string, V>();
			lengths.set(prefix.length, known);
			const key = keyOf(prefix.bytes);
			const value = known.get(key) ?? make();
			known.set(key, value);
			return value;
		},
		*around(prefix) {
			for (const [length, known] of byLength[prefix.family]) {
				const value = length <= prefix.length ? known.get(keyOf(maskAddress(prefix, length))) : undefined;
				if (value !== undefined) {
					yield value;
				}
			}
		},
	};
}

function keyOf(bytes: Uint8Array): string {
	return String.fromCharCode(...bytes);
}
