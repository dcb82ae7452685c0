import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { RingReader } from '../../lib/native/addon.js';
import type { BpfMap, BpfObject, BpfProgram } from '../../lib/native/addon.js';
import { failureOf, loadFixture, u32 } from './support/fixture.js';

const recordSize = 128;
let object: BpfObject;
let reader: RingReader | undefined;

beforeEach(async () => {
	object = await loadFixture();
});
afterEach(() => {
	reader?.close();
	reader = undefined;
	object.close();
});

const events = () => object.maps['events'] as BpfMap;

/** Submits from the kernel; how many went in and how many did not. */
async function produce(count: number, wakeAtOnce = false): Promise<{ submitted: number; lost: number }> {
	const context = u32(count, 0, 0, wakeAtOnce ? 1 : 0);
	await (object.programs['produce'] as BpfProgram).testRunAsync({ context });
	const [, submitted = 0, lost = 0] = new Uint32Array(context.buffer);
	return { submitted, lost };
}

const sequenceOf = (records: Uint8Array, index: number) =>
	Number(new DataView(records.buffer, records.byteOffset).getBigUint64(index * recordSize, true));

describe('a ring reader', () => {
	it('gets every record once, in order', async () => {
		const seen: number[] = [];
		reader = new RingReader(events(), { recordSize, batchRecords: 64 }, (records, count) => {
			for (let i = 0; i < count; i++) seen.push(sequenceOf(records, i));
		});
		const { submitted, lost } = await produce(20000);
		for (let i = 0; i < 200 && seen.length < submitted; i++) await sleep(5);
		expect(lost).toBe(0);
		expect(seen).toEqual(Array.from({ length: 20000 }, (_, i) => i));
	});

	it('gets a lone record without a wake-up, by its timer', async () => {
		let seen = 0;
		reader = new RingReader(events(), { recordSize, intervalMs: 5 }, (_, count) => (seen += count));
		await produce(1);
		await sleep(50);
		expect(seen).toBe(1);
	});

	it('gets a lone record at once when the kernel wakes it', async () => {
		let seen = 0;
		reader = new RingReader(events(), { recordSize, intervalMs: 60000 }, (_, count) => (seen += count));
		await produce(1, true);
		await sleep(20);
		expect(seen).toBe(1);
	});

	it('accounts for what did not fit', async () => {
		let seen = 0;
		reader = new RingReader(events(), { recordSize, intervalMs: 60000 }, (_, count) => (seen += count));
		const request = u32(100000, 0, 0, 0);
		(object.programs['produce'] as BpfProgram).testRun({ context: request });
		const [, submitted = 0, lost = 0] = new Uint32Array(request.buffer);
		expect(lost).toBeGreaterThan(0);
		expect(reader.drain()).toBe(submitted);
		expect(seen).toBe(submitted);
		expect(submitted + lost).toBe(100000);
	});

	it('leaves the event loop its turns while the ring is full', async () => {
		let total = 0;
		let inTurn = 0;
		let worst = 0;
		reader = new RingReader(events(), { recordSize, batchRecords: 16, maxBatchesPerTurn: 2 }, (_, count) => {
			total += count;
			worst = Math.max(worst, ++inTurn);
		});
		let running = true;
		const turn = () => {
			inTurn = 0;
			if (running) setImmediate(turn);
		};
		turn();
		const { submitted } = await produce(20000);
		while (total < submitted) await sleep(1);
		running = false;
		// The poll and the timer may both come up in one turn.
		expect(worst).toBeLessThanOrEqual(2 * 2);
	});

	it('can be closed inside its callback', async () => {
		let calls = 0;
		reader = new RingReader(events(), { recordSize, batchRecords: 8 }, (records) => {
			calls++;
			reader?.close();
			expect(records.length).toBe(8 * recordSize);
		});
		await produce(100);
		await sleep(30);
		expect(calls).toBe(1);
		expect(reader.closed).toBe(true);
		expect(failureOf(() => reader?.drain()).code).toBe('ERR_CLOSED');
		expect(failureOf(() => reader?.ref()).code).toBe('ERR_CLOSED');
	});

	it('passes an exception of the callback to drain', async () => {
		reader = new RingReader(events(), { recordSize, intervalMs: 60000 }, () => {
			throw new Error('from the callback');
		});
		await produce(1);
		expect(() => reader?.drain()).toThrow('from the callback');
	});

	it('refuses a map of another type and sizes of nonsense', () => {
		expect(failureOf(() => new RingReader(object.maps['table'] as BpfMap, { recordSize }, () => {})).message).toContain(
			'map: expected a ring buffer',
		);
		expect(failureOf(() => new RingReader(events(), { recordSize: 0 }, () => {})).code).toBe('ERR_INVALID_ARGUMENT');
		expect(failureOf(() => new RingReader(events(), { recordSize }, undefined as never)).code).toBe(
			'ERR_INVALID_ARGUMENT',
		);
	});
});
