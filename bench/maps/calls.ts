/** What map_calls.c measures, from JS. */
import type { BpfMap } from '../../lib/native/addon.js';
import type { Pattern } from './patterns.js';

export const operations = ['update', 'lookup', 'delete', 'update_batch', 'delete_batch'] as const;
export type Operation = (typeof operations)[number];
/** ns per entry */
export type Costs = Record<Operation, number>;

const chunk = 4096;

type Single = (key: Uint8Array, value: Uint8Array) => boolean | void;

function perEntry(count: number, body: () => void): number {
	const start = process.hrtime.bigint();
	body();
	return Number(process.hrtime.bigint() - start) / count;
}

/** Buffers are made once: one for each call would cost more than the call. */
function single<K, V>({ keys, values, entry }: Pattern<K, V>, count: number, call: Single): number {
	const key = new Uint8Array(keys.size);
	const value = new Uint8Array(values.size);
	const keyView = new DataView(key.buffer);
	const valueView = new DataView(value.buffer);
	return perEntry(count, () => {
		for (let i = 0; i < count; i++) {
			const [k, v] = entry(i);
			keys.write(keyView, 0, k);
			values.write(valueView, 0, v);
			if (call(key, value) === false) throw new Error(`entry ${i}: found none, expected one`);
		}
	});
}

type Batch = (keys: Uint8Array, values: Uint8Array, size: number) => number;

function batched<K, V>({ keys, values, entry }: Pattern<K, V>, count: number, call: Batch): number {
	const keyBytes = new Uint8Array(chunk * keys.size);
	const valueBytes = new Uint8Array(chunk * values.size);
	const keyView = new DataView(keyBytes.buffer);
	const valueView = new DataView(valueBytes.buffer);
	return perEntry(count, () => {
		for (let done = 0; done < count; done += chunk) {
			const size = Math.min(chunk, count - done);
			for (let i = 0; i < size; i++) {
				const [k, v] = entry(done + i);
				keys.write(keyView, i * keys.size, k);
				values.write(valueView, i * values.size, v);
			}
			if (call(keyBytes, valueBytes, size) !== size) throw new Error('batch: found part done, expected all');
		}
	});
}

export function measureCalls<K, V>(map: BpfMap, pattern: Pattern<K, V>, count: number): Costs {
	return {
		update: single(pattern, count, (key, value) => map.update(key, value)),
		lookup: single(pattern, count, (key, value) => map.lookup(key, value)),
		delete: single(pattern, count, (key) => map.delete(key)),
		update_batch: batched(pattern, count, (keys, values, size) => map.updateBatch(keys, values, size)),
		delete_batch: batched(pattern, count, (keys, _, size) => map.deleteBatch(keys, size)),
	};
}

/** As the library writes rows: objects through a typed map. */
export function* entriesOf<K, V>({ entry }: Pattern<K, V>, count: number): Generator<readonly [K, V]> {
	for (let i = 0; i < count; i++) yield entry(i);
}
