import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { findClsact } from '../../lib/native/addon.js';
import { child, ended, startChild } from './support/child.js';
import { makeWire, modes } from './support/fixture.js';
import type { Wire } from './support/fixture.js';

let wire: Wire;
beforeEach(() => {
	wire = makeWire();
});
afterEach(() => wire.remove());

const exists = (id: number) =>
	spawnSync('bpftool', ['prog', 'show', 'id', String(id)], { env: { PATH: '/usr/sbin:/usr/bin:/sbin' } }).status === 0;

/** Nothing of these programs is left in the kernel, and no filter on the wire. */
async function expectNothingAttached(ids: readonly number[]): Promise<void> {
	for (let i = 0; i < 100; i++) {
		if (!ids.some(exists) && findClsact(wire.ifindex, 'ingress') === undefined) break;
		await sleep(50);
	}
	expect(ids.filter(exists)).toEqual([]);
	expect(findClsact(wire.ifindex, 'ingress')).toBeUndefined();
	expect(findClsact(wire.ifindex, 'egress')).toBeUndefined();
}

function guardians(): string[] {
	return readdirSync('/proc').filter((pid) => {
		try {
			return (
				/^\d+$/.test(pid) &&
				readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'heddle-guardian' &&
				!readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')
			);
		} catch {
			return false;
		}
	});
}

const idsOf = (line: Record<string, unknown>) => line['ids'] as number[];

describe.each(modes)('with %s', (mode) => {
	it('a killed process leaves no program attached', async () => {
		const { process: started, line } = await startChild('hold', String(wire.ifindex), mode);
		expect(idsOf(line).every(exists)).toBe(true);
		started.kill('SIGKILL');
		await ended(started);
		await expectNothingAttached(idsOf(line));
	});

	it('a process that exits with everything open ends cleanly', async () => {
		for (let i = 0; i < 5; i++) {
			const { process: started, line } = await startChild('exit', String(wire.ifindex), mode);
			expect(await ended(started)).toEqual({ code: 0, signal: null });
			await expectNothingAttached(idsOf(line));
		}
	});

	it('a worker thread that is terminated leaves nothing attached', async () => {
		for (let i = 0; i < 5; i++) {
			const worker = new Worker(child, { workerData: ['hold', String(wire.ifindex), mode] });
			const line = await new Promise<Record<string, unknown>>((resolve, reject) =>
				worker.once('message', resolve).once('error', reject),
			);
			expect(idsOf(line).every(exists)).toBe(true);
			await worker.terminate();
			await expectNothingAttached(idsOf(line));
		}
	});

	it('a worker thread may be terminated at any moment', async () => {
		for (let i = 0; i < 20; i++) {
			const worker = new Worker(child, { workerData: ['hold', String(wire.ifindex), mode] });
			worker.on('error', () => undefined);
			await sleep(i * 8);
			await worker.terminate();
		}
		await expectNothingAttached([]);
	});
});

describe('the guardian', () => {
	it('leaves alone what was kept', async () => {
		const { process: started } = await startChild('holdKept', String(wire.ifindex));
		started.kill('SIGKILL');
		await ended(started);
		await sleep(200);
		for (const hook of ['ingress', 'egress'] as const) {
			const found = findClsact(wire.ifindex, hook);
			expect(found).toBeDefined();
			await found?.detach();
		}
	});

	// Where it is set for good there is no window.
	it.runIf(readFileSync('/sys/kernel/rcu_expedited', 'utf8').trim() === '0')(
		'restores rcu_expedited when the process is killed inside the window',
		async () => {
			const value = () => readFileSync('/sys/kernel/rcu_expedited', 'utf8').trim();
			let killedInside = 0;
			for (let i = 0; i < 15; i++) {
				const { process: started } = await startChild('expedite', String(wire.ifindex), modes[0] as string);
				for (let tries = 0; tries < 20000 && value() === '0'; tries++);
				started.kill('SIGKILL');
				if (value() === '1') killedInside++;
				await ended(started);
				for (let waited = 0; waited < 100 && value() === '1'; waited++) await sleep(20);
				expect(value()).toBe('0');
			}
			expect(killedInside).toBeGreaterThan(0);
		},
	);

	it('is gone when there is nothing to guard', async () => {
		for (let i = 0; i < 50 && guardians().length > 0; i++) await sleep(20);
		expect(guardians()).toEqual([]);
	});
});
