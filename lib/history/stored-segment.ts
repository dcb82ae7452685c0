import { HeddleError } from '../errors.js';
import { corruptStore } from '../store/errors.js';
import { NO_BYTES, columnNumber, dictionaryNumber, packJson, readColumn, unpackJson } from './blobs.js';
import { HISTORY_FILE } from './file.js';
import type { HistoryFile, SegmentRow } from './file.js';
import type { ColumnName } from './columns.js';
import type { Dictionaries, DictionaryName, Segment, SegmentBounds } from './segment.js';

/** What is known of a segment without reading it. */
export interface StoredBounds extends SegmentBounds {
	readonly id: number;
	/** Written before its time was over; the next of its kind belong to the same. */
	readonly isPart: boolean;
	/** Of its pieces: columns that are all zero and dictionaries that are empty have none. */
	readonly numbers: readonly number[];
}

type Packed = [rows: number, baseNs: string, minNs: string, maxNs: string, isPart: boolean, numbers: number[]];

export function packBounds({ rows, baseNs, minNs, maxNs, isPart, numbers }: Omit<StoredBounds, 'id'>): Uint8Array {
	const packed: Packed = [rows, String(baseNs), String(minNs), String(maxNs), isPart, [...numbers]];
	return packJson(packed);
}

/** @throws ERR_STORE_CORRUPT */
export function unpackBounds({ id, meta }: SegmentRow, path: string): StoredBounds {
	return intact(path, id, () => {
		const [rows, baseNs, minNs, maxNs, isPart, numbers] = unpackJson(meta) as Packed;
		return { id, rows, baseNs: BigInt(baseNs), minNs: BigInt(minNs), maxNs: BigInt(maxNs), isPart, numbers };
	});
}

/** That each segment has its pieces, and no piece is of none: damage can turn numbers into others. @throws ERR_STORE_CORRUPT */
export function checkPieces(stored: readonly StoredBounds[], file: HistoryFile, path: string): void {
	const left = file.pieces();
	for (const { id, numbers } of stored) {
		for (const number of numbers) {
			if (left.get(id)?.delete(number) !== true) {
				throw corruptStore(path, `segment ${id}: found no piece ${number}, expected all of it`, HISTORY_FILE);
			}
		}
	}
	for (const [id, numbers] of left) {
		if (numbers.size > 0) {
			throw corruptStore(path, `segment ${id}: found pieces, expected none`, HISTORY_FILE);
		}
	}
}

/** Each piece is read once it is asked for, and once. @throws ERR_STORE_CORRUPT when a piece is not what was written */
export function storedSegment(bounds: StoredBounds, file: HistoryFile, path: string): Segment {
	const columns = new Map<ColumnName, Float64Array>();
	const dictionaries = new Map<DictionaryName, unknown>();
	const segment: Segment = {
		...bounds,
		column: (name) => remembered(columns, name, () => intact(path, bounds.id, () => columnOf(name))),
		dictionary: <N extends DictionaryName>(name: N) =>
			remembered(dictionaries, name, () => intact(path, bounds.id, () => dictionaryOf(name))) as Dictionaries[N],
	};

	/** None is empty. */
	function pieceOf(number: number): Uint8Array | undefined {
		const bytes = file.blob(bounds.id, number);
		return bytes?.length === 0 ? undefined : bytes;
	}

	function columnOf(name: ColumnName): Float64Array | undefined {
		const number = columnNumber(name);
		const bytes = bounds.numbers.includes(number) ? pieceOf(number) : NO_BYTES;
		return bytes === undefined ? undefined : readColumn(bytes, segment, name);
	}

	function dictionaryOf(name: DictionaryName): unknown {
		const number = dictionaryNumber(name);
		if (!bounds.numbers.includes(number)) {
			return [];
		}
		const bytes = pieceOf(number);
		return bytes === undefined ? undefined : unpackJson(bytes);
	}

	return segment;
}

function remembered<K, V>(known: Map<K, V>, key: K, read: () => V): V {
	let value = known.get(key);
	if (value === undefined) {
		value = read();
		known.set(key, value);
	}
	return value;
}

function intact<T>(path: string, id: number, read: () => T | undefined): T {
	let value: T | undefined;
	try {
		value = read();
	} catch (error) {
		if (error instanceof HeddleError) {
			throw error;
		}
	}
	if (value === undefined) {
		throw corruptStore(path, `segment ${id}: found other bytes than were written`, HISTORY_FILE);
	}
	return value;
}
