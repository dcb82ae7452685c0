import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../cli/version.js';
import { HeddleError } from '../errors.js';

export interface Asset {
	readonly contentType: string;
	readonly body: Uint8Array;
}

/** By path. */
export type Assets = ReadonlyMap<string, Asset>;

const FILES = {
	'/': ['index.html', 'text/html; charset=utf-8'],
	'/app.js': ['app.js', 'text/javascript; charset=utf-8'],
	'/app.css': ['app.css', 'text/css; charset=utf-8'],
	'/icon.svg': ['icon.svg', 'image/svg+xml'],
} as const;

export function builtPage(): string {
	return join(packageRoot(), 'dist/ui');
}

/** @throws ERR_UI_MISSING where the package was not built */
export function loadAssets(folder: string): Assets {
	const entries = Object.entries(FILES).map(([path, [file, contentType]]): [string, Asset] => [
		path,
		{ contentType, body: readPart(join(folder, file)) },
	]);
	return new Map(entries);
}

function readPart(path: string): Uint8Array {
	try {
		return readFileSync(path);
	} catch (cause) {
		const found = (cause as NodeJS.ErrnoException).code;
		throw new HeddleError('ERR_UI_MISSING', `page: found ${found} at ${path}, expected the page as it is built`, {
			field: 'page',
			found: path,
			cause,
		});
	}
}
