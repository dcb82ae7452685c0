#!/usr/bin/env node
import process from 'node:process';
import { run } from './run.js';

/** Whoever reads has seen enough: `heddle … | head` is no failure. */
function endQuietly(error: NodeJS.ErrnoException): void {
	if (error.code !== 'EPIPE') {
		throw error;
	}
	process.exit();
}

process.stdout.on('error', endQuietly);
process.stderr.on('error', endQuietly);

// The exit code is left for the streams to be written out first.
void run(process.argv.slice(2), process).then((code) => {
	process.exitCode = code;
});
