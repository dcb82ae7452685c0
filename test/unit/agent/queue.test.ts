import { describe, expect, it } from 'vitest';

import { createQueue } from '../../../lib/agent/queue.js';
import type { BatchHandler } from '../../../lib/agent/queue.js';

/** Doubles numbers, and fails where a 13 is among them. */
function doubler(most = 4): BatchHandler<number, number> & { batches: (readonly number[])[] } {
	const batches: (readonly number[])[] = [];
	return {
		most,
		batches,
		async handle(items) {
			batches.push(items);
			await Promise.resolve();
			if (items.includes(13)) {
				throw new Error('unlucky');
			}
			return items.map((item) => item * 2);
		},
	};
}

describe('a queue', () => {
	it('does one thing after another, in the order they were asked for', async () => {
		const queue = createQueue();
		const order: string[] = [];
		const slow = queue.run(async () => {
			await new Promise((resolve) => setTimeout(resolve, 5));
			order.push('slow');
		});
		await Promise.all([slow, queue.run(() => order.push('quick'))]);
		expect(order).toEqual(['slow', 'quick']);
	});

	it('puts those of a kind together that wait together, as many as it may', async () => {
		const queue = createQueue();
		const handler = doubler();
		const all = [1, 2, 3, 4, 5].map((item) => queue.batch(item, handler));
		expect(await Promise.all(all)).toEqual([2, 4, 6, 8, 10]);
		expect(handler.batches).toEqual([[1, 2, 3, 4], [5]]);
	});

	it('does not take one before another that was asked for earlier', async () => {
		const queue = createQueue();
		const handler = doubler();
		const order: string[] = [];
		await Promise.all([
			queue.batch(1, handler).then(() => order.push('first')),
			queue.run(() => order.push('between')),
			queue.batch(2, handler).then(() => order.push('last')),
		]);
		expect(order).toEqual(['first', 'between', 'last']);
		expect(handler.batches).toEqual([[1], [2]]);
	});

	it('lets each stand for itself where one of several fails', async () => {
		const queue = createQueue();
		const handler = doubler();
		const outcomes = await Promise.allSettled([1, 13, 3].map((item) => queue.batch(item, handler)));
		expect(outcomes.map((one) => (one.status === 'fulfilled' ? one.value : 'failed'))).toEqual([2, 'failed', 6]);
		expect(handler.batches).toEqual([[1, 13, 3], [1], [13], [3]]);
		expect(await queue.run(() => 'goes on')).toBe('goes on');
		await queue.idle();
	});
});
