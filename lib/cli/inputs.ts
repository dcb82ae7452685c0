import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { HeddleDocument } from '../documents/document.js';
import type { DocumentIssue } from '../documents/issue.js';
import { withDefaults } from '../documents/limits.js';
import { readDocuments } from '../documents/parse.js';
import { reading } from '../documents/reading.js';
import { textOfStream } from '../documents/stream.js';
import type { Io } from './io.js';
import { usageError, type Options } from './options.js';

export interface Source {
	readonly file: string;
	readonly text: string;
}

export interface ReadDocuments {
	readonly documents: readonly HeddleDocument[];
	readonly issues: readonly DocumentIssue[];
	readonly warnings: readonly DocumentIssue[];
}

const STDIN = '-';
const STDIN_NAME = '(stdin)';

/** What `-f` and the rest of the line name. @throws ERR_USAGE where they name nothing, ERR_UNREADABLE */
export async function readInputs(options: Options, io: Io): Promise<ReadDocuments> {
	const paths = [...options.all('filename'), ...options.positionals];
	if (paths.length === 0) {
		throw usageError('found no documents, expected -f FILE|DIR|-');
	}
	const reader = createReader(io, options.has('recursive'));
	return checkSources((await Promise.all(paths.map(reader))).flat());
}

/** Texts of files, folders and stdin; stdin may be named more than once, and is read once. */
export function createReader({ stdin }: Io, recursive: boolean): (path: string) => Promise<Source[]> {
	let standard: Promise<string> | undefined;
	return async (path) => {
		if (path === STDIN) {
			standard ??= textOf(stdin, STDIN_NAME);
			return [{ file: STDIN_NAME, text: await standard }];
		}
		const files = await reading(path, filesIn(path, recursive));
		return Promise.all(files.map(async (file) => ({ file, text: await textOf(createReadStream(file), file) })));
	};
}

/** @throws ERR_USAGE where there is no document at all */
export function checkSources(sources: readonly Source[]): ReadDocuments {
	const read = readDocuments(sources);
	if (read.documents.length + read.issues.length === 0) {
		const names = sources.map(({ file }) => file).join(', ');
		throw usageError(`found no document in ${names === '' ? 'the folders given' : names}, expected at least one`);
	}
	return read;
}

/** A file as it is; of a folder those that look like documents, by name. */
async function filesIn(path: string, recursive: boolean): Promise<string[]> {
	if (!(await stat(path)).isDirectory()) {
		return [path];
	}
	const entries = (await readdir(path, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1));
	const found = entries.map(async (entry) => {
		const file = join(path, entry.name);
		if (entry.isDirectory()) {
			return recursive ? filesIn(file, true) : [];
		}
		return /\.(ya?ml|json)$/.test(entry.name) ? [file] : [];
	});
	return (await Promise.all(found)).flat();
}

/** Of what is too long to be documents, no more than it takes to say so. */
function textOf(stream: AsyncIterable<string | Uint8Array>, name: string): Promise<string> {
	return reading(name, textOfStream(stream, withDefaults().length, name));
}
