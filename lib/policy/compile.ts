import type { ClassAllocator } from './class-allocator.js';
import { createClassWriter } from './class-writer.js';
import { readClaims, type Claims } from './claims.js';
import { createGroupMemo } from './group-memo.js';
import { classesOf, type SetImage, type SideImage, type TableImage } from './image.js';
import { resolveClaims } from './resolve.js';
import type { Direction, RuleRow, SetSpec } from './row.js';
import type { RuleClass } from './rule-class.js';

const writer = createClassWriter();

/** Rows to what the kernel's tables must hold. Deterministic, but for ids, which `classes` gives and remembers. */
export function compile(specs: Iterable<SetSpec>, classes: ClassAllocator): TableImage {
	const sets = new Map<number, SetImage>();
	const used = new Map<number, RuleClass>();
	for (const spec of specs) {
		const set = compileSet(spec, classes);
		sets.set(set.id, set);
		for (const known of classesOf(set)) {
			used.set(known.id, known);
		}
	}
	return { sets, classes: used };
}

export function compileSet(spec: SetSpec, classes: ClassAllocator): SetImage {
	const claims = readClaims(spec.rows);
	return {
		id: spec.id,
		ingress: compileSide(claims, 'ingress', spec.ingressDefaultDeny, classes),
		egress: compileSide(claims, 'egress', spec.egressDefaultDeny, classes),
	};
}

/** The class of one direction's rows that all speak of `any` peer. */
export function compileRows(
	rows: readonly RuleRow[],
	direction: Direction,
	classes: ClassAllocator,
): RuleClass | undefined {
	return compileSide(readClaims(rows), direction, false, classes).defaultClass;
}

function compileSide(claims: Claims, direction: Direction, defaultDeny: boolean, classes: ClassAllocator): SideImage {
	const side = direction === 'ingress' ? 0 : 1;
	const wildcards = membersOf(claims, side);
	const toClass = (members: Uint32Array) => internClaims(claims, members, direction, classes);
	const defaultClass = toClass(wildcards.slice());
	const memo = createGroupMemo(claims);
	const peers = new Map<number, RuleClass>();
	for (let group = 2; group < claims.groups; group++) {
		const key = claims.peerKey[group]!;
		if (key % 2 !== side) {
			continue;
		}
		const known = memo.find(group, () => toClass(concat(membersOf(claims, group), wildcards)));
		// What the peer's rows say may be no more than what everyone's say.
		if (known !== undefined && known !== defaultClass) {
			peers.set((key - side) / 2, known);
		}
	}
	return { defaultDeny, defaultClass, peers };
}

function membersOf(claims: Claims, group: number): Uint32Array {
	return claims.order.subarray(claims.start[group]!, claims.start[group + 1]!);
}

function concat(own: Uint32Array, wildcards: Uint32Array): Uint32Array {
	const all = new Uint32Array(own.length + wildcards.length);
	all.set(own);
	all.set(wildcards, own.length);
	return all;
}

function internClaims(
	claims: Claims,
	members: Uint32Array,
	direction: Direction,
	classes: ClassAllocator,
): RuleClass | undefined {
	if (members.length === 0) {
		return undefined;
	}
	resolveClaims(claims, members, writer);
	return classes.intern(direction, writer.words, writer.length);
}
