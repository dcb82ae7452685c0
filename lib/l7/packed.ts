import { Buffer } from 'node:buffer';

import { cursor, type Cursor } from '../abi/cursor.js';

/**
 * The parts of a batch, each of which begins with its length: 4 bytes, little-endian. To be used up before the batch's
 * memory is written again.
 * @throws ERR_BAD_RECORD where the bytes are no batch of `count` parts of `fixedLength` bytes or more; `kind` names one
 */
export function* packedParts(
	batch: Uint8Array,
	count: number,
	kind: string,
	fixedLength: number,
): Generator<Cursor, void> {
	const bytes = cursor(batch, 'batch', 'ERR_BAD_RECORD');
	let offset = 0;
	for (let i = 0; i < count; i++) {
		const name = `${kind} ${i}`;
		const length = bytes.u32(offset);
		if (length < fixedLength) bytes.fail(`${name}: found length ${length}, expected ${fixedLength} or more`);
		yield cursor(bytes.slice(offset, length, name), name, 'ERR_BAD_RECORD');
		offset += length;
	}
}

/** Bytes as they came: a character each. */
export function packedText(part: Cursor, at: number, length: number): string {
	const bytes = part.slice(at, length, 'a text');
	return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}
