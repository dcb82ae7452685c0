/** What a test run can leave behind on the machine: names, by kind. */

import { readFileSync, readdirSync } from 'node:fs';
import type { Dirent } from 'node:fs';
import { join } from 'node:path';

import { bpfObjects } from './bpf-objects.js';

export type Snapshot = ReadonlyMap<string, ReadonlySet<string>>;

export const isRoot = process.getuid?.() === 0;

/** Processes of this run carry this in their environment. */
export const RUN_MARK = 'HEDDLE_TEST_RUN';

const BPFFS = '/sys/fs/bpf';
/** The kernel makes them where bpffs is mounted, which may be the first thing that a test does. */
const KERNELS_OWN: ReadonlySet<string> = new Set(['maps.debug', 'progs.debug'].map((name) => join(BPFFS, name)));

export function takeSnapshot(mark: string): Snapshot {
	return new Map<string, ReadonlySet<string>>([
		['interface', new Set(list('/sys/class/net'))],
		['network namespace', new Set(list('/run/netns'))],
		['process', processes(mark)],
		['setting', new Set([`rcu_expedited=${text('/sys/kernel/rcu_expedited')}`])],
		['bpffs pin', new Set(isRoot ? pins(BPFFS, 4).filter((path) => !KERNELS_OWN.has(path)) : [])],
		...(isRoot ? bpfObjects((pid) => isOfRun(pid, mark)) : []),
	]);
}

/** `kind name` of everything that is in `after` only. */
export function leaked(before: Snapshot, after: Snapshot): string[] {
	return [...after].flatMap(([kind, names]) =>
		[...names].filter((name) => before.get(kind)?.has(name) !== true).map((name) => `${kind} ${name}`),
	);
}

function list(folder: string): string[] {
	try {
		return readdirSync(folder);
	} catch {
		return [];
	}
}

function text(file: string): string {
	try {
		return readFileSync(file, 'utf8').trim();
	} catch {
		return '';
	}
}

function pins(folder: string, depth: number): string[] {
	let entries: Dirent[];
	try {
		entries = readdirSync(folder, { withFileTypes: true });
	} catch {
		return [];
	}
	return entries.flatMap((entry) => {
		const path = join(folder, entry.name);
		return entry.isDirectory() && depth > 0 ? [path, ...pins(path, depth - 1)] : [path];
	});
}

/** Living processes of this run, but for the one that asks. */
function processes(mark: string): Set<string> {
	const ours = processIds().filter((pid) => pid !== process.pid && isOfRun(pid, mark));
	return new Set(ours.map((pid) => `${pid} ${text(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim()}`));
}

function processIds(): number[] {
	return list('/proc')
		.filter((name) => /^\d+$/.test(name))
		.map(Number);
}

function isOfRun(pid: number, mark: string): boolean {
	return pid === process.pid || text(`/proc/${pid}/environ`).split('\0').includes(`${RUN_MARK}=${mark}`);
}
