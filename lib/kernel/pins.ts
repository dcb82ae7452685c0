import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

import { HeddleError } from '../errors.js';
import { makeFolder } from '../make-folder.js';
import { BpfMap, BpfProgram, ensureBpffs } from '../native/addon.js';
import type { Link } from '../native/addon.js';

/** One bpffs directory: maps/, programs/, links/. It appears whole, by one rename. */
export interface Pins {
	readonly path: string;
	pinLink(name: string, link: Link): void;
	linkPath(name: string): string;
	unpinLink(name: string): void;
	linkNames(): string[];
	/** They take the places of older ones, each by one rename. */
	pinPrograms(programs: Readonly<Record<string, BpfProgram>>): void;
	/** All that are not among these go. */
	keepPrograms(names: readonly string[]): void;
	/** By their names as compiled; undefined where one is missing. */
	openPrograms(names: readonly string[]): Record<string, BpfProgram> | undefined;
	remove(): void;
}

export interface PinnedObject {
	maps: Record<string, BpfMap>;
	programs: Record<string, BpfProgram>;
}

/** bpffs refuses dots in names, and the compiler's data sections begin with one. */
export function pinName(name: string): string {
	return name.replaceAll('.', '_').replace(/^_/, '');
}

/** Whether something is pinned there; mounts bpffs above it when there is none. */
export function pinsExist(path: string): boolean {
	const parent = dirname(path);
	if (basename(path).includes('.')) {
		throw new HeddleError(
			'ERR_INVALID_ARGUMENT',
			`pinPath: found '${path}', expected a last part without dots (bpffs refuses them)`,
		);
	}
	if (!existsSync(parent)) {
		ensureBpffs(mountPointFor(parent));
		makeFolder(parent, 0o700);
	} else {
		ensureBpffs(parent);
	}
	return existsSync(path);
}

export function publishPins(path: string, object: PinnedObject): Pins {
	const staged = `${path}_staged_${process.pid}`;
	rmSync(staged, { recursive: true, force: true });
	try {
		for (const part of ['', 'maps', 'programs', 'links']) {
			mkdirSync(join(staged, part), { mode: 0o700 });
		}
		pinAll(join(staged, 'maps'), object.maps);
		pinAll(join(staged, 'programs'), object.programs);
		renameSync(staged, path);
	} catch (error) {
		rmSync(staged, { recursive: true, force: true });
		throw error;
	}
	return openPins(path);
}

export function openPins(path: string): Pins {
	const links = join(path, 'links');
	const linkPath = (name: string) => join(links, name);
	const programPath = (name: string) => join(path, 'programs', pinName(name));
	return {
		path,
		linkPath,
		pinLink(name, link) {
			rmSync(linkPath(name), { force: true });
			link.pin(linkPath(name));
		},
		unpinLink(name) {
			rmSync(linkPath(name), { force: true });
		},
		linkNames: () => (existsSync(links) ? readdirSync(links) : []),
		pinPrograms(programs) {
			for (const [name, program] of Object.entries(programs)) {
				const next = `${programPath(name)}_next`;
				rmSync(next, { force: true });
				program.pin(next);
				renameSync(next, programPath(name));
			}
		},
		keepPrograms(names) {
			const kept = new Set(names.map(pinName));
			for (const name of readdirSync(join(path, 'programs'))) {
				if (!kept.has(name)) {
					rmSync(programPath(name), { force: true });
				}
			}
		},
		openPrograms(names) {
			const found = names.every((name) => existsSync(programPath(name)));
			return found ? openPinned(path, [], names).programs : undefined;
		},
		remove() {
			rmSync(path, { recursive: true, force: true });
		},
	};
}

/** Opens the maps and programs under `path` by their names as compiled. */
export function openPinned(path: string, mapNames: readonly string[], programNames: readonly string[]): PinnedObject {
	const opened: PinnedObject = { maps: {}, programs: {} };
	try {
		for (const name of mapNames) {
			opened.maps[name] = openOne(() => BpfMap.openPinned(join(path, 'maps', pinName(name))), path, `map '${name}'`);
		}
		for (const name of programNames) {
			opened.programs[name] = openOne(
				() => BpfProgram.openPinned(join(path, 'programs', pinName(name))),
				path,
				`program '${name}'`,
			);
		}
	} catch (error) {
		closeAll(opened);
		throw error;
	}
	return opened;
}

export function closeAll(object: PinnedObject): void {
	for (const handle of [...Object.values(object.maps), ...Object.values(object.programs)]) {
		handle.close();
	}
}

function openOne<T>(open: () => T, path: string, what: string): T {
	try {
		return open();
	} catch (error) {
		if ((error as { errno?: number }).errno !== 2) {
			throw error;
		}
		throw new HeddleError(
			'ERR_LAYOUT_MISMATCH',
			`${path}: found no ${what}, expected one; it was pinned by another version`,
		);
	}
}

function pinAll(directory: string, handles: Readonly<Record<string, { pin(path: string): void }>>): void {
	for (const [name, handle] of Object.entries(handles)) {
		handle.pin(join(directory, pinName(name)));
	}
}

/** The first missing directory's parent is where bpffs has to be. */
function mountPointFor(path: string): string {
	return path.startsWith('/sys/fs/bpf')
		? '/sys/fs/bpf'
		: existsSync(dirname(path))
			? dirname(path)
			: mountPointFor(dirname(path));
}
