import { describe, expect, it } from 'vitest';

import { createTally } from '../../../lib/metrics/tally.js';

const sum = (samples: Iterable<readonly [unknown, number | bigint]>) =>
	[...samples].reduce((total, [, value]) => total + Number(value), 0);

describe('a tally', () => {
	it('adds up what has the same labels, and leaves out labels that are not its own', () => {
		const tally = createTally(['a', 'b'], 10);
		tally.add({ a: '1', b: '2', network: 'blue' });
		tally.add({ b: '2', a: '1', network: 'red' }, 5n);
		tally.add({ a: '1' }, 2);
		expect([...tally]).toEqual([
			[{ a: '1', b: '2' }, 6],
			[{ a: '1', b: '' }, 2],
		]);
	});

	it('without labels is one number, whatever the bound', () => {
		const tally = createTally([], 1);
		tally.add({});
		tally.add({ any: 'thing' });
		expect([...tally]).toEqual([[{}, 2]]);
	});

	it.each([1, 2, 3, 10, 11, 100, 1000])('has at most %i label sets, and loses nothing', (most) => {
		const tally = createTally(['protocol', 'port'], most);
		for (let i = 0; i < 5000; i++) {
			tally.add({ protocol: `p${i % 7}`, port: String(i) });
		}
		expect([...tally].length).toBeLessThanOrEqual(most);
		expect(sum(tally)).toBe(5000);
	});

	it('says the protocol of ports that are other', () => {
		const tally = createTally(['protocol', 'port'], 100);
		for (let port = 1; port <= 1000; port++) {
			tally.add({ protocol: 'TCP', port: String(port) });
			tally.add({ protocol: 'UDP', port: String(port) });
		}
		const others = [...tally].filter(([labels]) => labels['port'] === 'other');
		expect(others).toEqual([
			[{ protocol: 'TCP', port: 'other' }, 955],
			[{ protocol: 'UDP', port: 'other' }, 955],
		]);
	});

	it('says other of every label once there is room for nothing else', () => {
		const tally = createTally(['reason'], 3);
		for (const reason of ['a', 'b', 'c', 'd', 'a']) {
			tally.add({ reason });
		}
		expect([...tally]).toEqual([
			[{ reason: 'a' }, 2],
			[{ reason: 'b' }, 1],
			[{ reason: 'other' }, 2],
		]);
	});

	it('that counts anew keeps to what was other', () => {
		const tally = createTally(['reason'], 2);
		tally.add({ reason: 'a' });
		tally.add({ reason: 'b' });
		tally.zero();
		tally.add({ reason: 'b' }, 4);
		expect([...tally]).toEqual([
			[{ reason: 'a' }, 0],
			[{ reason: 'other' }, 4],
		]);
	});

	it('that was cleared has room again', () => {
		const tally = createTally(['network'], 2);
		tally.add({ network: 'a' });
		tally.clear();
		tally.add({ network: 'b' });
		expect([...tally]).toEqual([[{ network: 'b' }, 1]]);
	});

	it('tells label values apart that run into each other', () => {
		const tally = createTally(['a', 'b'], 10);
		tally.add({ a: 'x,', b: 'y' });
		tally.add({ a: 'x', b: ',y' });
		expect([...tally]).toHaveLength(2);
	});
});
