import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HeddleDocument } from './document.js';
import { parseDocuments } from './parse.js';

/** All documents of the `.yaml` and `.yml` files of a folder, by file name. @throws PolicyError with every issue */
export async function loadFolder(folder: string): Promise<readonly HeddleDocument[]> {
	const names = (await readdir(folder)).filter((name) => /\.ya?ml$/.test(name)).sort();
	return loadFiles(names.map((name) => join(folder, name)));
}

/** @throws PolicyError with every issue */
export async function loadFiles(files: readonly string[]): Promise<readonly HeddleDocument[]> {
	const inputs = await Promise.all(files.map(async (file) => ({ file, text: await readFile(file, 'utf8') })));
	return parseDocuments(...inputs);
}
