/** Protobuf's wire format read by hand, apart from any schema: what is tested against must not be what is tested. */

export interface WireField {
	readonly number: number;
	/** 0: a varint, 1: eight bytes, 2: length and bytes, 5: four bytes. */
	readonly type: number;
	readonly value: bigint;
	readonly bytes: Uint8Array;
}

export function readWire(data: Uint8Array): WireField[] {
	const fields: WireField[] = [];
	let at = 0;
	const varint = () => {
		let value = 0n;
		for (let shift = 0n; ; shift += 7n) {
			const byte = data[at++]!;
			value |= BigInt(byte & 0x7f) << shift;
			if (byte < 0x80) {
				return value;
			}
		}
	};
	while (at < data.length) {
		const tag = Number(varint());
		const type = tag & 7;
		const value = type === 0 || type === 2 ? varint() : 0n;
		const length = type === 2 ? Number(value) : type === 1 ? 8 : type === 5 ? 4 : 0;
		fields.push({ number: Math.floor(tag / 8), type, value, bytes: data.subarray(at, at + length) });
		at += length;
	}
	return fields;
}

export function numbersOf(data: Uint8Array): number[] {
	return [...new Set(readWire(data).map(({ number }) => number))].sort((a, b) => a - b);
}

export function fieldOf(data: Uint8Array, ...path: number[]): WireField {
	let found: WireField | undefined;
	let inner = data;
	for (const number of path) {
		found = readWire(inner).find((field) => field.number === number);
		inner = found?.bytes ?? new Uint8Array();
	}
	if (found === undefined) {
		throw new Error(`no field ${path.join('.')}`);
	}
	return found;
}

export const textOf = (data: Uint8Array, ...path: number[]) => Buffer.from(fieldOf(data, ...path).bytes).toString();

/** A field of bytes, text or a varint. */
export function writeWire(number: number, value: string | number | Uint8Array): Uint8Array {
	if (typeof value === 'number') {
		return Buffer.concat([varintBytes(number * 8), varintBytes(value)]);
	}
	const bytes = Buffer.from(value as string);
	return Buffer.concat([varintBytes(number * 8 + 2), varintBytes(bytes.length), bytes]);
}

function varintBytes(value: number): Uint8Array {
	const bytes: number[] = [];
	let left = value;
	do {
		bytes.push((left % 128) | (left >= 128 ? 0x80 : 0));
		left = Math.floor(left / 128);
	} while (left > 0);
	return Uint8Array.from(bytes);
}
