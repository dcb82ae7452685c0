import { HeddleError } from '../errors.js';
import type { RuleRow, SetSpec } from '../policy/row.js';
import type { PolicyTable } from '../policy/table.js';
import type { Changes } from './changes.js';
import { rowKey } from './direct-rows.js';
import type { Cookies } from './direct-rows.js';
import type { PolicyTables, TableNeed } from './policy-tables.js';
import type { Direction, Identity } from './types.js';

/** What documents say about one subject. */
export interface DocumentRows {
	readonly rows: readonly RuleRow[];
	readonly ingressDefaultDeny: boolean;
	readonly egressDefaultDeny: boolean;
}

/** Where document rows come from; asked again whenever something it depends on has changed. */
export type DocumentSource = (subject: Identity) => DocumentRows;

/** All rows about one subject identity. */
export interface PolicySubject {
	readonly set: number;
	readonly identity: Identity;
	/** By hand, by row key. */
	readonly direct: Map<string, RuleRow>;
	documents: DocumentRows;
}

/** Rows of every policy set, and their way into the kernel at the end of each change. */
export interface PolicyStore {
	readonly subjects: ReadonlyMap<number, PolicySubject>;
	/** The subject's set, made when it has none. Within a change. */
	ensure(identity: Identity): PolicySubject;
	drop(identity: Identity): void;
	put(subject: PolicySubject, row: RuleRow): void;
	remove(subject: PolicySubject, key: string): boolean;
	/** Document rows are asked for again at the end of the change. */
	refresh(): void;
	/** What the tables would need if the identity's direct rows were these. Changes nothing. */
	need(identity: Identity, direct: readonly RuleRow[]): TableNeed;
	/** What the tables would need if document rows came from `source`. */
	needFrom(source: DocumentSource): TableNeed;
	/** Directions that are default-deny by the identity's rows. */
	enforced(identity: Identity): Readonly<Record<Direction, boolean>>;
	/** Writes what this change has altered so far; for what must be there before its first use. */
	flush(): void;
	setSource(source: DocumentSource): void;
	/** A former process's set, already in the kernel. */
	restore(set: number, identity: Identity, direct: readonly RuleRow[]): PolicySubject;
}

/** Called for direct rows that come and go, so that they can be remembered. */
export interface RowMemory {
	changed(subject: PolicySubject, row: RuleRow, present: boolean): void;
	subjectChanged(subject: PolicySubject, present: boolean): void;
	flush(): void;
}

const NO_DOCUMENTS: DocumentRows = { rows: [], ingressDefaultDeny: false, egressDefaultDeny: false };

export interface PolicyStoreParts {
	readonly changes: Changes;
	readonly table: PolicyTable;
	readonly tables: PolicyTables;
	readonly cookies: Cookies;
	readonly memory: RowMemory;
	readonly maxSets: number;
}

