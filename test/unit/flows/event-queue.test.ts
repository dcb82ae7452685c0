import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createEventQueue } from '../../../lib/flows/event-queue.js';

const record = (value: number) => Uint8Array.of(value, value >> 8);
type Item = Uint8Array | { readonly value: number };
const read = (item: Item | undefined) => (item instanceof Uint8Array ? item[0]! | (item[1]! << 8) : item?.value);

describe('the queue of events', () => {
	it('behaves as a list that forgets its oldest, whatever comes in and out', () => {
		const operations = fc.array(fc.oneof(fc.constant('out' as const), fc.nat(1000)), { maxLength: 200 });
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 9 }), operations, (capacity, steps) => {
				const queue = createEventQueue<{ readonly value: number }>(2, capacity);
				const model: number[] = [];
				for (const step of steps) {
					if (step === 'out') {
						expect(read(queue.shift())).toBe(model.shift());
					} else {
						const item = step % 3 === 0 ? { value: step } : record(step);
						expect(queue.push(item)).toBe(model.length < capacity);
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
