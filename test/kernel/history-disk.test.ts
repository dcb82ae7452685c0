import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const moduleAt = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);

let folder: string;

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'heddle-disk-'));
	execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]);
});

afterEach(() => {
	execFileSync('umount', ['-l', folder]);
	rmdirSync(folder);
});

/** In a process of its own, as an agent is: what it wrote to its output, in JSON. */
function inProcess(body: string): unknown {
	const script = `
		const { execFileSync } = await import('node:child_process');
		const { openFlowHistory } = await import(${moduleAt('../../lib/history/open.ts')});
		const { exportFlows } = await import(${moduleAt('../../lib/export/export.ts')});
		const { numbered, range } = await import(${moduleAt('../unit/history/support.ts')});
		const { createFlowMaker } = await import(${moduleAt('../../bench/history/flows.ts')});
		const codeOf = async (body) => { try { return await body(); } catch (error) { return error.code; } };
		const folder = ${JSON.stringify(folder)};
		const path = folder + '/flows.db';
		const remount = (options) => execFileSync('mount', ['-o', 'remount,' + options, folder]);
		const found = async (history) => { let count = 0; for await (const _ of history.query()) count++; return count; };
		${body}`;
	const args = ['--import', 'tsx', '--input-type=module', '--eval', script];
	return JSON.parse(execFileSync(process.execPath, args, { timeout: 100_000, encoding: 'utf8' }));
}

const FILL = `
	const history = await openFlowHistory({ path, flushMs: 1 });
	const maker = createFlowMaker(3);
	let appended = 0;
	let time = 1_800_000_000_000_000_000n;
	const append = (count) => {
		const flows = [];
		while (flows.length < count) flows.push(...maker.next(time += 12_345_678n));
		history.append(flows);
		appended += flows.length;
	};
	for (let round = 0; round < 400 && history.stats().lost === 0; round++) {
		append(2000);
		await new Promise((resolve) => setTimeout(resolve, 3));
	}
	const { lost, failure, flows } = history.stats();
	const before = { code: failure?.code, lostSome: lost > 0, sum: flows + lost === appended, readable: (await found(history)) === flows };
	remount('size=64m');
	append(2000);
	await new Promise((resolve) => setTimeout(resolve, 200));
	const after = { pending: history.stats().pending, code: history.stats().failure?.code, lostNoMore: history.stats().lost === lost };
	await history.close();
	const again = await openFlowHistory({ path });
	const kept = (await found(again)) === appended - lost;
	await again.close();
	console.log(JSON.stringify({ before, after, kept }));
`;

const WRITE = `
	const history = await openFlowHistory({ path });
	history.append(range(0, 100).map((i) => numbered(i)));
	await history.close();
	console.log('null');
`;

const READ_ONLY = `
	const history = await codeOf(() => openFlowHistory({ path }));
	const exported = await codeOf(async () => exportFlows((async function* () {})(), { path: folder + '/events.log' }));
	console.log(JSON.stringify([history, exported]));
`;

const FULL_FROM_START = `
	const code = await codeOf(() => openFlowHistory({ path }));
	console.log(JSON.stringify(code));
`;

const EXPORT = `
	async function* source() { for (let i = 0; i < 3000; i++) yield numbered(i); }
	const running = exportFlows(source(), { path: folder + '/events.log' });
	await running.done;
	const { exported, lost, failure } = running.stats();
	console.log(JSON.stringify({ exported, lost, code: failure?.code }));
`;

describe('flows on a disk', () => {
	it('that is full are counted as lost, those before stay, and go on once there is room', () => {
		expect(inProcess(FILL)).toEqual({
			before: { code: 'ERR_STORE_FULL', lostSome: true, sum: true, readable: true },
			after: { pending: 0, lostNoMore: true },
			kept: true,
		});
	});

	it('that is full from the start are told', () => {
		execFileSync('sh', ['-c', `cat /dev/zero > ${join(folder, 'other')} 2>/dev/null || true`]);
		expect(inProcess(FULL_FROM_START)).toBe('ERR_STORE_FULL');
	});

	it('that is read-only are told', () => {
		inProcess(WRITE);
		execFileSync('mount', ['-o', 'remount,ro', folder]);
		expect(inProcess(READ_ONLY)).toEqual(['ERR_STORE_READ_ONLY', 'ERR_STORE_READ_ONLY']);
	});

	it('that is full are exported in whole lines, the others counted', () => {
		const { exported, lost, code } = inProcess(EXPORT) as { exported: number; lost: number; code: string };
		const lines = readFileSync(join(folder, 'events.log'), 'utf8').split('\n');
		expect(lines.pop()).toBe('');
		expect(lines.map((line) => Object.keys(JSON.parse(line) as object)[0])).toEqual(lines.map(() => 'flow'));
		expect({ exported, code, written: lines.length + lost }).toEqual({
			exported: 3000,
			code: 'ERR_STORE_FULL',
			written: 3000,
		});
	});
});
