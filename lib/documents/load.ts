import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { HeddleDocument } from './document.js';
import { throwIssues } from './issue.js';
import { withDefaults, type DocumentLimits } from './limits.js';
import { readDocuments, type ReadResult } from './parse.js';
import { reading } from './reading.js';
import { textOfStream } from './stream.js';

/** All documents of the `.yaml`, `.yml` and `.json` files of a folder, by file name. @throws PolicyError with every issue, ERR_UNREADABLE */
export async function loadFolder(folder: string): Promise<readonly HeddleDocument[]> {
	return loadFiles(await filesIn(folder));
}

/** @throws PolicyError with every issue, ERR_UNREADABLE */
export async function loadFiles(files: readonly string[]): Promise<readonly HeddleDocument[]> {
	const { documents, issues } = await readFiles(files);
	throwIssues(issues);
	return documents;
}

/** Files, and folders for the files in them; what is right beside what is wrong. @throws ERR_UNREADABLE */
export async function readPaths(paths: readonly string[], limits?: DocumentLimits): Promise<ReadResult> {
	const files: string[] = [];
	for (const path of paths) {
		const isFolder = (await reading(path, stat(path))).isDirectory();
		files.push(...(isFolder ? await filesIn(path) : [path]));
	}
	return readFiles(files, limits);
}

async function readFiles(files: readonly string[], limits?: DocumentLimits): Promise<ReadResult> {
	const texts: { file: string; text: string }[] = [];
	for (const file of files) {
		texts.push({
			file,
			text: await reading(file, textOfStream(createReadStream(file), withDefaults(limits).length, file)),
		});
	}
	return readDocuments(texts, limits);
}

async function filesIn(folder: string): Promise<readonly string[]> {
	const names = (await reading(folder, readdir(folder))).filter((name) => /\.(ya?ml|json)$/.test(name)).sort();
	return names.map((name) => join(folder, name));
}
