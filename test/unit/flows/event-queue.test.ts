import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createEventQueue } from '../../../lib/flows/event-queue.js';

const record = (value: number) => Uint8Array.of(value, value >> 8);
const read = (bytes: Uint8Array | undefined) => (bytes === undefined ? undefined : bytes[0]! | (bytes[1]! << 8));

describe('the queue of events', () => {
	it('behaves as a list that forgets its oldest, whatever comes in and out', () => {
		const operations = fc.array(fc.oneof(fc.constant('out' as const), fc.nat(1000)), { maxLength: 200 });
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 9 }), operations, (capacity, steps) => {
				const queue = createEventQueue(2, capacity);
				const model: number[] = [];
				for (const step of steps) {
					if (step === 'out') {
						expect(read(queue.shift())).toBe(model.shift());
					} else {
						expect(queue.push(record(step))).toBe(model.length < capacity);
						model.push(step);
						model.splice(0, model.length - capacity);
					}
					expect(queue.length).toBe(model.length);
					expect(queue.newest(3).map(read)).toEqual(model.slice(-3));
				}
			}),
		);
	});
});
