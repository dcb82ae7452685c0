/** Fails where files of ours import each other in a circle. Types count as well: a circle of types is one concept in two files. */

import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

type Graph = ReadonlyMap<string, readonly string[]>;

function importsOf(file: string): string[] {
	const { importedFiles } = ts.preProcessFile(readFileSync(file, 'utf8'));
	return importedFiles
		.map(({ fileName }) => fileName)
		.filter((name) => name.startsWith('.'))
		.map((name) => join(dirname(file), name).replace(/\.js$/, '.ts'));
}

/** The first circle met, from its first file back to it. */
function findCycle(graph: Graph): string[] | undefined {
	const done = new Set<string>();
	const path: string[] = [];
	const visit = (file: string): string[] | undefined => {
		const start = path.indexOf(file);
		if (start >= 0) return [...path.slice(start), file];
		if (done.has(file)) return undefined;
		path.push(file);
		for (const next of graph.get(file) ?? []) {
			const cycle = visit(next);
			if (cycle) return cycle;
		}
		path.pop();
		done.add(file);
		return undefined;
	};
	for (const file of graph.keys()) {
		const cycle = visit(file);
		if (cycle) return cycle;
	}
	return undefined;
}

const files = process.argv.slice(2).flatMap((folder) => list(folder));
const cycle = findCycle(new Map(files.map((file) => [file, importsOf(file)])));
if (cycle) {
	console.error(`import cycle: ${cycle.join(' -> ')}`);
	process.exitCode = 1;
}

function list(folder: string): string[] {
	return readdirSync(folder, { recursive: true, encoding: 'utf8' })
		.filter((file) => file.endsWith('.ts'))
		.map((file) => join(folder, file));
}
