import type { Claims } from './claims.js';
import { NOTHING } from './port-trie.js';
import { beats, sameVerdict } from './rank.js';
import type { Segment } from './segment.js';

/**
 * Disjoint segments of one protocol's ports, each with the claim that wins there. The highest claim paints first; what
 * is painted stays, so every cell is visited once.
 */
export function paint(claims: Claims, members: Uint32Array, base: number): Segment[] {
	const ranked = Array.from(members);
	if (base !== NOTHING) {
		ranked.push(base);
	}
	const points = boundaries(claims, members, base);
	const owner = new Int32Array(points.length).fill(NOTHING);
	const nextFree = Int32Array.from(points, (_, cell) => cell);
	ranked.sort((a, b) => (beats(claims, a, b) ? -1 : beats(claims, b, a) ? 1 : 0));
	for (const claim of ranked) {
		const end = cellOf(points, claim === base ? 65536 : claims.endPort[claim]! + 1);
		let cell = freeFrom(nextFree, cellOf(points, claim === base ? 0 : claims.port[claim]!));
		while (cell < end) {
			owner[cell] = claim;
			nextFree[cell] = cell + 1;
			cell = freeFrom(nextFree, cell + 1);
		}
	}
	return joined(claims, points, owner);
}

function boundaries(claims: Claims, members: Uint32Array, base: number): Uint32Array {
	const all = new Uint32Array(members.length * 2 + (base === NOTHING ? 0 : 2));
	let at = 0;
	for (const claim of members) {
		all[at++] = claims.port[claim]!;
		all[at++] = claims.endPort[claim]! + 1;
	}
	if (base !== NOTHING) {
		all[at++] = 0;
		all[at++] = 65536;
	}
	all.sort();
	return all.filter((point, i) => i === 0 || point !== all[i - 1]);
}

function cellOf(points: Uint32Array, point: number): number {
	let low = 0;
	let high = points.length - 1;
	while (low < high) {
		const middle = (low + high) >>> 1;
		if (points[middle]! < point) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

/** Follows and shortens the chain of painted cells. The last point ends the last cell and is never painted. */
function freeFrom(nextFree: Int32Array, cell: number): number {
	let free = cell;
	while (nextFree[free] !== free) {
		free = nextFree[free]!;
	}
	for (let at = cell; nextFree[at] !== free && at !== free;) {
		const next = nextFree[at]!;
		nextFree[at] = free;
		at = next;
	}
	return free;
}

function joined(claims: Claims, points: Uint32Array, owner: Int32Array): Segment[] {
	const segments: Segment[] = [];
	let last: Segment | undefined;
	for (let cell = 0; cell + 1 < points.length; cell++) {
		const claim = owner[cell]!;
		const endPort = points[cell + 1]! - 1;
		if (claim === NOTHING) {
			last = undefined;
		} else if (last !== undefined && sameVerdict(claims, last.claim, claim)) {
			last.endPort = endPort;
		} else {
			last = { port: points[cell]!, endPort, claim };
			segments.push(last);
		}
	}
	return segments;
}
