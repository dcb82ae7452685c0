import { describe, expect, it } from 'vitest';
import { createClientQueue } from '../../../lib/hubble/client-queue.js';
import { createFlowRate } from '../../../lib/hubble/flow-rate.js';
import { formatListen, parseListen } from '../../../lib/hubble/listen-address.js';
import type { HubbleRecord } from '../../../lib/hubble/record.js';
import { createRing } from '../../../lib/hubble/ring.js';
import { createSeenNamespaces } from '../../../lib/hubble/seen-namespaces.js';
import { selectPast } from '../../../lib/hubble/selection.js';
import { end, flow } from './fake-source.js';

const record = (timeNs: number) => ({ kind: 'flow', timeNs: BigInt(timeNs), message: {} }) as unknown as HubbleRecord;
const lost = (timeNs: number, count: number) =>
	({ kind: 'lost', timeNs: BigInt(timeNs), loss: { count, firstNs: BigInt(timeNs - 1) } }) as unknown as HubbleRecord;
const times = (records: readonly HubbleRecord[]) => records.map(({ timeNs }) => Number(timeNs));

describe('a ring', () => {
	it('keeps the newest, in order, and hands over what it pushes out', () => {
		const ring = createRing<number>(3);
		expect([1, 2, 3, 4, 5].map((item) => ring.push(item))).toEqual([undefined, undefined, undefined, 1, 2]);
		expect([ring.length, ring.at(0), ring.at(2), ring.at(3), ring.at(-1)]).toEqual([3, 3, 5, undefined, undefined]);
		expect([ring.shift(), ring.push(6), ring.shift(), ring.shift(), ring.shift(), ring.shift()]).toEqual([
			3,
			undefined,
			4,
			5,
			6,
			undefined,
		]);
		ring.push(7);
		ring.clear();
		expect([ring.length, ring.at(0), ring.shift()]).toEqual([0, undefined, undefined]);
	});
});

describe('a client’s queue', () => {
	it('gives the past, then what came, and a loss before what followed it', () => {
		const queue = createClientQueue([record(1), record(2)], 2);
		[3, 4, 5].forEach((time) => queue.offer(record(time)));
		expect([queue.next(0), queue.next(0)]).toEqual([record(1), record(2)]);
		expect(queue.next(0)).toEqual({ source: 3, count: 1, firstNs: 3n, lastNs: 3n });
		expect([queue.next(0), queue.next(0), queue.next(0)]).toEqual([record(4), record(5), undefined]);
	});

	it('sums losses for a second while there is more to tell, those told to it included', () => {
		const queue = createClientQueue([], 1);
		[1, 2].forEach((time) => queue.offer(record(time)));
		expect(queue.next(0)).toMatchObject({ count: 1 });
		queue.offer(lost(9, 10));
		queue.offer(record(10));
		expect(queue.next(999)).toEqual(record(10));
		expect(queue.next(999)).toEqual({ source: 3, count: 11, firstNs: 2n, lastNs: 9n });
		expect(queue.next(999)).toBeUndefined();
	});

	it('holds nothing once cleared', () => {
		const queue = createClientQueue([record(1)], 1);
		[2, 3].forEach((time) => queue.offer(record(time)));
		queue.clear();
		expect(queue.next(0)).toBeUndefined();
	});
});

describe('the past', () => {
	const history = createRing<HubbleRecord>(10);
	[record(1), record(2), lost(3, 5), record(4), record(5)].forEach((one) => history.push(one));
	const all = { number: 0, first: false, follow: false, sinceNs: undefined, untilNs: undefined, matches: undefined };

	it.each([
		[{}, [1, 2, 3, 4, 5]],
		[{ number: 2 }, [4, 5]],
		[{ number: 3 }, [2, 3, 4, 5]],
		[{ number: 3, first: true }, [1, 2, 3, 4]],
		[{ follow: true }, []],
		[{ follow: true, number: 1 }, [5]],
		[{ follow: true, number: 1, sinceNs: 2n }, [2, 3, 4, 5]],
		[{ matches: () => false }, [3]],
	])('%o is %j: losses are told, not counted', (more, wanted) => {
		expect(times(selectPast(history, { ...all, ...more }))).toEqual(wanted);
	});
});

describe('the rate of flows', () => {
	it('is that of the last minute, or since the beginning', () => {
		const rate = createFlowRate(0);
		expect(rate.perSecond(0)).toBe(0);
		for (let second = 0; second < 10; second++) {
			rate.add(second * 1000);
			rate.add(second * 1000 + 500);
		}
		expect(rate.perSecond(10_000)).toBe(2);
		expect(rate.perSecond(60_000)).toBeCloseTo(18 / 60);
		expect(rate.perSecond(500_000)).toBe(0);
	});
});

describe('namespaces', () => {
	it('are kept for an hour after their last flow', () => {
		const seen = createSeenNamespaces('default');
		const of = (namespace: string) => flow(0, { source: end({ namespace }), destination: end({ namespace: 'web' }) });
		seen.see(of('b'), 0);
		seen.see(of('a'), 1000);
		expect(seen.list(3_600_000).map(({ namespace }) => namespace)).toEqual(['a', 'b', 'web']);
		expect(seen.list(3_600_001).map(({ namespace }) => namespace)).toEqual(['a', 'web']);
		expect(seen.list(9_999_999)).toEqual([]);
	});
});

it.each([
	['unix:///run/hubble.sock', 'unix:///run/hubble.sock'],
	['unix:/run/hubble.sock', 'unix:///run/hubble.sock'],
	[':4244', ':4244'],
	['[::1]:4244', '[::1]:4244'],
	['node.local:4244', 'node.local:4244'],
])('%s is read as %s', (text, formatted) => {
	expect(formatListen(parseListen(text))).toBe(formatted);
});
