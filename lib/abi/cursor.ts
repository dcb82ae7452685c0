import { HeddleError, type ErrorCode } from '../errors.js';

/** Reads little-endian numbers and strings from bytes that nobody has checked yet. */
export interface Cursor {
	readonly length: number;
	u8(offset: number): number;
	u16(offset: number): number;
	u32(offset: number): number;
	u64(offset: number): bigint;
	/** A part of the same memory. */
	slice(offset: number, length: number, what: string): Uint8Array;
	/** Up to the NUL byte. */
	string(offset: number): string;
	fail(message: string): never;
}

const utf8 = new TextDecoder();

export function cursor(bytes: Uint8Array, what: string, code: ErrorCode): Cursor {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

	function fail(message: string): never {
		throw new HeddleError(code, `${what}: ${message}`, { field: what });
	}

	function check(offset: number, length: number, part: string): number {
		if (offset >= 0 && length >= 0 && offset + length <= bytes.length) return offset;
		return fail(`${part}: found bytes ${offset} to ${offset + length}, expected an end at ${bytes.length} or before`);
	}

	return {
		length: bytes.length,
		u8: (offset) => view.getUint8(check(offset, 1, 'a number')),
		u16: (offset) => view.getUint16(check(offset, 2, 'a number'), true),
		u32: (offset) => view.getUint32(check(offset, 4, 'a number'), true),
		u64: (offset) => view.getBigUint64(check(offset, 8, 'a number'), true),
		slice: (offset, length, part) => bytes.subarray(check(offset, length, part), offset + length),
		string(offset) {
			check(offset, 1, 'a string');
			const end = bytes.indexOf(0, offset);
			if (end < 0) fail(`the string at ${offset} has no end`);
			return utf8.decode(bytes.subarray(offset, end));
		},
		fail,
	};
}
