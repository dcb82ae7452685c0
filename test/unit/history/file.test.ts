import { openSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isHeddleError } from '../../../lib/errors.js';
import { createFlowMaker } from '../../../bench/history/flows.js';
import type { Flow } from '../../../lib/flows/flow.js';
import { openFlowHistory } from '../../../lib/history/open.js';
import { found, numbered, range, withFolder, withHistory } from './support.js';

const flows = (from: number, to: number): Flow[] => range(from, to).map((i) => numbered(i));

/** Hardly packed: most bytes of the file tell something. */
const DAMAGED = range(0, 3000).map(incompressible);

/** Two whole segments and something more. */
const MANY = 140_000;

describe('a flow history', () => {
	it('of several segments is read in order, from either end, and takes few bytes', async () => {
		await withHistory(async (history) => {
			for (let from = 0; from < MANY; from += 10_000) {
				history.append(flows(from, from + 10_000));
			}
			const when = { since: new Date(numbered(60_000).time), until: new Date(numbered(69_999).time) };
			const dropped = await found(history, { filter: { verdict: 'DROPPED', identity: 1003 }, ...when });
			const expected = range(60_000, 70_000).filter((i) => i % 10 === 0 && i % 7 === 3);
			expect(dropped).toEqual(expected.map((i) => numbered(i)));
			expect((await found(history, { first: 2 })).map(({ time }) => time)).toEqual([
				numbered(0).time,
				numbered(1).time,
			]);
			const newest = await found(history, { last: 70_000, filter: { port: 443 } });
			expect([newest.length, newest[0], newest.at(-1)]).toEqual([70_000, numbered(70_000), numbered(MANY - 1)]);
			expect(history.stats()).toMatchObject({
				flows: MANY,
				lost: 0,
				earliest: numbered(0).time,
				latest: numbered(MANY - 1).time,
			});
		});
	});

	it('takes under 120 bytes for a flow of a busy node, everything counted', async () => {
		await withHistory(async (history, path) => {
			const maker = createFlowMaker(7);
			let count = 0;
			for (let i = 0; count < 70_000; i++) {
				const lines = maker.next(1_800_000_000_000_000_000n + BigInt(i) * 30_123_457n);
				history.append(lines);
				count += lines.length;
			}
			await history.close();
			expect(statSync(path).size / count).toBeLessThan(30);
		});
	});

	it('never grows beyond its bytes: the oldest go', async () => {
		const maxBytes = 16 << 20;
		await withHistory(
			async (history) => {
				let [appended, largest] = [0, 0];
				// Random ports and counts do not pack.
				for (let round = 0; round < 16; round++) {
					history.append(range(0, 20_000).map((i) => incompressible(appended + i)));
					appended += 20_000;
					largest = Math.max(largest, history.stats().diskBytes);
				}
				const { flows: held, lost } = history.stats();
				expect(largest).toBeLessThanOrEqual(maxBytes);
				expect(held).toBeLessThan(appended);
				expect(lost).toBe(0);
				const [oldest] = await found(history, { first: 1 });
				expect(oldest).toEqual(incompressible(appended - held));
			},
			{ maxBytes },
		);
	}, 60_000);

	it('forgets what is older than its age', async () => {
		const now = Date.now();
		await withFolder(async (path) => {
			const before = await openFlowHistory({ path });
			before.append(range(0, 70_000).map((i) => numbered(i, now - 600_000)));
			before.append([numbered(0, now)]);
			await before.close();
			await using history = await openFlowHistory({ path, maxAge: 60_000 });
			expect(await found(history)).toEqual([numbered(0, now)]);
			expect(history.stats().flows).toBeLessThan(10_000);
		});
	});

	it('refuses a flow that it could not give back, and takes none of those beside it', async () => {
		await withHistory(async (history) => {
			const good = numbered(1);
			const bad: [Partial<Flow>, string][] = [
				[{ length: 1.5 }, 'flows[1].length'],
				[{ timeNs: 2n ** 63n }, 'flows[1].timeNs'],
				[{ time: new Date(Number.NaN) }, 'flows[1].time'],
				[{ l4: { protocol: 'TCP', sourcePort: 70_000 } }, 'flows[1].l4.sourcePort'],
				[{ source: { ...good.source, identity: Number.NaN } }, 'flows[1].source.identity'],
			];
			for (const [fields, field] of bad) {
				expect(() => history.append([good, { ...good, ...fields }])).toThrow(
					expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT', field }) as Error,
				);
			}
			expect(await found(history)).toEqual([]);
		});
	});

	it('refuses options and queries that mean nothing', async () => {
		const open = (options: object) => openFlowHistory({ path: '/nowhere/x', ...options });
		for (const [options, field] of [
			[{ path: 'relative' }, 'path'],
			[{ maxBytes: 1 }, 'maxBytes'],
			[{ maxAge: -1 }, 'maxAge'],
			[{ flushMs: 0 }, 'flushMs'],
		] as const) {
			await expect(open(options)).rejects.toMatchObject({ code: 'ERR_INVALID_ARGUMENT', field });
		}
		await withHistory(async (history) => {
			const refusal = (field: string) => expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT', field }) as Error;
			expect(() => history.query({ first: 0 })).toThrow(refusal('first'));
			expect(() => history.query({ first: 1, last: 1 })).toThrow(refusal('last'));
			expect(() => history.query({ since: new Date(Number.NaN) })).toThrow(refusal('since'));
		});
	});

	it('that is open is not for a second process; that is closed is for nobody', async () => {
		await withHistory(async (history, path) => {
			await expect(openFlowHistory({ path })).rejects.toMatchObject({ code: 'ERR_STORE_LOCKED' });
			history.append([numbered(1)]);
			const reading = history.query();
			await history.close();
			const closed = expect.objectContaining({ code: 'ERR_CLOSED' }) as Error;
			expect(() => history.append([])).toThrow(closed);
			await expect(reading.next()).rejects.toMatchObject({ code: 'ERR_CLOSED' });
		});
	});

	it('that was damaged is told, or has not been touched by it', async () => {
		await withFolder(async (path) => {
			const writing = await openFlowHistory({ path });
			writing.append(DAMAGED);
			await writing.close();
			const whole = readFileSync(path);
			let told = 0;
			for (let at = 0; at < whole.length; at += Math.ceil(whole.length / 30)) {
				const bytes = Buffer.from(whole);
				bytes[at]! ^= 0x55;
				writeFileSync(path, bytes);
				told += await readOrTell(path);
			}
			expect(told).toBeGreaterThan(3);
		});
	});

	it('that is no such file is told', async () => {
		await withFolder(async (path) => {
			writeSync(openSync(path, 'w'), 'a text, longer than any header of a file that SQLite would take. '.repeat(99));
			await expect(openFlowHistory({ path })).rejects.toMatchObject({ code: 'ERR_STORE_CORRUPT', field: 'path' });
		});
	});
});

/** 1 when the damage was told; else everything must be there. */
async function readOrTell(path: string): Promise<number> {
	try {
		await using history = await openFlowHistory({ path });
		expect(await found(history)).toEqual(DAMAGED);
		return 0;
	} catch (error) {
		if (!isHeddleError(error, 'ERR_STORE_CORRUPT')) {
			throw error;
		}
		return 1;
	}
}

function incompressible(i: number): Flow {
	const [packets, bytes, replyPackets, replyBytes] = [0, 1, 2, 3].map((n) => mixed(BigInt(i * 4 + n))) as Four;
	return { ...numbered(i), end: { cause: 'idle', started: new Date(0), packets, bytes, replyPackets, replyBytes } };
}

type Four = [bigint, bigint, bigint, bigint];

/** splitmix64 */
function mixed(seed: bigint): bigint {
	let mix = BigInt.asUintN(64, (seed + 1n) * 0x9e3779b97f4a7c15n);
	mix = BigInt.asUintN(64, (mix ^ (mix >> 30n)) * 0xbf58476d1ce4e5b9n);
	return mix ^ (mix >> 27n);
}
