/** A history of so many flows, in a process of its own: argv is the file, how many, and over how many hours. */
import { openFlowHistory } from '../../lib/history/open.js';
import type { FlowHistory } from '../../lib/history/history.js';
import type { FlowQuery } from '../../lib/history/query.js';
import { createFlowMaker } from './flows.js';

const [path = '', count = '', hours = ''] = process.argv.slice(2);
const HOUR_MS = 3_600_000;
const NS_PER_HOUR = 3.6e12;
const START_MS = Date.UTC(2026, 10, 24);
/** What generates more is cut short. */
const MOST_MS = 240_000;
const BATCH = 1000;
const LINES_OF_CONVERSATION = 3.3;
/** Pods of one app among eighty. */
const IDENTITY = 1010;
const ROUNDS = 3;

interface Filled {
	readonly flows: number;
	readonly appendSeconds: number;
}

function fill(history: FlowHistory): Filled {
	const maker = createFlowMaker(1);
	const gapNs = (Number(hours) * NS_PER_HOUR * LINES_OF_CONVERSATION) / Number(count);
	const started = performance.now();
	let [flows, conversations, appendMs] = [0, 0, 0];
	while (flows < Number(count) && performance.now() - started < MOST_MS) {
		const batch = [];
		while (batch.length < BATCH) {
			batch.push(...maker.next(BigInt(START_MS) * 1_000_000n + BigInt(Math.floor(gapNs * conversations++))));
		}
		const before = performance.now();
		history.append(batch);
		appendMs += performance.now() - before;
		flows += batch.length;
	}
	return { flows, appendSeconds: appendMs / 1000 };
}

/** Median of the milliseconds, and how many were found. */
async function time(history: FlowHistory, query: FlowQuery): Promise<{ ms: number; found: number }> {
	const times: number[] = [];
	let found = 0;
	for (let round = 0; round < ROUNDS; round++) {
		const started = performance.now();
		found = 0;
		for await (const _ of history.query(query)) found++;
		times.push(performance.now() - started);
	}
	if (found === 0) throw new Error('history: found no flow, expected some');
	return { ms: times.sort((a, b) => a - b)[ROUNDS >> 1]!, found };
}

const writing = await openFlowHistory({ path });
const filled = fill(writing);
await writing.close();
// As after a restart: nothing is in memory.
const history = await openFlowHistory({ path });
const { diskBytes, latest, earliest } = history.stats();
const since = new Date((latest!.getTime() + earliest!.getTime()) / 2 - HOUR_MS / 2);
const filter = { identity: IDENTITY, verdict: 'DROPPED' } as const;
const hour = await time(history, { filter, since, until: new Date(since.getTime() + HOUR_MS) });
const all = await time(history, { filter });
await history.close();
process.send?.({ ...filled, diskBytes, hour, all });
process.disconnect?.();
