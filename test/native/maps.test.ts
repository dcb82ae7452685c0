import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { BpfMap, ensureBpffs, possibleCpus } from '../../lib/native/addon.js';
import type { BpfObject } from '../../lib/native/addon.js';
import { failureOf, loadFixture, u32, u64 } from './support/fixture.js';
import { rmSync, mkdirSync } from 'node:fs';

let object: BpfObject;
const map = (name: string): BpfMap => object.maps[name] as BpfMap;
const sequence = (count: number, step = 1) => Array.from({ length: count }, (_, i) => i * step);

beforeAll(async () => {
	object = await loadFixture();
});
afterAll(() => object.close());

describe('a map', () => {
	it('returns what was written, and false for a key that is not there', () => {
		const table = map('table');
		const value = new Uint8Array(8);
		table.update(u64(1), u64(42));
		expect(table.lookup(u64(1), value)).toBe(true);
		expect(value).toEqual(u64(42));
		expect(table.lookup(u64(2), value)).toBe(false);
		expect(table.delete(u64(1))).toBe(true);
		expect(table.delete(u64(1))).toBe(false);
	});

	it('tells its kernel facts', () => {
		expect(map('table').info).toMatchObject({ name: 'table', type: 1, keySize: 8, valueSize: 8, maxEntries: 32768 });
		expect(map('table').info.memoryBytes).toBeGreaterThanOrEqual(32768 * 16);
		expect(Object.keys(object.maps)).toEqual(expect.arrayContaining(['.data.epoch', '.rodata']));
	});

	it('refuses keys and values that are too short, naming sizes', () => {
		const error = failureOf(() => map('table').update(u32(1), u64(1)));
		expect(error).toMatchObject({ code: 'ERR_INVALID_ARGUMENT', message: 'key: expected at least 8 bytes, found 4' });
		expect(error).toBeInstanceOf(TypeError);
		expect(failureOf(() => map('table').update(u64(1), u32(1))).message).toContain('value: expected at least 8 bytes');
		expect(failureOf(() => map('percpu_table').lookup(u32(1), u32(1))).message).toContain(
			`at least ${8 * possibleCpus()} bytes`,
		);
		expect(failureOf(() => map('table').updateBatch(u64(1), u64(1), 2)).code).toBe('ERR_INVALID_ARGUMENT');
		expect(failureOf(() => map('table').lookup(new Uint16Array(8) as unknown as Uint8Array, u64(1))).code).toBe(
			'ERR_INVALID_ARGUMENT',
		);
	});

	it('answers ERR_EXISTS and ERR_NOT_FOUND where flags ask for it', () => {
		const small = map('small');
		small.update(u32(1), u32(1));
		expect(failureOf(() => small.update(u32(1), u32(2), 1)).code).toBe('ERR_EXISTS');
		expect(failureOf(() => small.update(u32(2), u32(2), 2)).code).toBe('ERR_NOT_FOUND');
		small.delete(u32(1));
	});

	it('answers ERR_MAP_FULL with its name and size, and keeps what it has', () => {
		const small = map('small');
		const error = failureOf(() => small.updateBatch(u32(1, 2, 3, 4, 5, 6), u32(1, 2, 3, 4, 5, 6), 6));
		expect(error).toMatchObject({ code: 'ERR_MAP_FULL', map: 'small', maxEntries: 4, done: 4 });
		expect(small.dump().count).toBe(4);
		expect(small.deleteBatch(u32(1, 2, 9, 3, 4), 5)).toBe(4);
	});

	it.each(['table', 'prefixes'])('writes, dumps and deletes %s in bulk', (name) => {
		const count = 20000;
		const keys = name === 'table' ? u64(...sequence(count)) : u32(...sequence(count).flatMap((i) => [32, i]));
		const values = u64(...sequence(count, 3));
		expect(map(name).updateBatch(keys, values, count)).toBe(count);
		const dump = map(name).dump();
		expect(dump.count).toBe(count);
		const sums = new BigUint64Array(dump.values.buffer).reduce((sum, value) => sum + Number(value), 0);
		expect(sum(values)).toBe(sums);
		expect(map(name).deleteBatch(keys, count)).toBe(count);
		expect(map(name).dump()).toMatchObject({ count: 0, keys: new Uint8Array(0) });
	});

	it('honours flags in bulk', () => {
		const table = map('table');
		table.update(u64(3), u64(1));
		const error = failureOf(() => table.updateBatch(u64(1, 2, 3, 4), u64(1, 2, 3, 4), 4, 1));
		expect(error).toMatchObject({ code: 'ERR_EXISTS', done: 2 });
		table.deleteBatch(u64(1, 2, 3), 3);
	});

	it('walks its keys', () => {
		const small = map('small');
		small.updateBatch(u32(1, 2, 3), u32(1, 2, 3), 3);
		const seen = new Set<number>();
		let key: Uint8Array | undefined;
		const next = new Uint8Array(4);
		while (small.nextKey(key, next)) {
			key = next.slice();
			seen.add(next[0] ?? 0);
		}
		expect([...seen].sort()).toEqual([1, 2, 3]);
		small.deleteBatch(u32(1, 2, 3), 3);
	});

	it('shares memory with the kernel until it is closed', async () => {
		const other = await loadFixture();
		const cells = other.maps['cells'] as BpfMap;
		const buffer = cells.mmap();
		const view = new BigUint64Array(buffer);
		expect(cells.mmap()).toBe(buffer);
		cells.update(u32(3), u64(7));
		expect(view[3]).toBe(7n);
		view[4] = 9n;
		const value = new Uint8Array(8);
		cells.lookup(u32(4), value);
		expect(value).toEqual(u64(9));
		expect(new Uint32Array((other.maps['.data.epoch'] as BpfMap).mmap())[0]).toBe(7);
		expect(failureOf(() => (other.maps['table'] as BpfMap).mmap()).code).toBe('ERR_NOT_SUPPORTED');
		other.close();
		expect(buffer.byteLength).toBe(0);
		expect(view.length).toBe(0);
	});

	it('answers ERR_CLOSED when closed', async () => {
		const other = await loadFixture();
		const table = other.maps['table'] as BpfMap;
		other.close();
		other.close();
		expect(table.closed).toBe(true);
		const uses = [
			() => table.info,
			() => table.lookup(u64(1), u64(1)),
			() => table.update(u64(1), u64(1)),
			() => table.delete(u64(1)),
			() => table.nextKey(undefined, u64(1)),
			() => table.updateBatch(u64(1), u64(1), 1),
			() => table.deleteBatch(u64(1), 1),
			() => table.dump(),
			() => table.mmap(),
			() => table.pin('/sys/fs/bpf/never'),
			() => other.programs['first']?.testRun({ data: new Uint8Array(64) }),
		];
		for (const use of uses) expect(failureOf(use).code).toBe('ERR_CLOSED');
	});

	it('comes back from a pin with its contents', () => {
		const folder = `/sys/fs/bpf/heddle-native-${process.pid}`;
		ensureBpffs('/sys/fs/bpf');
		mkdirSync(folder);
		try {
			map('small').update(u32(1), u32(5));
			map('small').pin(`${folder}/small`);
			expect(failureOf(() => map('small').pin(`${folder}/small`)).code).toBe('ERR_EXISTS');
			const again = BpfMap.openPinned(`${folder}/small`);
			const value = new Uint8Array(4);
			expect(again.lookup(u32(1), value) && value[0]).toBe(5);
			expect(again.info.id).toBe(map('small').info.id);
			again.close();
			expect(failureOf(() => BpfMap.openPinned(`${folder}/none`)).code).toBe('ERR_NOT_FOUND');
		} finally {
			rmSync(folder, { recursive: true });
		}
	});

	it('cannot be constructed, and its methods refuse another receiver', () => {
		const Constructor = BpfMap as unknown as new () => BpfMap;
		expect(failureOf(() => new Constructor()).code).toBe('ERR_INVALID_ARGUMENT');
		expect(() => BpfMap.prototype.dump.call({} as BpfMap)).toThrow(TypeError);
		expect(() => BpfMap.prototype.dump.call(object.programs['first'] as unknown as BpfMap)).toThrow(TypeError);
	});
});

function sum(values: Uint8Array): number {
	return new BigUint64Array(values.buffer).reduce((total, value) => total + Number(value), 0);
}
