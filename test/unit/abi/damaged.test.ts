import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

import { readBtf } from '../../../lib/abi/btf.js';
import { ABI_NAMES } from '../../../lib/abi/generated.js';
import { mapLayouts } from '../../../lib/abi/maps.js';
import { readLayout, type AbiNames } from '../../../lib/abi/read-layout.js';
import { structLayouts } from '../../../lib/abi/structs.js';
import { isHeddleError } from '../../../lib/errors.js';
import { btfBuilder } from './support/btf-builder.js';
import { sampleNames, sampleObject } from './support/sample.js';
import { randomSource, reportSeed } from './support/random.js';

const REAL_OBJECT = 'native/build/heddle.bpf.o';

/** An answer or a typed error; anything else escapes and fails the test. */
function readOrRefuse(object: Uint8Array, names: AbiNames): void {
	try {
		readLayout(object, names);
	} catch (error) {
		if (!isHeddleError(error)) throw error;
		expect(['ERR_INVALID_ELF', 'ERR_INVALID_BTF', 'ERR_ABI']).toContain(error.code);
	}
}

describe('a damaged object is refused with a typed error', () => {
	test('cut at every length', () => {
		const object = sampleObject();
		for (let length = 0; length < object.length; length++) {
			expect(() => readLayout(object.subarray(0, length), sampleNames)).toThrow(/ELF|BTF/);
		}
	});

	test('20 000 mutations of the sample', () => {
		const random = randomSource(reportSeed('sample mutations'));
		const object = sampleObject();
		for (let round = 0; round < 20_000; round++) readOrRefuse(random.mutate(object), sampleNames);
	});

	test.skipIf(!existsSync(REAL_OBJECT))(`mutations of ${REAL_OBJECT} (skipped before a build)`, () => {
		const random = randomSource(reportSeed('object mutations'));
		const object = readFileSync(REAL_OBJECT);
		for (let round = 0; round < 60; round++) readOrRefuse(random.mutate(object), ABI_NAMES);
	});

	test.each([
		['nothing', []],
		['text', [...Buffer.from('hello, world'.repeat(20))]],
		['zeros', new Array<number>(4096).fill(0)],
	])('%s', (_, bytes) => {
		expect(() => readLayout(Uint8Array.from(bytes), sampleNames)).toThrow(
			expect.objectContaining({ code: 'ERR_INVALID_ELF' }),
		);
	});
});

function mapsOf(btf: Uint8Array): unknown {
	return mapLayouts(readBtf(btf));
}

function structsOf(btf: Uint8Array): unknown {
	return structLayouts(readBtf(btf), new Set(['key']));
}

describe('BTF that leads in circles ends', () => {
	test('typedefs of each other', () => {
		const btf = btfBuilder();
		btf.typedef('a', 2);
		btf.typedef('b', 1);
		btf.section('.maps', [btf.variable('m', 1)]);
		expect(() => mapsOf(btf.bytes())).toThrow(/more than 32 names/);
	});

	test('an array of itself', () => {
		const btf = btfBuilder();
		btf.array(1, 1);
		btf.struct('key', 4, [{ name: 'x', type: 1, offset: 0 }]);
		expect(() => structsOf(btf.bytes())).toThrow(/nest too deeply/);
	});

	test('arrays whose product is huge', () => {
		const btf = btfBuilder();
		let type = btf.int('u8', 1);
		for (let depth = 0; depth < 8; depth++) type = btf.array(type, 0xffffffff);
		btf.struct('key', 4, [{ name: 'x', type, offset: 0 }]);
		expect(() => structsOf(btf.bytes())).toThrow(/expected 4194304 at most/);
	});

	test('a type number that is not there', () => {
		const btf = btfBuilder();
		btf.struct('key', 4, [{ name: 'x', type: 99, offset: 0 }]);
		expect(() => structsOf(btf.bytes())).toThrow(/found type number 99/);
	});

	test('a kind that nobody knows', () => {
		const btf = btfBuilder();
		btf.raw([0, 0, 0, 0, 0, 0, 0, 31, 0, 0, 0, 0]);
		expect(() => readBtf(btf.bytes())).toThrow(/unknown kind 31/);
	});
});