export function createPolicyStore({ changes, table, tables, cookies, memory, maxSets }: PolicyStoreParts): PolicyStore {
	const subjects = new Map<number, PolicySubject>();
	const bySet = new Map<number, PolicySubject>();
	const dirty = new Set<PolicySubject>();
	const stale = new Set<PolicySubject>();
	const removed = new Set<number>();
	let allStale = false;
	let source: DocumentSource = () => NO_DOCUMENTS;

	changes.beforeCommit(flush);

	function flush(): void {
		for (const subject of allStale ? subjects.values() : stale) {
			const before = subject.documents;
			subject.documents = source(subject.identity);
			if (!sameRows(before, subject.documents)) {
				changes.undo(() => {
					subject.documents = before;
					dirty.add(subject);
				});
				dirty.add(subject);
			}
		}
		stale.clear();
		allStale = false;
		const put = [...dirty].filter((subject) => bySet.get(subject.set) === subject).map(specOf);
		const remove = [...removed].filter((set) => !bySet.has(set) && table.sets.has(set));
		if (put.length > 0 || remove.length > 0) {
			tables.write(table.plan({ put, remove }));
		}
		dirty.clear();
		removed.clear();
		memory.flush();
	}

	function insert(subject: PolicySubject): void {
		subjects.set(subject.identity.id, subject);
		bySet.set(subject.set, subject);
		dirty.add(subject);
		memory.subjectChanged(subject, true);
	}

	function erase(subject: PolicySubject): void {
		subjects.delete(subject.identity.id);
		bySet.delete(subject.set);
		dirty.delete(subject);
		stale.delete(subject);
		removed.add(subject.set);
		memory.subjectChanged(subject, false);
	}

	function nextSet(): number {
		// 0 is the set of nobody.
		for (let set = 1; set < maxSets; set++) {
			if (!bySet.has(set)) {
				return set;
			}
		}
		throw new HeddleError(
			'ERR_MAP_FULL',
			`map 'policy_sets': found all ${maxSets - 1} policy sets in use, expected a free one; raise capacity.policySets`,
			{ map: 'policy_sets' },
		);
	}

	function link(subject: PolicySubject, key: string, row: RuleRow): void {
		subject.direct.set(key, row);
		dirty.add(subject);
		memory.changed(subject, row, true);
	}

	function unlink(subject: PolicySubject, key: string, row: RuleRow): void {
		subject.direct.delete(key);
		dirty.add(subject);
		memory.changed(subject, row, false);
	}

	function remove(subject: PolicySubject, key: string): boolean {
		const row = subject.direct.get(key);
		if (row === undefined) {
			return false;
		}
		unlink(subject, key, row);
		// Its cookie is given back only when the change stands: an undo needs it again.
		changes.after(() => cookies.release(row.cookie));
		changes.undo(() => link(subject, key, row));
		return true;
	}

	function newSubject(set: number, identity: Identity): PolicySubject {
		return { set, identity, direct: new Map(), documents: NO_DOCUMENTS };
	}

	return {
		subjects,
		ensure(identity) {
			const known = subjects.get(identity.id);
			if (known !== undefined) {
				return known;
			}
			const subject = newSubject(nextSet(), identity);
			insert(subject);
			stale.add(subject);
			changes.undo(() => erase(subject));
			return subject;
		},
		drop(identity) {
			const subject = subjects.get(identity.id);
			if (subject === undefined) {
				return;
			}
			for (const key of [...subject.direct.keys()]) {
				remove(subject, key);
			}
			erase(subject);
			changes.undo(() => insert(subject));
		},
		put(subject, row) {
			const key = rowKey(row);
			remove(subject, key);
			link(subject, key, row);
			changes.undo(() => {
				unlink(subject, key, row);
				cookies.release(row.cookie);
			});
		},
		remove,
		refresh() {
			allStale = true;
		},
		need(identity, direct) {
			const subject = subjects.get(identity.id) ?? newSubject(0, identity);
			const change = table.plan({ put: [specFrom(subject, direct, subject.documents)] });
			try {
				return tables.need(change);
			} finally {
				change.discard();
			}
		},
		needFrom(other) {
			const put = [...subjects.values()].map((subject) =>
				specFrom(subject, [...subject.direct.values()], other(subject.identity)),
			);
			const change = table.plan({ put });
			try {
				return tables.need(change);
			} finally {
				change.discard();
			}
		},
		enforced(identity) {
			const subject = subjects.get(identity.id) ?? newSubject(0, identity);
			const { ingressDefaultDeny, egressDefaultDeny } = specOf(subject);
			return { ingress: ingressDefaultDeny, egress: egressDefaultDeny };
		},
		flush,
		setSource(next) {
			source = next;
		},
		restore(set, identity, direct) {
			const subject = newSubject(set, identity);
			for (const row of direct) {
				subject.direct.set(rowKey(row), row);
				cookies.adopt(row);
			}
			subjects.set(identity.id, subject);
			bySet.set(set, subject);
			dirty.add(subject);
			stale.add(subject);
			return subject;
		},
	};
}

function specOf(subject: PolicySubject): SetSpec {
	return specFrom(subject, [...subject.direct.values()], subject.documents);
}

/** A direction with direct rows is default-deny, as one that documents speak of. */
function specFrom(subject: PolicySubject, direct: readonly RuleRow[], documents: DocumentRows): SetSpec {
	const speaksOf = (direction: Direction) => direct.some((row) => row.direction === direction);
	return {
		id: subject.set,
		ingressDefaultDeny: documents.ingressDefaultDeny || speaksOf('ingress'),
		egressDefaultDeny: documents.egressDefaultDeny || speaksOf('egress'),
		rows: [...direct, ...documents.rows],
	};
}

function sameRows(a: DocumentRows, b: DocumentRows): boolean {
	return (
		a.ingressDefaultDeny === b.ingressDefaultDeny &&
		a.egressDefaultDeny === b.egressDefaultDeny &&
		(a.rows === b.rows || (a.rows.length === b.rows.length && a.rows.every((row, i) => sameRow(row, b.rows[i]))))
	);
}

function sameRow(a: RuleRow, b: RuleRow | undefined): boolean {
	return (
		b !== undefined &&
		rowKey(a) === rowKey(b) &&
		a.action === b.action &&
		a.precedence === b.precedence &&
		a.cookie === b.cookie
	);
}
