/** Runs in every worker, around every file: BPF and namespace handles that a test file opened must be closed at its end. */

import { readdirSync, readlinkSync } from 'node:fs';
import { afterAll } from 'vitest';

const before = handles();

// Hooks after tests run last in, first out: this one comes after the file's own.
afterAll(() => {
	globalThis.gc?.();
	const left = [...handles()].filter(([fd]) => !before.has(fd)).map(([fd, target]) => `fd ${fd}: ${target}`);
	if (left.length > 0) throw new Error(`this file left open:\n${left.join('\n')}`);
});

function handles(): Map<string, string> {
	const found = new Map<string, string>();
	for (const fd of readdirSync('/proc/self/fd')) {
		const target = linkTarget(`/proc/self/fd/${fd}`);
		if (/^(anon_inode:\[?bpf|net:\[)|\/netns\//.test(target)) found.set(fd, target);
	}
	return found;
}

function linkTarget(path: string): string {
	try {
		return readlinkSync(path);
	} catch {
		return '';
	}
}
