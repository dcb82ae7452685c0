import { PolicyAction } from '../abi/generated.js';
import { PORT_PROTOCOLS } from './protocols.js';
import { FIRST_PORT, LAST_PORT, type Action, type RuleRow } from './row.js';
import { entriesOf, LEVEL_EVERY_PROTOCOL, LEVEL_PROTOCOL, type ClassEntry, type RuleClass } from './rule-class.js';

/** What a class says of some ports: a row without its peer. */
export interface ClassRange {
	readonly protocol: number | 'any';
	readonly port: number;
	readonly endPort: number;
	readonly action: Action;
	readonly cookie: number;
}

/** The longest match written out: `ranges` are disjoint, and `base` speaks where they do not. */
export interface ClassRanges {
	readonly base: ClassRange | undefined;
	readonly ranges: readonly ClassRange[];
}

const PORTS = LAST_PORT + 1;

export function rangesOf(known: RuleClass): ClassRanges {
	const byProtocol = new Map<number, ClassEntry[]>();
	let base: ClassRange | undefined;
	for (const entry of entriesOf(known.words)) {
		if (entry.level === LEVEL_EVERY_PROTOCOL) {
			base = rangeOf(entry, 'any', FIRST_PORT, LAST_PORT);
		} else {
			byProtocol.set(entry.protocol, [...(byProtocol.get(entry.protocol) ?? []), entry]);
		}
	}
	const ranges = [...byProtocol.values()].flatMap(flatten).filter((range) => base === undefined || !agree(range, base));
	return { base, ranges: foldProtocols(ranges) };
}

/** A class's statements as rows, the base below the rest. */
export function rowsOf(ranges: ClassRanges, side: Pick<RuleRow, 'peer' | 'direction'>, precedence: number): RuleRow[] {
	const rows = ranges.ranges.map((range) => ({ ...side, ...range, precedence: precedence + 1 }));
	return ranges.base === undefined ? rows : [{ ...side, ...ranges.base, precedence }, ...rows];
}

export function agree(a: ClassRange, b: ClassRange): boolean {
	return a.action === b.action && a.cookie === b.cookie;
}

/** Prefixes nest and come outer first: one walk with a stack of those that are open. */
function flatten(entries: readonly ClassEntry[]): ClassRange[] {
	const ranges: ClassRange[] = [];
	const open: { entry: ClassEntry; end: number }[] = [];
	let at = 0;
	const advance = (to: number) => {
		while (at < to) {
			while (open.length > 0 && open.at(-1)!.end <= at) {
				open.pop();
			}
			const top = open.at(-1);
			const end = top === undefined ? to : Math.min(to, top.end);
			if (top !== undefined) {
				append(ranges, rangeOf(top.entry, top.entry.protocol, at, end - 1));
			}
			at = end;
		}
	};
	for (const entry of entries) {
		advance(entry.port);
		open.push({ entry, end: entry.port + (PORTS >> (entry.level - LEVEL_PROTOCOL)) });
	}
	advance(PORTS);
	return ranges;
}

function append(ranges: ClassRange[], range: ClassRange): void {
	const last = ranges.at(-1);
	if (last !== undefined && last.endPort + 1 === range.port && agree(last, range)) {
		ranges[ranges.length - 1] = { ...last, endPort: range.endPort };
	} else {
		ranges.push(range);
	}
}

/** What is said alike of TCP, UDP and SCTP was said of `any`; but `any` with every port would mean more. */
function foldProtocols(ranges: readonly ClassRange[]): ClassRange[] {
	const alike = new Map<string, ClassRange[]>();
	for (const range of ranges) {
		const key = `${range.port} ${range.endPort} ${range.action} ${range.cookie}`;
		alike.set(key, [...(alike.get(key) ?? []), range]);
	}
	return [...alike.values()].flatMap((group) => {
		const some = group.filter((range) => PORT_PROTOCOLS.includes(range.protocol as number));
		const everyPort = group[0]!.port === FIRST_PORT && group[0]!.endPort === LAST_PORT;
		if (some.length < PORT_PROTOCOLS.length || everyPort) {
			return group;
		}
		return [{ ...some[0]!, protocol: 'any' as const }, ...group.filter((range) => !some.includes(range))];
	});
}

function rangeOf(entry: ClassEntry, protocol: number | 'any', port: number, endPort: number): ClassRange {
	const action = entry.action === PolicyAction.Allow ? 'allow' : 'deny';
	return { protocol, port, endPort, action, cookie: entry.cookie };
}
