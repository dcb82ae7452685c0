import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const STORE = new URL('../../lib/store/file-store.ts', import.meta.url).href;

let folder: string;

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'heddle-disk-'));
	execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=192k', 'tmpfs', folder]);
});

afterEach(() => {
	execFileSync('umount', ['-l', folder]);
	rmdirSync(folder);
});

/** In a process of its own, as an agent is: what it wrote to its output, in JSON. */
function inProcess(body: string): unknown {
	const script = `
		const { openFileStore } = await import(${JSON.stringify(STORE)});
		const codeOf = async (body) => { try { return await body(); } catch (error) { return error.code; } };
		const path = ${JSON.stringify(join(folder, 'state.db'))};
		${body}`;
	const args = ['--import', 'tsx', '--input-type=module', '--eval', script];
	return JSON.parse(execFileSync(process.execPath, args, { timeout: 60_000, encoding: 'utf8' }));
}

const FILL = `
	const store = await openFileStore(path);
	let written = 0;
	const code = await codeOf(() => {
		for (; written < 500; written++) store.write([{ kind: 'pod', key: 'a' + written, value: 'y'.repeat(3000) }, { kind: 'pod', key: 'b' + written, value: 1 }]);
	});
	const again = await codeOf(() => store.write([{ kind: 'pod', key: 'late', value: 'y'.repeat(9000) }]));
	const known = store.all('pod').size;
	console.log(JSON.stringify({ written, code, again, known }));
`;
const COUNT = `
	const found = await codeOf(async () => {
		const store = await openFileStore(path);
		const { size } = store.all('pod');
		store.close();
		return size;
	});
	console.log(JSON.stringify(found));
`;

describe('a state file on a disk', () => {
	it('that is full refuses what does not fit, and has all that it took', () => {
		const { written, ...found } = inProcess(FILL) as { written: number };
		expect(written).toBeGreaterThan(3);
		expect(found).toEqual({ code: 'ERR_STORE_FULL', again: 'ERR_STORE_FULL', known: written * 2 });
		execFileSync('mount', ['-o', 'remount,size=4m', folder]);
		expect(inProcess(COUNT)).toBe(written * 2);
	});

	it('that is full from the start is told', () => {
		execFileSync('sh', ['-c', `cat /dev/zero > ${join(folder, 'other')} 2>/dev/null || true`]);
		expect(inProcess(COUNT)).toBe('ERR_STORE_FULL');
	});

	it('that is read-only is told', () => {
		expect(inProcess(COUNT)).toBe(0);
		execFileSync('mount', ['-o', 'remount,ro', folder]);
		expect(inProcess(COUNT)).toBe('ERR_STORE_READ_ONLY');
	});
});
