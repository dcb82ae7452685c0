import { constants, deflateSync, inflateSync } from 'node:zlib';
import { decodeColumn, encodeColumn } from './coding.js';
import { CODINGS, COLUMNS } from './columns.js';
import type { ColumnName } from './columns.js';
import { packPlanes, unpackPlanes } from './planes.js';
import type { DictionaryName, Segment } from './segment.js';

/** A piece of a segment on disk; its number is that of the file and stays. */
export interface Blob {
	readonly number: number;
	readonly bytes: Uint8Array;
}

/** More would cost twice the time for a tenth of the bytes. */
const LEVEL = { level: constants.Z_BEST_SPEED };

const DICTIONARY_NUMBERS: Readonly<Record<DictionaryName, number>> = { endpoints: 0, kinds: 1, l4s: 2, ips: 3, l7s: 4 };
const FIRST_COLUMN = 8;
/** Of a column that is all zero. */
export const NO_BYTES = new Uint8Array();

export function dictionaryNumber(name: DictionaryName): number {
	return DICTIONARY_NUMBERS[name];
}

export function columnNumber(name: ColumnName): number {
	return FIRST_COLUMN + COLUMNS.indexOf(name);
}

/** Columns that are all zero and dictionaries that are empty have none. */
export function segmentBlobs(segment: Segment): Blob[] {
	const dictionaries = (Object.keys(DICTIONARY_NUMBERS) as DictionaryName[]).flatMap((name) =>
		dictionaryBlob(segment, name),
	);
	return [...dictionaries, ...COLUMNS.flatMap((name) => columnBlob(segment, name))];
}

function dictionaryBlob(segment: Segment, name: DictionaryName): Blob[] {
	const values: readonly unknown[] = segment.dictionary(name);
	return values.length === 0 ? [] : [{ number: DICTIONARY_NUMBERS[name], bytes: packJson(values) }];
}

function columnBlob(segment: Segment, name: ColumnName): Blob[] {
	const coding = CODINGS[name];
	const by = coding.by === undefined ? undefined : segment.column(coding.by);
	const planes = packPlanes(encodeColumn(segment.column(name), coding, by));
	return planes.length === 0 ? [] : [{ number: columnNumber(name), bytes: deflateSync(planes, LEVEL) }];
}

/** undefined where the bytes are not those of so many rows. @throws zlib's errors */
export function readColumn(bytes: Uint8Array, segment: Segment, name: ColumnName): Float64Array | undefined {
	const told = unpackPlanes(bytes.length === 0 ? NO_BYTES : inflateSync(bytes), segment.rows);
	const coding = CODINGS[name];
	const by = coding.by === undefined ? undefined : segment.column(coding.by);
	return told === undefined ? undefined : decodeColumn(told, coding, by);
}

/** With zlib's checksum: bytes that changed on disk are found. */
export function packJson(value: unknown): Uint8Array {
	return deflateSync(JSON.stringify(value), LEVEL);
}

/** @throws zlib's and JSON's errors */
export function unpackJson(bytes: Uint8Array): unknown {
	return JSON.parse(inflateSync(bytes).toString()) as unknown;
}
