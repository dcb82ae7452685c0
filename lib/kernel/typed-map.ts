import { HeddleError, wrapNative, wrapNativeError } from '../errors.js';
import type { BpfMap } from '../native/addon.js';
import type { Codec } from '../abi/codec.js';

const BATCH_ENTRIES = 4096;
const TYPE_ARRAY = 2;

export const WRITE_ANY = 0;
export const WRITE_NEW = 1;
export const WRITE_EXISTING = 2;

/** A kernel map whose keys and values are structs. Synchronous: every call is a short syscall. */
export interface TypedMap<K, V> extends Iterable<[K, V]> {
	readonly name: string;
	readonly maxEntries: number;
	readonly handle: BpfMap;
	get(key: K): V | undefined;
	has(key: K): boolean;
	/** @throws ERR_MAP_FULL; with `WRITE_NEW` ERR_EXISTS */
	set(key: K, value: V, mode?: number): void;
	delete(key: K): boolean;
	/** One batch command per 4 096 entries. `added`: how many of the keys are new, where the caller knows. */
	setMany(rows: Iterable<readonly [K, V]>, added?: number): number;
	deleteMany(keys: Iterable<K>): number;
	/** As `setMany`, of entries that are packed already. */
	setPacked(keys: Uint8Array, values: Uint8Array, count: number, added?: number): void;
	deletePacked(keys: Uint8Array, count: number): void;
	/** Exact number of entries; walks the map only when what is known is not enough. */
	count(): number;
	/** @throws ERR_MAP_FULL when `additional` new entries would not fit; nothing is written. */
	ensureRoom(additional: number): void;
}

export function typedMap<K, V>(name: string, handle: BpfMap, keys: Codec<K>, values: Codec<V>): TypedMap<K, V> {
	const { maxEntries, keySize, valueSize } = handle.info;
	checkSize(name, 'key', keys.size, keySize);
	checkSize(name, 'value', values.size, valueSize);
	const doing = `write map '${name}'`;
	const keyBytes = new Uint8Array(keySize);
	const valueBytes = new Uint8Array(valueSize);
	const keyView = new DataView(keyBytes.buffer);
	const valueView = new DataView(valueBytes.buffer);
	// Kept while callers say whether a key is new; else counted when someone asks.
	let known = 0;
	let exact = false;
	const fixed = handle.info.type === TYPE_ARRAY;

	function count(): number {
		if (fixed) {
			return maxEntries;
		}
		if (!exact) {
			known = handle.dump().count;
			exact = true;
		}
		return known;
	}

	function ensureRoom(additional: number): void {
		if (additional <= 0 || count() + additional <= maxEntries) {
			return;
		}
		throw new HeddleError(
			'ERR_MAP_FULL',
			`map '${name}': found ${known} entries of ${maxEntries}, expected room for ${additional} more; raise the capacity`,
			{ map: name, found: known, expected: maxEntries - additional },
		);
	}

	function encodeKey(key: K): void {
		keys.write(keyView, 0, key);
	}

	function get(key: K): V | undefined {
		encodeKey(key);
		return handle.lookup(keyBytes, valueBytes) ? values.read(valueView, 0) : undefined;
	}

	function set(key: K, value: V, mode = WRITE_ANY): void {
		encodeKey(key);
		values.write(valueView, 0, value);
		try {
			handle.update(keyBytes, valueBytes, mode);
		} catch (error) {
			throw wrapNativeError(error, doing);
		}
		if (mode === WRITE_NEW) {
			known++;
		} else if (mode === WRITE_ANY) {
			exact = false;
		}
	}

	function remove(key: K): boolean {
		encodeKey(key);
		const existed = handle.delete(keyBytes);
		if (existed) {
			known--;
		}
		return existed;
	}

	function setMany(rows: Iterable<readonly [K, V]>, added?: number): number {
		const wasExact = exact;
		const batch = new Uint8Array(BATCH_ENTRIES * keySize);
		const batchValues = new Uint8Array(BATCH_ENTRIES * valueSize);
		const batchView = new DataView(batch.buffer);
		const batchValuesView = new DataView(batchValues.buffer);
		let filled = 0;
		let written = 0;
		exact = false;
		const flush = () => {
			written += filled === 0 ? 0 : wrapNative(() => handle.updateBatch(batch, batchValues, filled), doing);
			filled = 0;
		};
		for (const [key, value] of rows) {
			keys.write(batchView, filled * keySize, key);
			values.write(batchValuesView, filled * valueSize, value);
			if (++filled === BATCH_ENTRIES) {
				flush();
			}
		}
		flush();
		if (added !== undefined) {
			known += added;
			exact = wasExact;
		}
		return written;
	}

	function deleteMany(all: Iterable<K>): number {
		let deleted = 0;
		for (const key of all) {
			deleted += remove(key) ? 1 : 0;
		}
		return deleted;
	}

	function setPacked(packedKeys: Uint8Array, packedValues: Uint8Array, entries: number, added?: number): void {
		const wasExact = exact;
		exact = false;
		if (entries > 0) {
			wrapNative(() => handle.updateBatch(packedKeys, packedValues, entries), doing);
		}
		if (added !== undefined) {
			known += added;
			exact = wasExact;
		}
	}

	/** One by one: the kernel's batch stops at the first key that is not there. */
	function deletePacked(packedKeys: Uint8Array, entries: number): void {
		for (let i = 0; i < entries; i++) {
			known -= handle.delete(packedKeys.subarray(i * keySize, (i + 1) * keySize)) ? 1 : 0;
		}
	}

	function* iterate(): Generator<[K, V]> {
		const dump = handle.dump();
		const keyDump = viewOf(dump.keys);
		const valueDump = viewOf(dump.values);
		for (let i = 0; i < dump.count; i++) {
			yield [keys.read(keyDump, i * keySize), values.read(valueDump, i * valueSize)];
		}
	}

	return {
		name,
		maxEntries,
		handle,
		get,
		has(key) {
			encodeKey(key);
			return handle.lookup(keyBytes, valueBytes);
		},
		set,
		delete: remove,
		setMany,
		deleteMany,
		setPacked,
		deletePacked,
		count,
		ensureRoom,
		[Symbol.iterator]: iterate,
	};
}

export function viewOf(bytes: Uint8Array): DataView {
	return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function checkSize(map: string, part: string, expected: number, found: number): void {
	if (expected !== found) {
		throw new HeddleError(
			'ERR_LAYOUT_MISMATCH',
			`map '${map}': found a ${part} of ${found} bytes, expected ${expected}`,
		);
	}
}
