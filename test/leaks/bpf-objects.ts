/** BPF objects of the machine, by kind, but for those of processes that have nothing to do with the run. */

import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

const KINDS = ['prog', 'map', 'link'] as const;
type Kind = (typeof KINDS)[number];
type Ids = Record<Kind, Set<number>>;

interface BpfObject {
	readonly id: number;
	readonly name?: string;
	readonly type?: string;
	readonly map_ids?: readonly number[];
}

export function bpfObjects(isOurs: (pid: number) => boolean): [string, Set<string>][] {
	const foreign = heldBy((pid) => !isOurs(pid));
	const objects = { prog: bpftool('prog'), map: bpftool('map'), link: bpftool('link') };
	for (const { id, map_ids } of objects.prog) {
		if (foreign.prog.has(id)) map_ids?.forEach((map) => foreign.map.add(map));
	}
	return KINDS.map((kind) => [
		`BPF ${kind}`,
		new Set(objects[kind].filter(({ id }) => !foreign[kind].has(id)).map(describe)),
	]);
}

function describe({ id, name, type }: BpfObject): string {
	return [id, name, type].filter((part) => part !== undefined && part !== '').join(' ');
}

/** Numbers of what the chosen processes hold open. */
function heldBy(chosen: (pid: number) => boolean): Ids {
	const ids: Ids = { prog: new Set(), map: new Set(), link: new Set() };
	for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
		for (const fd of attempt(() => readdirSync(`/proc/${pid}/fd`), [])) {
			const target = attempt(() => readlinkSync(`/proc/${pid}/fd/${fd}`), '');
			if (!/^anon_inode:\[?bpf/.test(target) || !chosen(Number(pid))) continue;
			const information = attempt(() => readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8'), '');
			for (const kind of KINDS) {
				const id = new RegExp(`^${kind}_id:\\s*(\\d+)`, 'm').exec(information)?.[1];
				if (id !== undefined) ids[kind].add(Number(id));
			}
		}
	}
	return ids;
}

/** Processes come and go while we look. */
function attempt<T>(read: () => T, otherwise: T): T {
	try {
		return read();
	} catch {
		return otherwise;
	}
}

function bpftool(kind: Kind): readonly BpfObject[] {
	const path = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;
	const output = attempt(
		() =>
			execFileSync('bpftool', ['-j', kind, 'list'], {
				encoding: 'utf8',
				stdio: ['ignore', 'pipe', 'ignore'],
				env: { ...process.env, PATH: path },
			}),
		'[]',
	);
	const objects = attempt(() => JSON.parse(output) as unknown, []);
	return Array.isArray(objects) ? (objects as BpfObject[]) : [];
}
