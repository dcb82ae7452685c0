import { describe, expect, test } from 'vitest';

import { describeLayout, hashLayout } from '../../../lib/abi/layout-hash.js';
import { readLayout } from '../../../lib/abi/read-layout.js';
import { sampleNames, sampleObject } from './support/sample.js';

const layout = readLayout(sampleObject(), sampleNames);

describe('readLayout', () => {
	test('tells offset, width and byte order of every field', () => {
		expect(describeLayout(layout).split('\n')).toEqual([
			'struct key\t8',
			'\t0\tu32\tid',
			'\t4\tbe16\tport',
			'\t6\tu8[2]\t-',
			'struct value\t40',
			'\t0\tu64[2]\tcounts',
			'\t16\tu8[8]\tmac',
			'\t24\tstruct key\tinner',
			'\t32\ts64\tdelta',
			'map events\ttype 27\tkey 0\tvalue 0\tflags 0x0',
			'map things\ttype 1\tkey struct key\tvalue struct value\tflags 0x1',
		]);
	});

	test('takes doc texts from decl tags', () => {
		const key = layout.structs.find(({ name }) => name === 'key');
		expect(key?.doc).toBe('Who.');
		expect(key?.fields.map(({ doc }) => doc)).toEqual([undefined, 'Bytes << 1', undefined]);
	});

	test('takes enum values', () => {
		expect(layout.enums).toEqual([
			{
				name: 'colour',
				values: [
					{ name: 'COLOUR_RED', value: 1 },
					{ name: 'COLOUR_DARK_BLUE', value: 7 },
				],
			},
		]);
	});

	test('takes sizes of maps', () => {
		expect(layout.maps.find(({ name }) => name === 'things')).toMatchObject({
			keySize: 8,
			valueSize: 40,
			maxEntries: 16,
		});
		expect(layout.maps.find(({ name }) => name === 'events')).toMatchObject({
			keySize: 0,
			valueSize: 0,
			maxEntries: 4096,
		});
	});

	test('gives data sections as structs, without the pointers that keep types', () => {
		expect(layout.structs.find(({ name }) => name === '.rodata')?.fields.map(({ name }) => name)).toEqual(['limit']);
		expect(layout.structs.find(({ name }) => name === '.bss')).toBeUndefined();
		expect(layout.maps.find(({ name }) => name === '.bss')).toMatchObject({ valueSize: 8 });
	});

	test.each(['structs', 'enums'] as const)('names the %s that the object lacks', (kind) => {
		const names = { ...sampleNames, [kind]: [...sampleNames[kind], 'ghost'] };
		expect(() => readLayout(sampleObject(), names)).toThrow(/ghost: found none/);
	});

	test('leaves structs that cross no boundary as bytes', () => {
		const only = readLayout(sampleObject(), { structs: [], enums: [] });
		expect(only.maps.find(({ name }) => name === 'things')?.key).toEqual({ kind: 'bytes', length: 8 });
	});
});

describe('hashLayout', () => {
	test('is the same for the same layout', () => {
		expect(hashLayout(readLayout(sampleObject(), sampleNames))).toBe(hashLayout(layout));
	});

	test('does not depend on the sizes of maps or on .rodata', () => {
		const maps = layout.maps.map((map) => ({ ...map, maxEntries: map.maxEntries * 2 }));
		const structs = layout.structs.filter(({ name }) => name !== '.rodata');
		expect(hashLayout({ ...layout, maps, structs })).toBe(hashLayout(layout));
	});

	test('changes with an offset', () => {
		const structs = layout.structs.map((struct) => ({
			...struct,
			fields: struct.fields.map((field) => ({ ...field, offset: field.offset + 1 })),
		}));
		expect(hashLayout({ ...layout, structs })).not.toBe(hashLayout(layout));
	});

	test("changes with a map's flags", () => {
		const maps = layout.maps.map((map) => ({ ...map, flags: map.flags ^ 1 }));
		expect(hashLayout({ ...layout, maps })).not.toBe(hashLayout(layout));
	});
});
