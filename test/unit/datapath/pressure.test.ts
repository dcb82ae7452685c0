import { beforeEach, describe, expect, it } from 'vitest';

import { Aggregation, controlOffsets, dataControlOffsets, eventCodec } from '../../../lib/abi/generated.js';
import { createPressure } from '../../../lib/datapath/pressure.js';
import type { Pressure } from '../../../lib/datapath/pressure.js';
import { aggregationChange } from '../../../lib/flows/aggregation-change.js';

const memory = new ArrayBuffer(4096);
const words = new DataView(memory);
const at = (field: keyof typeof controlOffsets) => dataControlOffsets.control + controlOffsets[field];
let lost: bigint;
let pressure: Pressure;

/** As the kernel does. */
function press(limit: number, tick: number): void {
	words.setUint32(at('aggregationLimit'), limit, true);
	words.setUint32(at('pressedTick'), tick, true);
}

function change() {
	const record = pressure.changed();
	return record === undefined ? undefined : aggregationChange(eventCodec.decode(record), 0n);
}

beforeEach(() => {
	lost = 0n;
	press(Aggregation.Maximum, 1);
	pressure = createPressure({ mmap: () => memory } as never, () => lost);
	pressure.begin();
});

describe('pressure', () => {
	it('from before there was a reader is forgotten', () => {
		expect(pressure.limit).toBe(Aggregation.None);
		expect(change()).toBeUndefined();
	});

	it('is told once, with what was lost', () => {
		press(Aggregation.Medium, 2);
		lost = 7n;
		expect(change()).toMatchObject({ former: 'none', limit: 'medium', lost: 7n });
		expect(change()).toBeUndefined();
	});

	it('is given back by one level for each five seconds of quiet, and not before', () => {
		press(Aggregation.Maximum, 2);
		expect(change()).toMatchObject({ limit: 'maximum' });
		const limits = Array.from({ length: 18 }, () => {
			pressure.tick();
			return pressure.limit;
		});
		// The first second saw pressure.
		expect(limits.indexOf(Aggregation.Medium)).toBe(5);
		expect(limits.indexOf(Aggregation.Low)).toBe(10);
		expect(limits.indexOf(Aggregation.None)).toBe(15);
		expect(change()).toMatchObject({ former: 'maximum', limit: 'none', lost: 0n });
	});

	it('that comes again begins the wait anew', () => {
		press(Aggregation.Low, 2);
		for (let second = 0; second < 20; second++) {
			words.setUint32(at('pressedTick'), 10 + (second >> 2), true);
			pressure.tick();
		}
		expect(pressure.limit).toBe(Aggregation.Low);
	});
});
