import { describe, expect, it } from 'vitest';

import { openRecords } from '../../../lib/kernel/records.js';
import type { RecordFields, RecordKeyFields } from '../../../lib/kernel/records.js';
import type { TypedMap } from '../../../lib/kernel/typed-map.js';

const CHUNK = 16;

function memory() {
	const entries = new Map<string, [RecordKeyFields, RecordFields]>();
	const text = ({ kind, id, chunk }: RecordKeyFields) => `${kind} ${id} ${chunk}`;
	const map = {
		get: (key: RecordKeyFields) => entries.get(text(key))?.[1],
		set: (key: RecordKeyFields, value: RecordFields) => void entries.set(text(key), [key, value]),
		delete: (key: RecordKeyFields) => entries.delete(text(key)),
		ensureRoom: () => undefined,
		[Symbol.iterator]: () => entries.values(),
	} as unknown as TypedMap<RecordKeyFields, RecordFields>;
	return { entries, records: openRecords(map, CHUNK) };
}

describe('records', () => {
	it('of any length come back whole, and shrink', () => {
		const { entries, records } = memory();
		for (const length of [0, 5, 14, 15, 100, 7]) {
			const value = { text: 'ä'.repeat(length) };
			records.put(4, 1, value);
			expect(records.get(4, 1)).toEqual(value);
			expect(records.all(4)).toEqual([{ id: 1, value }]);
		}
		expect(entries.size).toBe(Math.ceil(Buffer.byteLength(JSON.stringify({ text: 'ä'.repeat(7) })) / CHUNK));
		expect(records.delete(4, 1)).toBe(true);
		expect(records.delete(4, 1)).toBe(false);
		expect(entries.size).toBe(0);
	});

	it('of other kinds and numbers are apart, and in order', () => {
		const { records } = memory();
		records.put(4, 2, 'two');
		records.put(4, 1, 'one');
		records.put(5, 1, 'other');
		expect(records.all(4)).toEqual([
			{ id: 1, value: 'one' },
			{ id: 2, value: 'two' },
		]);
		expect(records.get(6, 1)).toBeUndefined();
	});

	it('cut short by a crash are left out', () => {
		const { entries, records } = memory();
		records.put(4, 1, { text: 'x'.repeat(100) });
		entries.delete('4 1 3');
		expect(records.all(4)).toEqual([]);
		expect(records.get(4, 1)).toBeUndefined();
	});
});
