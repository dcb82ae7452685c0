import { possibleCpus } from '../native/addon.js';
import type { BpfMap } from '../native/addon.js';
import type { Codec } from '../abi/codec.js';

/** A per-CPU map; the kernel gives one value a possible CPU, each padded to 8 bytes. */
export interface PerCpuMap<K, V> {
	/** The values of all CPUs folded into one. */
	get(key: K): V | undefined;
	delete(key: K): boolean;
	/** Every CPU's value becomes `value`. */
	fill(key: K, value: V): void;
	/** Asks the keys alone, in one call into the kernel where it can. */
	deleteWhere(isUnwanted: (key: K) => boolean): void;
	entries(): Generator<[K, V]>;
	readonly maxEntries: number;
}

export function perCpuMap<K, V>(
	handle: BpfMap,
	keys: Codec<K>,
	values: Codec<V>,
	fold: (total: V, one: V) => V,
): PerCpuMap<K, V> {
	const cpus = possibleCpus();
	const stride = (handle.info.valueSize + 7) & ~7;
	const key = new Uint8Array(handle.info.keySize);
	const value = new Uint8Array(stride * cpus);
	const keyView = new DataView(key.buffer);
	const valueView = new DataView(value.buffer);

	function total(view: DataView, offset: number): V {
		let sum = values.read(view, offset);
		for (let cpu = 1; cpu < cpus; cpu++) {
			sum = fold(sum, values.read(view, offset + cpu * stride));
		}
		return sum;
	}

	return {
		maxEntries: handle.info.maxEntries,
		get(wanted) {
			keys.write(keyView, 0, wanted);
			return handle.lookup(key, value) ? total(valueView, 0) : undefined;
		},
		delete(wanted) {
			keys.write(keyView, 0, wanted);
			return handle.delete(key);
		},
		fill(wanted, one) {
			keys.write(keyView, 0, wanted);
			for (let cpu = 0; cpu < cpus; cpu++) {
				values.write(valueView, cpu * stride, one);
			}
			handle.update(key, value);
		},
		deleteWhere(isUnwanted) {
			const dump = handle.dump();
			const view = new DataView(dump.keys.buffer, dump.keys.byteOffset, dump.keys.byteLength);
			for (let i = 0; i < dump.count; i++) {
				const found = keys.read(view, i * key.length);
				if (isUnwanted(found)) {
					this.delete(found);
				}
			}
		},
		*entries() {
			const next = new Uint8Array(key.length);
			let previous: Uint8Array | undefined;
			while (handle.nextKey(previous, next)) {
				previous = Uint8Array.from(next);
				if (handle.lookup(previous, value)) {
					yield [keys.read(new DataView(previous.buffer), 0), total(valueView, 0)];
				}
			}
		},
	};
}
