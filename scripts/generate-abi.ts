/**
 * Writes lib/abi/generated.ts and test/golden/abi.txt from the BTF of the compiled programs.
 *
 *   generate-abi.ts [--object FILE] [--check]
 *
 * --check writes nothing and fails where the files differ from what would be written.
 */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';

import { describeLayout } from '../lib/abi/layout-hash.js';
import { readLayout } from '../lib/abi/read-layout.js';
import { isHeddleError } from '../lib/errors.js';
import { emit } from './abi/emit.js';
import { headerNames } from './abi/header-names.js';

const { values: options } = parseArgs({
	options: {
		object: { type: 'string', default: 'native/build/heddle.bpf.o' },
		header: { type: 'string', default: 'bpf/abi.h' },
		check: { type: 'boolean', default: false },
	},
});

const outputs: Record<string, string> = {};

async function main(): Promise<void> {
	if (!existsSync(options.object)) throw new Error(`${options.object}: not found; npm run build makes it`);
	const names = headerNames(readFileSync(options.header, 'utf8'));
	const layout = readLayout(readFileSync(options.object), names);
	outputs['lib/abi/generated.ts'] = await emit(layout, names);
	outputs['test/golden/abi.txt'] = `${describeLayout(layout)}\n`;
	if (options.check) check();
	else write();
}

function write(): void {
	for (const [path, text] of Object.entries(outputs)) {
		if (existing(path) === text) continue;
		mkdirSync(dirname(path), { recursive: true });
		writeFileSync(path, text);
		console.log(`gen: wrote ${path}`);
	}
}

function check(): void {
	const stale = Object.keys(outputs).filter((path) => existing(path) !== outputs[path]);
	if (stale.length === 0) {
		console.log('gen: generated files are up to date');
		return;
	}
	console.error(`gen: ${stale.join(', ')}: found other contents than bpf/abi.h gives; run npm run gen and commit`);
	process.exitCode = 1;
}

function existing(path: string): string | undefined {
	return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

main().catch((error: unknown) => {
	const text = isHeddleError(error)
		? `${error.code}: ${error.message}`
		: error instanceof Error
			? error.message
			: String(error);
	console.error(`gen: ${text}`);
	process.exitCode = 1;
});
