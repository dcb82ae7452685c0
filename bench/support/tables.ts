import { maps } from '../../lib/abi/generated.js';
import { type TypedMap, typedMap } from '../../lib/kernel/typed-map.js';
import type { BpfObject } from '../../lib/native/addon.js';

/** The maps that the bench fills itself. */
export function tablesOf({ maps: raw }: BpfObject) {
	const table = <K, V>(layout: Layout<K, V>): TypedMap<K, V> => {
		const handle = raw[layout.name];
		if (handle === undefined) throw new Error(`the object has no map '${layout.name}'`);
		return typedMap(layout.name, handle, layout.key, layout.value);
	};
	return {
		ifindexSlots: table(maps.ifindex_slots),
		endpoints: table(maps.endpoints),
		addresses: table(maps.addresses),
		policySets: table(maps.policy_sets),
		peers: table(maps.peers),
		rules: table(maps.rules),
	};
}

interface Layout<K, V> {
	readonly name: string;
	readonly key: Parameters<typeof typedMap<K, V>>[2];
	readonly value: Parameters<typeof typedMap<K, V>>[3];
}

export type Tables = ReturnType<typeof tablesOf>;
