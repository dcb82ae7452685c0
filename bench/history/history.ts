import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BenchContext } from '../support/context.js';

interface Figures {
	readonly flows: number;
	readonly appendSeconds: number;
	readonly diskBytes: number;
	readonly hour: Query;
	readonly all: Query;
}

interface Query {
	readonly ms: number;
	readonly found: number;
}

const ALL_FLOWS = 10_000_000;
const DAY_HOURS = 24;
/** Without --full: a tenth of the flows in a tenth of the day, so that an hour holds as many. */
const SCALE = 10;

export async function runHistory({ full, results, say, cleanup }: BenchContext): Promise<void> {
	const scale = full ? 1 : SCALE;
	const [flows, hours] = [ALL_FLOWS / scale, DAY_HOURS / scale];
	say(`history: ${flows} flows of ${hours} hours${full ? '' : ' (--full: 10 M of a day)'}`);
	const figures = await measure(flows, hours, cleanup);
	const millions = `${(figures.flows / 1e6).toFixed(1)} M flows`;
	if (figures.flows < flows) {
		results.fact(`history: cut short at ${millions} of ${flows / 1e6} M, by time`);
	}
	results.add('history_flow_bytes', 'B', figures.diskBytes / figures.flows, `on disk, all files, ${millions}`);
	results.add('history_append_per_s', '1/s', figures.flows / figures.appendSeconds, 'appended and on disk, one core');
	const { hour, all } = figures;
	results.add(
		'history_hour_ms',
		'ms',
		hour.ms,
		`identity and verdict over an hour of ${millions}, ${hour.found} found`,
	);
	results.add('history_all_ms', 'ms', all.ms, `the same over all ${millions}, ${all.found} found`);
}

async function measure(flows: number, hours: number, cleanup: BenchContext['cleanup']): Promise<Figures> {
	const folder = mkdtempSync(join(tmpdir(), 'heddle-bench-history-'));
	cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
	const module = fileURLToPath(new URL('./history-child.ts', import.meta.url));
	const child = fork(module, [join(folder, 'flows.db'), String(flows), String(hours)], {
		execArgv: ['--import', 'tsx'],
	});
	cleanup.add(() => void child.kill('SIGKILL'));
	const [answer] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [Figures | number];
	if (typeof answer !== 'object') throw new Error(`history: found its process ended with ${answer}, expected figures`);
	return answer;
}
