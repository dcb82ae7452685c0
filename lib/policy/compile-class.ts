import { PolicyAction, RuleFlag } from '../abi/generated.js';
import type { ClassAllocator } from './class-allocator.js';
import { createClassWriter } from './class-writer.js';
import { cellsOf, ranked } from './cells.js';
import { everyPort, readClaims } from './claims.js';
import { decideCell, type Outcome } from './decide.js';
import type { PortVerdict, PortVerdicts } from './port-verdicts.js';
import { PORT_PROTOCOLS } from './protocols.js';
import { resolveClaims } from './resolve.js';
import { checkRow, type DefaultVerdict, type Direction, type RuleRow } from './row.js';
import { LEVEL_EVERY_PROTOCOL, packVerdict, type RuleClass } from './rule-class.js';
import { SILENCE, writePorts } from './write-ports.js';

export interface ClassOptions {
	/** What a packet meets of which no rule speaks. */
	readonly default: DefaultVerdict;
	/** One number for several rules whose L7 parts count together. */
	unionOf(cookies: readonly number[]): number;
}

const writer = createClassWriter();

/** The class of rows that all speak of one peer: `row.peer` is not looked at. undefined: they say nothing. */
export function compileClass(
	rows: readonly RuleRow[],
	direction: Direction,
	options: ClassOptions,
	classes: ClassAllocator,
): RuleClass | undefined {
	if (rows.length === 0) {
		return undefined;
	}
	rows.forEach(checkRow);
	writer.truncate(0);
	if (rows.every(isPlain)) {
		const claims = readClaims(rows);
		resolveClaims(claims, allOf(claims.count), writer);
	} else {
		writeCells(rows, options);
	}
	return writer.length === 0 ? undefined : classes.intern(direction, writer.words, writer.length);
}

function isPlain({ tier, action, audit }: RuleRow): boolean {
	return (tier === undefined || tier === 'normal') && (action === 'allow' || action === 'deny') && audit !== true;
}

function allOf(count: number): Uint32Array {
	const members = new Uint32Array(count);
	for (let i = 1; i < count; i++) {
		members[i] = i;
	}
	return members;
}

/** A class that says nothing, for a peer that what is said of everyone does not hold for. */
export function silentClass(direction: Direction, classes: ClassAllocator): RuleClass {
	writer.truncate(0);
	writer.put(LEVEL_EVERY_PROTOCOL, 0, 0, SILENCE.verdict, SILENCE.cookie);
	return classes.intern(direction, writer.words, writer.length);
}

function writeCells(rows: readonly RuleRow[], options: ClassOptions): void {
	const everywhere = rows.filter(isEverywhere);
	const base = saidBy(ranked(everywhere), options);
	if (base !== undefined) {
		writer.put(LEVEL_EVERY_PROTOCOL, 0, 0, base.verdict, base.cookie);
	}
	const rest = rows.filter((row) => !isEverywhere(row));
	const protocols = new Set(rest.flatMap(protocolsOf));
	for (const protocol of [...protocols].sort((a, b) => a - b)) {
		const speaking = rest.filter((row) => protocolsOf(row).includes(protocol));
		writePorts(protocol, verdictsOf([...everywhere, ...speaking], options), base, writer);
	}
}

/** `any` with a port speaks of the protocols that have some. */
function protocolsOf({ protocol }: RuleRow): readonly number[] {
	return protocol === 'any' ? PORT_PROTOCOLS : [protocol];
}

function verdictsOf(rows: readonly RuleRow[], options: ClassOptions): PortVerdicts {
	const cells = cellsOf(rows);
	return { starts: cells.map(({ start }) => start), verdicts: cells.map((cell) => saidBy(cell.rows, options)) };
}

function saidBy(rows: readonly RuleRow[], options: ClassOptions): PortVerdict | undefined {
	const outcome = decideCell(rows, options);
	return outcome === undefined ? undefined : { verdict: verdictWord(outcome), cookie: outcome.cookie };
}

const ACTION_NUMBERS = {
	allow: PolicyAction.Allow,
	deny: PolicyAction.Deny,
	redirect: PolicyAction.Redirect,
} as const;

function verdictWord({ action, audited, soft, proxyPort }: Outcome): number {
	return packVerdict(ACTION_NUMBERS[action], (audited ? RuleFlag.Audited : 0) | (soft ? RuleFlag.Soft : 0), proxyPort);
}

function isEverywhere(row: RuleRow): boolean {
	return row.protocol === 'any' && everyPort(row);
}
