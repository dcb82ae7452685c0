import { expect, it } from 'vitest';

import { isRate, jiffiesPerSecond } from '../../../lib/kernel/clock.js';

const at = (rate: number, seconds: number) => ({
	jiffies: BigInt(Math.floor(2 ** 32 - 300 * rate + rate * seconds)),
	monotonicNs: BigInt(Math.round(seconds * 1e9)),
});

it.each([100, 250, 300, 1000])(
	'%d jiffies a second are told from one reading, soon after boot and years later',
	async (rate) => {
		for (const seconds of [3, 400, 86_400, 1e8]) {
			expect(await jiffiesPerSecond(() => at(rate, seconds))).toBe(rate);
			expect([100, 250, 300, 1000].filter((other) => isRate(other, at(rate, seconds)))).toEqual([rate]);
		}
	},
);

it.each([
	['began elsewhere', 12_345n],
	['is five minutes old', 2n ** 32n],
])('a clock that %s is measured', async (_, start) => {
	const begin = process.hrtime.bigint();
	const read = () => {
		const passed = process.hrtime.bigint() - begin;
		return { jiffies: start + (passed * 250n) / 1_000_000_000n, monotonicNs: 300_000_000_000n + passed };
	};
	expect(await jiffiesPerSecond(read)).toBe(250);
});
