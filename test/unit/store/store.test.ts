import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { openFileStore } from '../../../lib/store/file-store.js';
import { createMemoryStore } from '../../../lib/store/memory-store.js';
import type { Store } from '../../../lib/store/store.js';

let folder: string;
let path: string;

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'heddle-store-'));
	path = join(folder, 'state.db');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const STORES: readonly (readonly [string, () => Promise<Store>])[] = [
	['in memory', () => Promise.resolve(createMemoryStore())],
	['in a file', () => openFileStore(path)],
];

describe.each(STORES)('a store %s', (_, open) => {
	it('keeps rows by kind and key, and forgets those without a value', async () => {
		const store = await open();
		store.write([
			{ kind: 'pod', key: 'a', value: { n: 1 } },
			{ kind: 'pod', key: 'b', value: [true, 'ü', null] },
			{ kind: 'document', key: 'a', value: 'another' },
		]);
		store.write([
			{ kind: 'pod', key: 'a', value: { n: 2 } },
			{ kind: 'pod', key: 'b', value: undefined },
		]);
		expect([...store.all('pod')]).toEqual([['a', { n: 2 }]]);
		expect([...store.all('document')]).toEqual([['a', 'another']]);
		expect(store.all('none').size).toBe(0);
		store.close();
	});

	it('writes all rows of a call or none', async () => {
		const store = await open();
		const circle: { self?: unknown } = {};
		circle.self = circle;
		store.write([{ kind: 'pod', key: 'a', value: 1 }]);
		if (_ === 'in a file') {
			expect(() =>
				store.write([
					{ kind: 'pod', key: 'a', value: 2 },
					{ kind: 'pod', key: 'b', value: circle },
				]),
			).toThrow();
			expect([...store.all('pod')]).toEqual([['a', 1]]);
		}
		store.write([{ kind: 'pod', key: 'c', value: 3 }]);
		expect([...store.all('pod').keys()].sort()).toEqual(['a', 'c']);
		store.close();
	});

	it('answers ERR_CLOSED to a write after its end', async () => {
		const store = await open();
		store.close();
		store.close();
		expect(() => store.write([])).toThrow(expect.objectContaining({ code: 'ERR_CLOSED' }));
	});
});

describe('a store in a file', () => {
	it('has everything when it is opened again', async () => {
		const first = await openFileStore(path);
		first.write([{ kind: 'pod', key: 'a', value: { deep: { text: 'x'.repeat(100_000) } } }]);
		first.close();
		const second = await openFileStore(path);
		expect(second.all('pod').get('a')).toEqual({ deep: { text: 'x'.repeat(100_000) } });
		second.close();
	});

	it('is one process’s at a time', async () => {
		const store = await openFileStore(path);
		await expect(openFileStore(path)).rejects.toMatchObject({ code: 'ERR_STORE_LOCKED', field: 'statePath' });
		store.close();
		(await openFileStore(path)).close();
	});

	it('has every write that returned, whenever its process is killed', async () => {
		const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', WRITER, path], {
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		let told = '';
		child.stdout.on('data', (data: Buffer) => (told += data.toString()));
		await once(child.stdout, 'data');
		await new Promise((resolve) => setTimeout(resolve, 50));
		child.kill('SIGKILL');
		await once(child, 'close');
		const last = Number(told.trimEnd().split('\n').at(-1));
		const store = await openFileStore(path);
		const rows = store.all('pod');
		// Two rows a write: both or neither, and one write more than was told at most.
		expect(rows.size % 2).toBe(0);
		expect([last, last + 1]).toContain(rows.size / 2 - 1);
		expect(last).toBeGreaterThan(5);
		store.close();
	});

	it.each([
		['garbage', 'this is no database, and longer than the header of one would be: '.repeat(40)],
		['another program’s text', '{"pods":[]}'],
	])('refuses %s and leaves it as it is', async (_, text) => {
		writeFileSync(path, text);
		await expect(openFileStore(path)).rejects.toMatchObject({ code: 'ERR_STORE_CORRUPT', found: path });
		expect(readFileSync(path, 'utf8')).toBe(text);
	});

	it('never answers with a part of a file that was cut off', async () => {
		await writeMany();
		const { length } = readFileSync(path);
		for (const size of [100, 4096, length - 4096, length - 1]) {
			truncateSync(path, size);
			await expect(openFileStore(path).then((store) => store.all('pod'))).rejects.toMatchObject({
				code: 'ERR_STORE_CORRUPT',
			});
			rmSync(path);
			await writeMany();
		}
	});

	it('tells of a flipped byte, or has not been touched by it', async () => {
		await writeMany();
		const whole = readFileSync(path);
		const expected = await readAll();
		for (let at = 0; at < whole.length; at += 977) {
			const damaged = Buffer.from(whole);
			damaged[at] = (damaged[at] ?? 0) ^ 0xff;
			writeFileSync(path, damaged);
			expect(['ERR_STORE_CORRUPT', expected], `byte ${at}`).toContain(await readAll());
		}
	});

	it.each([[undefined], ['state.db'], [7]])('refuses the path %s', async (wrong) => {
		await expect(openFileStore(wrong as string)).rejects.toMatchObject({ code: 'ERR_INVALID_ARGUMENT' });
	});
});

async function writeMany(): Promise<void> {
	const store = await openFileStore(path);
	store.write(Array.from({ length: 300 }, (_, i) => ({ kind: 'pod', key: `p${i}`, value: { text: 'y'.repeat(90) } })));
	store.close();
}

async function readAll(): Promise<string> {
	try {
		const store = await openFileStore(path);
		try {
			return JSON.stringify([...store.all('pod')]);
		} finally {
			store.close();
		}
	} catch (error) {
		return String((error as { code?: unknown }).code);
	}
}

const WRITER = `
import { writeSync } from 'node:fs';
const { openFileStore } = await import(${JSON.stringify(new URL('../../../lib/store/file-store.ts', import.meta.url).href)});
const store = await openFileStore(process.argv[1]);
for (let i = 0; ; i++) {
	store.write([{ kind: 'pod', key: 'a' + i, value: i }, { kind: 'pod', key: 'b' + i, value: i }]);
	writeSync(1, i + '\\n');
}
`;
