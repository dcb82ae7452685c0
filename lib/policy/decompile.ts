import { agree, rangesOf, rowsOf, type ClassRange, type ClassRanges } from './class-rows.js';
import { DIRECTIONS, type SetImage } from './image.js';
import type { Direction, RuleRow, SetSpec } from './row.js';
import type { RuleClass } from './rule-class.js';

const EVERYONE = 0;
const PEERS = 2;

/**
 * Rows that compile to the same image: what a process that finds the tables in the kernel can know of the rows that
 * made them. Rows that were joined, split or hidden by others come back as what they amount to.
 */
export function decompile(set: SetImage): SetSpec {
	return {
		id: set.id,
		ingressDefaultDeny: set.ingress.defaultDeny,
		egressDefaultDeny: set.egress.defaultDeny,
		rows: DIRECTIONS.flatMap((direction) => decompileSide(set, direction)),
	};
}

function decompileSide(set: SetImage, direction: Direction): RuleRow[] {
	const { defaultClass, peers } = set[direction];
	const everyone: ClassRanges = defaultClass === undefined ? { base: undefined, ranges: [] } : rangesOf(defaultClass);
	const own = new Map<RuleClass, ClassRanges>();
	const rows = rowsOf(everyone, { peer: 'any', direction }, EVERYONE);
	for (const [peer, known] of peers) {
		const ranges = own.get(known) ?? without(rangesOf(known), everyone);
		own.set(known, ranges);
		for (const row of rowsOf(ranges, { peer, direction }, PEERS)) {
			rows.push(row);
		}
	}
	return rows;
}

/** What a peer's class adds to everyone's, or all of it where it does not merely add. */
function without(ranges: ClassRanges, everyone: ClassRanges): ClassRanges {
	const key = (range: ClassRange) => Object.values(range).join(' ');
	const mine = new Set(ranges.ranges.map(key));
	const theirs = new Set(everyone.ranges.map(key));
	if (!sameBase(ranges.base, everyone.base) || [...theirs].some((range) => !mine.has(range))) {
		return ranges;
	}
	return { base: undefined, ranges: ranges.ranges.filter((range) => !theirs.has(key(range))) };
}

function sameBase(a: ClassRange | undefined, b: ClassRange | undefined): boolean {
	return a === undefined || b === undefined ? a === b : agree(a, b);
}
