import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

import { bytesCodec, u16Codec, u32Codec, u64Codec, u8Codec, type Codec } from '../../../lib/abi/codec.js';
import * as generated from '../../../lib/abi/generated.js';

/** Bytes of each struct that carry nothing, by the golden listing: not by what the codecs do. */
function paddingOf(name: string): Set<number> {
	const lines = readFileSync('test/golden/abi.txt', 'utf8').split('\n');
	const start = lines.findIndex((line) => line.startsWith(`struct ${name}\t`));
	const bytes = new Set<number>();
	for (let at = start + 1; lines[at]?.startsWith('\t'); at++) {
		const [, offset, type, field] = (lines[at] ?? '').split('\t');
		if (field !== '-') continue;
		for (let index = 0; index < widthOf(type ?? ''); index++) bytes.add(Number(offset) + index);
	}
	return bytes;
}

function widthOf(type: string): number {
	const [, bits, length] = /^[a-z]+(\d+)(?:\[(\d+)\])?$/.exec(type) ?? [];
	return (Number(bits) / 8) * Number(length ?? 1);
}

const structs = Object.entries(generated)
	.filter(([name]) => name.endsWith('Codec'))
	.map(([, codec]) => codec as Codec<unknown>)
	.filter(({ name }) => !name.startsWith('.'));

const nested = new Set(['flow', 'simulation']);

describe.each(structs.map((codec) => [codec.name, codec] as const))('codec of struct %s', (name, codec) => {
	test('what was encoded is decoded', () => {
		fc.assert(
			fc.property(fc.uint8Array({ minLength: codec.size, maxLength: codec.size }), (bytes) => {
				const value = codec.decode(bytes);
				expect(codec.decode(codec.encode(value))).toEqual(value);
			}),
		);
	});

	test.skipIf(nested.has(name))('every byte but padding belongs to a field, and padding is written as zero', () => {
		const padding = paddingOf(name);
		fc.assert(
			fc.property(fc.uint8Array({ minLength: codec.size, maxLength: codec.size }), (bytes) => {
				const expected = bytes.map((byte, index) => (padding.has(index) ? 0 : byte));
				const dirty = new Uint8Array(codec.size).fill(0xaa);
				expect(codec.encode(codec.decode(bytes), dirty)).toEqual(expected);
			}),
		);
	});
});

describe('byte order', () => {
	test('__be16 is the number that people say', () => {
		const bytes = generated.ruleKeyCodec.encode({ prefixlen: 64, ruleClass: 1, direction: 0, protocol: 6, port: 80 });
		expect([...bytes]).toEqual([64, 0, 0, 0, 1, 0, 0, 0, 0, 6, 0, 80]);
	});

	test('__u32 is little endian', () => {
		expect([...u32Codec.encode(0x01020304)]).toEqual([4, 3, 2, 1]);
	});
});

describe('codecs', () => {
	test('work inside larger buffers, at an offset', () => {
		const bytes = new Uint8Array(12).fill(0xff);
		u32Codec.encode(7, bytes.subarray(2), 2);
		expect([...bytes]).toEqual([255, 255, 255, 255, 7, 0, 0, 0, 255, 255, 255, 255]);
		expect(u32Codec.decode(bytes, 4)).toBe(7);
	});

	test('copy byte arrays out of the buffer', () => {
		const bytes = new Uint8Array(generated.addressKeyCodec.size);
		const key = generated.addressKeyCodec.decode(bytes);
		bytes.fill(9);
		expect([...key.address]).toEqual(new Array(16).fill(0));
	});

	test('refuse a buffer that is too small, by name', () => {
		expect(() => generated.eventCodec.decode(new Uint8Array(10))).toThrow(/^event: found 10 bytes .* room for 128$/);
		expect(() => u64Codec.encode(1n, new Uint8Array(8), 1)).toThrow(/^u64: /);
		expect(() => u8Codec.decode(new Uint8Array(1), -1)).toThrow(/^u8: /);
	});

	test('refuse a byte array of another length, by field', () => {
		const key = { network: 1, family: 4, address: new Uint8Array(4) };
		expect(() => generated.addressKeyCodec.encode(key)).toThrow('address_key.address: found 4 elements, expected 16');
	});

	test('scalars and bytes round trip', () => {
		expect(u8Codec.decode(u8Codec.encode(255))).toBe(255);
		expect(u16Codec.decode(u16Codec.encode(65535))).toBe(65535);
		expect(u64Codec.decode(u64Codec.encode(2n ** 64n - 1n))).toBe(2n ** 64n - 1n);
		expect(bytesCodec(3).decode(bytesCodec(3).encode(Uint8Array.of(1, 2, 3)))).toEqual(Uint8Array.of(1, 2, 3));
	});
});
