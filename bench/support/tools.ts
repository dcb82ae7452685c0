import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { run } from './process.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Where the native build leaves its tools and BPF objects. HEDDLE_TOOLS: another folder first. */
const folders = [process.env['HEDDLE_TOOLS'], `${root}native/build/`, `${root}native/build/Release/`];

export function findBuilt(name: string): string {
	for (const folder of folders) {
		if (folder === undefined) continue;
		const path = `${folder.replace(/\/?$/, '/')}${name}`;
		if (existsSync(path)) return path;
	}
	throw new Error(`${name}: not built, expected in native/build (npm run build)`);
}

/** Runs one of our C tools; each prints one line of JSON. */
export async function runTool<T>(name: string, ...args: string[]): Promise<T> {
	const text = await run(findBuilt(name), ...args);
	return JSON.parse(text) as T;
}
