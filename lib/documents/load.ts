import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HeddleError } from '../errors.js';
import type { HeddleDocument } from './document.js';
import { parseDocuments } from './parse.js';

/** All documents of the `.yaml` and `.yml` files of a folder, by file name. @throws PolicyError with every issue, ERR_UNREADABLE */
export async function loadFolder(folder: string): Promise<readonly HeddleDocument[]> {
	const names = (await reading(folder, readdir(folder))).filter((name) => /\.ya?ml$/.test(name)).sort();
	return loadFiles(names.map((name) => join(folder, name)));
}

/** @throws PolicyError with every issue, ERR_UNREADABLE */
export async function loadFiles(files: readonly string[]): Promise<readonly HeddleDocument[]> {
	const texts = files.map(async (file) => ({ file, text: await reading(file, readFile(file, 'utf8')) }));
	return parseDocuments(...(await Promise.all(texts)));
}

async function reading<T>(path: string, work: Promise<T>): Promise<T> {
	try {
		return await work;
	} catch (cause) {
		const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
		throw new HeddleError('ERR_UNREADABLE', `cannot read ${path}: ${reason}`, { found: path, cause });
	}
}
