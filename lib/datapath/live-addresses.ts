import * as abi from '../abi/generated.js';
import { formatAddress } from '../addresses/address.js';
import type { KernelMaps } from '../kernel/maps.js';

/** Addresses, as text, of which a conversation is in the flow table. Walks the table. */
export function liveAddresses({ raw }: KernelMaps): Set<string> {
	const found = new Set<string>();
	collect(raw['flows4'], 4, abi.flow4KeyOffsets, found);
	collect(raw['flows6'], 6, abi.flow6KeyOffsets, found);
	return found;
}

function collect(
	map: KernelMaps['raw'][string] | undefined,
	family: 4 | 6,
	offsets: { readonly lowAddress: number; readonly highAddress: number },
	found: Set<string>,
): void {
	if (map === undefined) {
		return;
	}
	const { keys, count } = map.dump();
	const length = family === 4 ? 4 : 16;
	for (let i = 0; i < count; i++) {
		for (const at of [offsets.lowAddress, offsets.highAddress]) {
			const begin = i * map.info.keySize + at;
			const address = new Uint8Array(16);
			address.set(keys.subarray(begin, begin + length));
			found.add(formatAddress(family, address));
		}
	}
}
