/** Ends the suite: what it left behind fails it, by name. */

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { RUN_MARK, leaked, takeSnapshot, type Snapshot } from './snapshot.js';

/** Workers end, and the kernel frees, a little after the last test. */
const PATIENCE_MS = 8000;
const STEP_MS = 200;

interface Run {
	readonly mark: string;
	readonly before: Snapshot;
	/** Projects that still run. */
	projects: number;
}

// Every project of a run loads this module anew: what they share lives outside of it.
const shared = globalThis as { heddleTestRun?: Run };

export function setup(): void {
	shared.heddleTestRun ??= beginRun();
	shared.heddleTestRun.projects++;
}

function beginRun(): Run {
	const mark = randomUUID();
	process.env[RUN_MARK] = mark;
	return { mark, before: takeSnapshot(mark), projects: 0 };
}

/** The last project's looks. */
export async function teardown(): Promise<void> {
	const run = shared.heddleTestRun;
	if (run === undefined || --run.projects > 0) return;
	const left = await remaining(run);
	if (left.length === 0) return;
	console.error(`LEAK: the tests left behind:\n${left.map((one) => `  ${one}`).join('\n')}`);
	// For a machine where others load BPF programs at the same time.
	if (process.env['HEDDLE_LEAK_CHECK'] !== 'warn') process.exitCode = 1;
}

async function remaining({ before, mark }: Run): Promise<string[]> {
	for (let waited = 0; ; waited += STEP_MS) {
		const left = leaked(before, takeSnapshot(mark));
		if (left.length === 0 || waited >= PATIENCE_MS) return left;
		await sleep(STEP_MS);
	}
}
