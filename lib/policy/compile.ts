import type { ClassAllocator } from './class-allocator.js';
import { compileClass, silentClass } from './compile-class.js';
import { classesOf, type SetImage, type SideImage, type TableImage } from './image.js';
import type { Direction, RuleRow, SetSpec } from './row.js';
import type { RuleClass } from './rule-class.js';

type UnionOf = (cookies: readonly number[]) => number;

/** Rows to what the kernel's tables must hold. Deterministic, but for ids, which `classes` gives and remembers. */
export function compile(specs: Iterable<SetSpec>, classes: ClassAllocator, unionOf: UnionOf): TableImage {
	const sets = new Map<number, SetImage>();
	const used = new Map<number, RuleClass>();
	for (const spec of specs) {
		const set = compileSet(spec, classes, unionOf);
		sets.set(set.id, set);
		for (const known of classesOf(set)) {
			used.set(known.id, known);
		}
	}
	return { sets, classes: used };
}

export function compileSet(spec: SetSpec, classes: ClassAllocator, unionOf: UnionOf): SetImage {
	const side = (direction: Direction) => compileSide(spec, direction, classes, unionOf);
	return { id: spec.id, ingress: side('ingress'), egress: side('egress') };
}

function compileSide(spec: SetSpec, direction: Direction, classes: ClassAllocator, unionOf: UnionOf): SideImage {
	const options = { default: spec.defaults[direction], unionOf };
	const { everyone, byPeer } = groupRows(spec.rows, direction);
	const defaultClass = compileClass(everyone, direction, options, classes);
	const silent = defaultClass === undefined ? undefined : silentClass(direction, classes);
	const peers = new Map<number, RuleClass>();
	for (const [peer, own] of byPeer) {
		const known = compileClass([...own, ...everyone], direction, options, classes) ?? silent;
		// What the peer's rows say may be no more than what everyone's say.
		if (known !== undefined && known !== defaultClass) {
			peers.set(peer, known);
		}
	}
	return { default: options.default, defaultClass, peers };
}

function groupRows(rows: readonly RuleRow[], direction: Direction) {
	const everyone: RuleRow[] = [];
	const byPeer = new Map<number, RuleRow[]>();
	for (const row of rows.filter((one) => one.direction === direction)) {
		if (row.peer === 'any') {
			everyone.push(row);
		} else {
			const own = byPeer.get(row.peer) ?? [];
			own.push(row);
			byPeer.set(row.peer, own);
		}
	}
	return { everyone, byPeer };
}
