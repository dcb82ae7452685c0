import fc from 'fast-check';
import { expect, it } from 'vitest';
import { flowPredicate } from '../../../lib/flows/filter.js';
import type { FlowFilter } from '../../../lib/flows/filter.js';
import { openFlowHistory } from '../../../lib/history/open.js';
import { START_MS, anyFlow } from './arbitrary-flow.js';
import { found, withFolder, withHistory } from './support.js';

const flows = fc.array(anyFlow, { maxLength: 40 });

it('gives every field back as it was appended: from memory, from disk, and from a file that was opened again', async () => {
	await fc.assert(
		fc.asyncProperty(flows, flows, async (some, more) => {
			await withFolder(async (path) => {
				const first = await openFlowHistory({ path });
				first.append(some);
				expect(await found(first)).toEqual(some);
				await first.close();
				const second = await openFlowHistory({ path });
				expect(await found(second)).toEqual(some);
				second.append(new Set(more));
				expect(await found(second)).toEqual([...some, ...more]);
				await second.close();
				await using third = await openFlowHistory({ path });
				expect(await found(third)).toEqual([...some, ...more]);
			});
		}),
		{ numRuns: 20 },
	);
}, 60_000);

const many = <T>(...values: T[]) =>
	fc.option(fc.oneof(fc.constantFrom(...values), fc.subarray(values)), { nil: undefined, freq: 2 });

const anyFilter: fc.Arbitrary<FlowFilter> = fc.record({
	endpoint: many<number | string>(1, 2, 'a', ''),
	pod: many('a', 'default/b', 'b/web-0', 'undefined/a'),
	identity: many(0, 2, 1000, 77),
	network: many('default', 'blue', 'none'),
	verdict: many('FORWARDED', 'DROPPED'),
	eventType: many('drop', 'flow-end', 'to-host'),
	protocol: many('tcp', 'UDP', 'icmp', '47', 'http', 'dns'),
	trafficDirection: many('INGRESS', 'EGRESS'),
	dropReason: many('POLICY_DENIED', 'NONE'),
	ip: many('10.0.0.1', 'fd00::1', '10.9.9.9'),
	port: many(0, 53, 443, 444),
	isReply: fc.option(fc.boolean(), { nil: undefined }),
});
const time = fc.option(
	fc.integer({ min: -1000, max: 11_000 }).map((ms) => new Date(START_MS + ms)),
	{ nil: undefined },
);
const limit = fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined });

it('answers as the filter of live flows does', async () => {
	const asked = fc.array(fc.record({ filter: anyFilter, since: time, until: time, count: limit }), { maxLength: 20 });
	await fc.assert(
		fc.asyncProperty(flows, flows, asked, async (stored, pending, queries) => {
			await withFolder(async (path) => {
				const before = await openFlowHistory({ path });
				before.append(stored);
				await before.close();
				await using history = await openFlowHistory({ path });
				history.append(pending);
				for (const { filter, since, until, count } of queries) {
					const matches = flowPredicate(filter);
					const expected = [...stored, ...pending].filter(
						(flow) =>
							matches(flow) &&
							(since === undefined || flow.timeNs >= BigInt(since.getTime()) * 1_000_000n) &&
							(until === undefined || flow.timeNs < BigInt(until.getTime() + 1) * 1_000_000n),
					);
					const when = { since, until };
					expect(await found(history, { filter, ...when })).toEqual(expected);
					expect(await found(history, { filter: matches, ...when })).toEqual(expected);
					if (count !== undefined) {
						expect(await found(history, { filter, ...when, first: count })).toEqual(expected.slice(0, count));
						expect(await found(history, { filter, ...when, last: count })).toEqual(expected.slice(-count));
					}
				}
			});
		}),
		{ numRuns: 20 },
	);
}, 60_000);

it('keeps the order of arrival when the clock steps, however far', async () => {
	const day = 86_400_000_000_000n;
	const times = [0n, -5n, 10n, 40n * day, -400n * day, 1n, -1n];
	const sample = fc.sample(anyFlow, times.length).map((flow, i) => {
		const timeNs = BigInt(START_MS) * 1_000_000n + times[i]!;
		return { ...flow, timeNs, time: new Date(Number(timeNs / 1_000_000n)) };
	});
	await withHistory(async (history) => {
		history.append(sample);
		expect(await found(history)).toEqual(sample);
		const until = new Date(START_MS - 1);
		expect(await found(history, { until })).toEqual([sample[1], sample[4], sample[6]]);
	});
});
