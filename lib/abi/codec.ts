import { HeddleError } from '../errors.js';

/** How a struct lies in memory. `write` sets every byte, padding included. */
export interface Codec<T> {
	/** Name in C. */
	readonly name: string;
	readonly size: number;
	read(view: DataView, offset: number): T;
	write(view: DataView, offset: number, value: T): void;
	/** As `read`, from bytes. */
	decode(bytes: Uint8Array, offset?: number): T;
	/** As `write`, into bytes (new ones when absent), which it returns. */
	encode(value: T, bytes?: Uint8Array, offset?: number): Uint8Array;
}

export type CodecParts<T> = Pick<Codec<T>, 'name' | 'size' | 'read' | 'write'>;

export function codec<T>(parts: CodecParts<T>): Codec<T> {
	const { name, size } = parts;
	return {
		...parts,
		decode: (bytes, offset = 0) => parts.read(viewOf(bytes, offset, name, size), 0),
		encode(value, bytes = new Uint8Array(size), offset = 0) {
			parts.write(viewOf(bytes, offset, name, size), 0, value);
			return bytes;
		},
	};
}

function viewOf(bytes: Uint8Array, offset: number, name: string, size: number): DataView {
	if (offset >= 0 && offset + size <= bytes.length) return new DataView(bytes.buffer, bytes.byteOffset + offset, size);
	throw new HeddleError(
		'ERR_INVALID_ARGUMENT',
		`${name}: found ${bytes.length} bytes at offset ${offset}, expected room for ${size}`,
		{ field: name, found: bytes.length - offset, expected: size },
	);
}

/** Little endian: every machine that this library runs on. */
export const u8Codec = codec<number>({
	name: 'u8',
	size: 1,
	read: (view, offset) => view.getUint8(offset),
	write: (view, offset, value) => view.setUint8(offset, value),
});

export const u16Codec = codec<number>({
	name: 'u16',
	size: 2,
	read: (view, offset) => view.getUint16(offset, true),
	write: (view, offset, value) => view.setUint16(offset, value, true),
});

export const u32Codec = codec<number>({
	name: 'u32',
	size: 4,
	read: (view, offset) => view.getUint32(offset, true),
	write: (view, offset, value) => view.setUint32(offset, value, true),
});

export const u64Codec = codec<bigint>({
	name: 'u64',
	size: 8,
	read: (view, offset) => view.getBigUint64(offset, true),
	write: (view, offset, value) => view.setBigUint64(offset, value, true),
});

/** `size` bytes whose meaning is the datapath's own. */
export function bytesCodec(size: number): Codec<Uint8Array> {
	return codec({
		name: `u8[${size}]`,
		size,
		read: (view, offset) => readBytes(view, offset, size),
		write: (view, offset, value) => writeBytes(view, offset, size, value, `u8[${size}]`),
	});
}

/** A copy: it outlives the buffer. */
export function readBytes(view: DataView, offset: number, length: number): Uint8Array {
	return new Uint8Array(view.buffer, view.byteOffset + offset, length).slice();
}

export function writeBytes(view: DataView, offset: number, length: number, value: Uint8Array, field: string): void {
	checkLength(value, length, field);
	new Uint8Array(view.buffer, view.byteOffset + offset, length).set(value);
}

export function readArray<T>(length: number, read: (index: number) => T): T[] {
	return Array.from({ length }, (_, index) => read(index));
}

export function writeArray<T>(
	values: readonly T[],
	length: number,
	field: string,
	write: (index: number, value: T) => void,
): void {
	checkLength(values, length, field);
	values.forEach((value, index) => write(index, value));
}

export function zero(view: DataView, offset: number, length: number): void {
	for (let index = 0; index < length; index++) view.setUint8(offset + index, 0);
}

function checkLength(value: { readonly length: number }, expected: number, field: string): void {
	if (value.length === expected) return;
	throw new HeddleError('ERR_INVALID_ARGUMENT', `${field}: found ${value.length} elements, expected ${expected}`, {
		field,
		found: value.length,
		expected,
	});
}
