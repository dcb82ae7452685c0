import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { documentName } from '../../../lib/documents/document.js';
import { loadFiles, loadFolder, readPaths } from '../../../lib/documents/load.js';
import { readStream } from '../../../lib/documents/stream.js';

const pod = (name: string) => `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name} }\n`;

describe('a stream', () => {
	test('is read whatever its pieces are', async () => {
		const bytes = Buffer.from(`${pod('a')}  # é😀\n---\n${pod('b')}`);
		const pieces = Array.from(bytes, (byte) => Uint8Array.of(byte));
		for (const source of [[bytes], pieces, [bytes.toString()]]) {
			const { documents, issues } = await readStream(Readable.from(source));
			expect([documents.map(documentName), issues]).toEqual([['Pod default/a', 'Pod default/b'], []]);
		}
	});

	test('has its name and its lines in issues', async () => {
		const { issues } = await readStream(Readable.from([pod('a'), '---\n', pod('A')]), { file: 'stdin' });
		expect(issues).toMatchObject([{ file: 'stdin', line: 7, document: 'Pod default/A' }]);
	});

	test('without end is left when it is too long', async () => {
		let given = 0;
		const endless = (function* () {
			for (;;) {
				given++;
				yield '# nothing\n'.repeat(100);
			}
		})();
		const { issues } = await readStream(Readable.from(endless), { length: 10_000 });
		expect(issues.map(({ message }) => message)).toEqual([
			expect.stringMatching(/^found \d+ characters, expected at most 10000$/),
		]);
		expect(given).toBeLessThan(100);
	});

	test('of no UTF-8 is refused', async () => {
		await expect(readStream(Readable.from([Uint8Array.of(0x61, 0xff)]))).rejects.toThrow(
			'found bytes that are no UTF-8',
		);
		await expect(readStream(Readable.from([Uint8Array.of(0xc3)]))).rejects.toThrow('found bytes that are no UTF-8');
	});

	test('that fails, fails', async () => {
		const failing = (async function* () {
			yield await Promise.resolve(pod('a'));
			throw new Error('gone');
		})();
		await expect(readStream(failing)).rejects.toThrow('gone');
	});
});

describe('files', () => {
	let folder: string;
	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'heddle-documents-'));
		await writeFile(join(folder, 'b.yml'), pod('b'));
		await writeFile(join(folder, 'a.yaml'), pod('a'));
		await writeFile(join(folder, 'c.json'), JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'c' } }));
		await writeFile(join(folder, 'd.txt'), 'not read');
		await writeFile(join(folder, 'wrong.bad'), pod('A'));
	});
	afterAll(() => rm(folder, { recursive: true }));

	test('of a folder are read by name: .yaml, .yml and .json', async () => {
		expect((await loadFolder(folder)).map(documentName)).toEqual(['Pod default/a', 'Pod default/b', 'Pod default/c']);
	});

	test('and folders are read together, right beside wrong', async () => {
		const { documents, issues } = await readPaths([join(folder, 'wrong.bad'), folder]);
		expect(documents).toHaveLength(3);
		expect(issues).toMatchObject([{ file: join(folder, 'wrong.bad'), line: 3 }]);
	});

	test('that are not there, or wrong, are refused by name', async () => {
		await expect(loadFolder('examples/nowhere')).rejects.toThrow('cannot read examples/nowhere: ENOENT');
		await expect(loadFiles(['examples/nowhere.yaml'])).rejects.toMatchObject({
			code: 'ERR_UNREADABLE',
			found: 'examples/nowhere.yaml',
		});
		await expect(loadFiles([join(folder, 'wrong.bad')])).rejects.toMatchObject({ code: 'ERR_POLICY' });
	});
});
