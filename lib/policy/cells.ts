import { FIRST_PORT, LAST_PORT, TIERS, type RuleRow } from './row.js';

/** Ports of one protocol that the same rows speak of. */
export interface Cell {
	/** Up to where the next cell starts. */
	readonly start: number;
	/** In order of {@link ranked}. */
	readonly rows: readonly RuleRow[];
}

/** The order in which rows are asked: by tier, the highest precedence first, between equals the lowest cookie. */
export function ranked(rows: readonly RuleRow[]): RuleRow[] {
	return [...rows].sort((a, b) => tierNumber(a) - tierNumber(b) || b.precedence - a.precedence || a.cookie - b.cookie);
}

function tierNumber({ tier = 'normal' }: RuleRow): number {
	return TIERS.indexOf(tier);
}

/** From the first port to the last. What it costs is the rows of all cells together. */
export function cellsOf(rows: readonly RuleRow[]): Cell[] {
	const order = ranked(rows);
	const ranks = order.map((_, rank) => rank);
	const arriving = [...ranks].sort((a, b) => order[a]!.port - order[b]!.port);
	let next = 0;
	let present: number[] = [];
	return boundariesOf(rows).map((start) => {
		present = present.filter((rank) => order[rank]!.endPort >= start);
		for (; next < arriving.length && order[arriving[next]!]!.port <= start; next++) {
			present.push(arriving[next]!);
		}
		present.sort((a, b) => a - b);
		return { start, rows: present.map((rank) => order[rank]!) };
	});
}

function boundariesOf(rows: readonly RuleRow[]): number[] {
	const points = new Set<number>([FIRST_PORT]);
	for (const { port, endPort } of rows) {
		points.add(port);
		points.add(endPort + 1);
	}
	points.delete(LAST_PORT + 1);
	return [...points].sort((a, b) => a - b);
}
