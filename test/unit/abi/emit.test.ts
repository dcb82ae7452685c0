import { describe, expect, test } from 'vitest';

import { readLayout } from '../../../lib/abi/read-layout.js';
import { emit } from '../../../scripts/abi/emit.js';
import { headerNames } from '../../../scripts/abi/header-names.js';
import { camel, commonPrefix, pascal, property } from '../../../scripts/abi/names.js';
import { sampleNames, sampleObject } from './support/sample.js';

const text = await emit(readLayout(sampleObject(), sampleNames), sampleNames);

describe('emit', () => {
	test('writes an interface with doc text, width and byte order, and without padding', () => {
		expect(text).toContain(
			[
				'/** struct key, 8 bytes. Who. */',
				'export interface Key {',
				'\t/** `u32` at 0. */',
				'\treadonly id: number;',
				'\t/** Bytes << 1. `be16` at 4, network byte order in memory. */',
				'\treadonly port: number;',
				'}',
			].join('\n'),
		);
	});

	test('writes padding as zero', () => {
		expect(text).toContain('zero(view, offset + 6, 2);');
	});

	test('reads __be16 big endian and everything else little endian', () => {
		expect(text).toContain('port: view.getUint16(offset + 4, false)');
		expect(text).toContain('id: view.getUint32(offset, true)');
		expect(text).toContain('delta: view.getBigInt64(offset + 32, true)');
	});

	test('gives u64 as bigint, short arrays as tuples, u8 arrays as bytes', () => {
		expect(text).toContain('readonly counts: readonly [bigint, bigint];');
		expect(text).toContain('readonly mac: Uint8Array;');
		expect(text).toContain('readonly inner: Key;');
	});

	test('writes enums as const objects, with names by value', () => {
		expect(text).toContain('export const Colour = {\n\tRed: 1,\n\tDarkBlue: 7,\n} as const;');
		expect(text).toContain("export const colourNames: Names = {\n\t1: 'RED',\n\t7: 'DARK_BLUE',\n};");
	});

	test('writes offsets and maps', () => {
		expect(text).toContain('export const keyOffsets = {\n\tid: 0,\n\tport: 4,\n} as const;');
		expect(text).toMatch(
			/things: \{\s+name: 'things',\s+type: 1,\s+typeName: 'hash',\s+key: keyCodec,\s+value: valueCodec,/,
		);
	});

	test('is the same every time', async () => {
		expect(await emit(readLayout(sampleObject(), sampleNames), sampleNames)).toBe(text);
	});
});

describe('names', () => {
	test.each([
		['flow4_key', 'Flow4Key', 'flow4Key'],
		['.data.epoch', 'DataEpoch', 'dataEpoch'],
		['WORLD_IPV4', 'WorldIpv4', 'worldIpv4'],
	])('%s becomes %s and %s', (name, type, value) => {
		expect([pascal(name), camel(name)]).toEqual([type, value]);
	});

	test('the common prefix ends at an underscore', () => {
		expect(commonPrefix(['DROP_A', 'DROP_AB'])).toBe('DROP_');
		expect(commonPrefix(['ONE', 'TWO'])).toBe('');
	});

	test('properties are quoted where they must be', () => {
		expect([property('peers'), property('.rodata')]).toEqual(['peers', '".rodata"']);
	});
});

test('headerNames finds declarations, not uses', () => {
	const header = 'struct a {\n\tstruct b inner;\n};\nenum c {\n};\n/* struct d */\nstruct a *pointer;\n';
	expect(headerNames(header)).toEqual({ structs: ['a'], enums: ['c'] });
});
