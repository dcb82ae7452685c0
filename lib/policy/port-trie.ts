import { LEVEL_PORT, LEVEL_PROTOCOL } from './rule-class.js';

/** Ports without a verdict. */
export const NOTHING = -1;

const PORTS = 65536;

/** Verdicts of all ports of a protocol: `verdicts[i]` from `starts[i]` up to the next start. `starts[0]` is 0. */
export interface PortMap {
	readonly starts: readonly number[];
	readonly verdicts: readonly number[];
}

export type PutPrefix = (level: number, port: number, verdict: number) => void;

interface Node {
	/** Verdicts that this subtree could have as its background at the least cost. */
	readonly candidates: readonly number[];
	readonly halves?: readonly [Node, Node];
}

/**
 * The least number of prefixes whose longest match gives `map`, where `inherited` is what a miss means
 * (optimal routing table construction, Draves et al. 1999). Ports without a verdict force all prefixes above them to
 * be absent, since a longer prefix cannot take a verdict away.
 */
export function coverPorts(map: PortMap, inherited: number, put: PutPrefix): void {
	const root = build(map, 0, PORTS, 0);
	choose(root, 0, LEVEL_PROTOCOL, inherited, put);
}

function build(map: PortMap, first: number, size: number, cell: number): Node {
	const end = map.starts[cell + 1] ?? PORTS;
	if (end >= first + size) {
		return { candidates: [map.verdicts[cell]!] };
	}
	const middle = first + size / 2;
	let middleCell = cell;
	while ((map.starts[middleCell + 1] ?? PORTS) <= middle) {
		middleCell++;
	}
	const low = build(map, first, size / 2, cell);
	const high = build(map, middle, size / 2, middleCell);
	return { candidates: merge(low.candidates, high.candidates), halves: [low, high] };
}

/** What both halves could share, else all that either could have. Lists are sorted. */
function merge(low: readonly number[], high: readonly number[]): readonly number[] {
	if (low[0] === NOTHING || high[0] === NOTHING) {
		return [NOTHING];
	}
	const common: number[] = [];
	const all: number[] = [];
	for (let i = 0, j = 0; i < low.length || j < high.length;) {
		const a = low[i] ?? Infinity;
		const b = high[j] ?? Infinity;
		all.push(Math.min(a, b));
		if (a === b) {
			common.push(a);
		}
		i += a <= b ? 1 : 0;
		j += b <= a ? 1 : 0;
	}
	return common.length > 0 ? common : all;
}

function choose(node: Node, port: number, level: number, inherited: number, put: PutPrefix): void {
	let verdict = inherited;
	if (!node.candidates.includes(inherited)) {
		verdict = node.candidates[0]!;
		if (verdict !== NOTHING) {
			put(level, port, verdict);
		}
	}
	if (node.halves !== undefined) {
		choose(node.halves[0], port, level + 1, verdict, put);
		choose(node.halves[1], port + (PORTS >> (level + 1 - LEVEL_PROTOCOL)), level + 1, verdict, put);
	}
}

/** The level of a range that is one prefix, or 0. */
export function prefixLevel(port: number, endPort: number): number {
	if (port === endPort) {
		return LEVEL_PORT;
	}
	const size = endPort - port + 1;
	const aligned = (size & (size - 1)) === 0 && port % size === 0;
	return aligned ? LEVEL_PORT - (31 - Math.clz32(size)) : 0;
}
