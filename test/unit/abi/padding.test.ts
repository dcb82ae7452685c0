import { describe, expect, test } from 'vitest';

import { readBtf } from '../../../lib/abi/btf.js';
import { structLayouts } from '../../../lib/abi/structs.js';
import { btfBuilder, type BtfBuilder, type MemberSpec } from './support/btf-builder.js';

function layoutOf(size: number, members: (btf: BtfBuilder) => MemberSpec[]): unknown {
	const btf = btfBuilder();
	btf.struct('subject', size, members(btf));
	return structLayouts(readBtf(btf.bytes()), new Set(['subject']));
}

describe('structLayouts refuses', () => {
	test('padding between members, with struct and offset', () => {
		const read = (): unknown =>
			layoutOf(8, (btf) => [
				{ name: 'small', type: btf.int('u8', 1), offset: 0 },
				{ name: 'large', type: btf.int('u32', 4), offset: 4 },
			]);
		expect(read).toThrow('struct subject, offset 1: found 3 bytes of implicit padding before member large');
	});

	test('padding after the last member', () => {
		const read = (): unknown => layoutOf(8, (btf) => [{ name: 'small', type: btf.int('u32', 4), offset: 0 }]);
		expect(read).toThrow('struct subject, offset 4: found 4 bytes of implicit padding after the last member');
	});

	test('members that overlap', () => {
		const read = (): unknown =>
			layoutOf(4, (btf) => [
				{ name: 'a', type: btf.int('u32', 4), offset: 0 },
				{ name: 'b', type: btf.int('u16', 2), offset: 2 },
			]);
		expect(read).toThrow('member b over the one before it');
	});

	test('members beyond the end', () => {
		expect(() => layoutOf(2, (btf) => [{ name: 'a', type: btf.int('u32', 4), offset: 0 }])).toThrow('beyond');
	});

	test('bit-fields', () => {
		expect(() => layoutOf(4, (btf) => [{ name: 'a', type: btf.int('u32', 4), offset: 0, bits: 3 }])).toThrow(
			'a bit-field',
		);
	});

	test('empty structs', () => {
		expect(() => layoutOf(0, () => [])).toThrow('no members');
	});

	test.each<[string, (btf: BtfBuilder) => number]>([
		['a pointer', (btf) => btf.pointer(0)],
		['a union', (btf) => btf.union('u', 8, [{ name: 'x', type: btf.int('u64', 8), offset: 0 }])],
		['an unnamed struct', (btf) => btf.struct('', 8, [{ name: 'x', type: btf.int('u64', 8), offset: 0 }])],
		['an integer of 16 bytes', (btf) => btf.int('u128', 16)],
	])('%s', (found, type) => {
		expect(() => layoutOf(8, (btf) => [{ name: 'member', type: type(btf), offset: 0 }])).toThrow(`found ${found}`);
	});

	test('with the code ERR_ABI', () => {
		const read = (): unknown => layoutOf(8, (btf) => [{ name: 'a', type: btf.pointer(0), offset: 0 }]);
		expect(read).toThrow(expect.objectContaining({ code: 'ERR_ABI' }));
	});
});

test('structs that nobody asked for may be padded', () => {
	const btf = btfBuilder();
	btf.struct('kernel_thing', 8, [{ name: 'a', type: btf.int('u8', 1), offset: 0 }]);
	expect(structLayouts(readBtf(btf.bytes()), new Set(['other']))).toEqual([]);
});
