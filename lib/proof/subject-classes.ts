import { DIRECTIONS } from '../policy/image.js';
import type { Direction, RuleRow } from '../policy/row.js';
import type { PolicyIdentity } from '../rules/policy-identity.js';
import { readDirect } from './direct-reading.js';
import type { ProofEnforcement } from './question.js';
import type { Reading, Statement } from './statement.js';

/** An identity whose policy is to be verified, and the set that the tables hold for it. */
export interface VerifySubject {
	readonly identity: PolicyIdentity;
	readonly set: number;
	/** @default 'default' */
	readonly enforcement?: ProofEnforcement;
}

/** Subjects of which the documents say the same, with the same set: one stands for all. */
export interface SubjectClass extends Required<VerifySubject> {
	readonly direction: Direction;
	readonly statements: readonly Statement[];
	readonly isolating: readonly Reading[];
}

export function* subjectClasses(
	subjects: Iterable<VerifySubject>,
	readings: readonly Reading[],
	direct: (identity: number) => readonly RuleRow[],
): Generator<SubjectClass> {
	const seen = new Set<string>();
	for (const subject of subjects) {
		const meant = readings
			.map((reading, i) => ({ reading, i }))
			.filter(({ reading }) => reading.appliesTo(subject.identity));
		const rows = direct(subject.identity.id);
		const { set, enforcement = 'default', identity } = subject;
		const own = rows.length > 0 ? [readDirect(rows, identity.id)] : [];
		const all = [...meant.map(({ reading }) => reading), ...own];
		const ports = all.some(asksNames) ? identity.namedPorts : [];
		const key = JSON.stringify([set, enforcement, meant.map(({ i }) => i), ports, rows.length > 0 ? identity.id : '']);
		if (!seen.has(key)) {
			seen.add(key);
			yield* DIRECTIONS.map((direction) => ({ identity, set, enforcement, direction, ...heardBy(all, direction) }));
		}
	}
}

function heardBy(readings: readonly Reading[], direction: Direction): Pick<SubjectClass, 'statements' | 'isolating'> {
	return {
		statements: readings.flatMap(({ statements }) => statements).filter((one) => one.direction === direction),
		isolating: readings.filter(({ isolates }) => isolates[direction]),
	};
}

function asksNames({ statements }: Reading): boolean {
	return statements.some((one) => one.asksNames);
}
