import type { PolicyIdentity } from '../rules/policy-identity.js';
import type { PolicyRules } from '../rules/rule.js';
import { createPolicyEngine } from '../policy/engine/engine.js';
import type { LivePolicy } from '../policy/engine/live-policy.js';
import type { Subject } from '../policy/engine/live-set.js';
import type { SelectorIndex } from '../policy/engine/selector-index.js';
import type { RuleRow } from '../policy/row.js';
import type { PolicyTable } from '../policy/table.js';
import type { Changes } from './changes.js';
import { rowKey } from './direct-rows.js';
import type { Cookies } from './direct-rows.js';
import type { PolicyTables, TableNeed } from './policy-tables.js';
import type { Direction, Identity } from './types.js';

/** All policy, and its way into the kernel at the end of each change. Every verb but `need` is within a change. */
export interface PolicyStore {
	readonly index: SelectorIndex;
	readonly subjects: ReadonlyMap<number, Subject>;
	/** An identity that came, or of which something else is known. */
	putIdentity(identity: PolicyIdentity): void;
	removeIdentity(id: number): void;
	/** The identity's subject, with a policy set from the end of the change on. `set`: the number a former process gave it. */
	ensure(identity: Identity, set?: number): Subject;
	/** Number of the set in the kernel; 0 before the end of the change. */
	setOf(identity: Identity): number;
	put(subject: Subject, row: RuleRow): void;
	remove(subject: Subject, key: string): boolean;
	/** A former process's rows by hand. */
	restore(subject: Subject, rows: readonly RuleRow[]): void;
	/** One a spec; none: the policy goes. */
	putPolicy(name: string, specs: readonly PolicyRules[]): void;
	policiesOf(name: string): readonly LivePolicy[];
	rowsOf(identity: Identity): Generator<RuleRow>;
	/** Directions in which what no rule speaks of is denied, or would be but for audit mode. */
	enforced(identity: Identity): Readonly<Record<Direction, boolean>>;
	/** What the tables would need for what has been changed so far. */
	need(): TableNeed;
	/** Writes what has been changed so far; for what must be there before its first use. */
	flush(): void;
}

/** Called for rows by hand that come and go, so that they can be remembered. */
export interface RowMemory {
	changed(identity: number, row: RuleRow, present: boolean): void;
	flush(): void;
}

export interface PolicyStoreParts {
	readonly changes: Changes;
	readonly table: PolicyTable;
	readonly tables: PolicyTables;
	readonly cookies: Cookies;
	readonly memory: RowMemory;
	readonly maxSets: number;
	unionOf(cookies: readonly number[]): number;
	/** Points the endpoints of an identity at its set, where they point elsewhere. */
	repoint(identity: number): void;
}

export function createPolicyStore(parts: PolicyStoreParts): PolicyStore {
	const { changes, table, tables, cookies, memory, maxSets, unionOf, repoint } = parts;
	const engine = createPolicyEngine({ table, unionOf, maxSets });
	const { index, subjects } = engine;
	// Within one change: after a failure their endpoints must point where they did.
	const moved = new Set<number>();

	changes.beforeCommit(flush);
	changes.onEnd(() => moved.clear());

	function flush(): void {
		const next = engine.flush();
		if (next !== undefined) {
			tables.write(next.change, () => next.commit().forEach((identity) => moved.add(identity)));
		}
		for (const identity of moved) {
			repoint(identity);
		}
		memory.flush();
	}

	function ensure({ id }: Identity, set?: number): Subject {
		const known = subjects.get(id);
		if (known !== undefined) {
			return known;
		}
		const subject = engine.addSubject(id, set);
		changes.undo(() => engine.dropSubject(id));
		return subject;
	}

	function removeIdentity(id: number): void {
		const identity = index.identities.get(id);
		const subject = subjects.get(id);
		if (subject !== undefined) {
			[...subject.direct.byKey.keys()].forEach((key) => remove(subject, key));
			engine.dropSubject(id);
			changes.undo(() => engine.reviveSubject(subject));
		}
		if (identity !== undefined) {
			engine.removeIdentity(id);
			changes.undo(() => engine.putIdentity(identity));
		}
	}

	function link(subject: Subject, key: string, row: RuleRow): void {
		engine.putDirect(subject, key, row);
		memory.changed(subject.identity, row, true);
	}

	function unlink(subject: Subject, key: string, row: RuleRow): void {
		engine.removeDirect(subject, key);
		memory.changed(subject.identity, row, false);
	}

	function remove(subject: Subject, key: string): boolean {
		const row = subject.direct.byKey.get(key);
		if (row === undefined) {
			return false;
		}
		unlink(subject, key, row);
		// Its cookie is given back only when the change stands: an undo needs it again.
		changes.after(() => cookies.release(row.cookie));
		changes.undo(() => link(subject, key, row));
		return true;
	}

	return {
		index,
		subjects,
		putIdentity(identity) {
			const former = index.identities.get(identity.id);
			engine.putIdentity(identity);
			changes.undo(() => (former === undefined ? engine.removeIdentity(identity.id) : engine.putIdentity(former)));
		},
		removeIdentity,
		ensure,
		setOf: ({ id }) => subjects.get(id)?.set?.id ?? 0,
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
		restore(subject, rows) {
			for (const row of rows) {
				engine.putDirect(subject, rowKey(row), row);
				cookies.adopt(row);
			}
		},
		putPolicy(name, specs) {
			const former = engine.policiesOf(name).map(({ source }) => source);
			engine.putPolicy(name, specs);
			changes.undo(() => engine.putPolicy(name, former));
		},
		policiesOf: engine.policiesOf,
		rowsOf: ({ id }) => engine.rowsOf(id),
		enforced: ({ id }) => ({
			ingress: engine.defaultOf(id, 'ingress') !== 'allow',
			egress: engine.defaultOf(id, 'egress') !== 'allow',
		}),
		need() {
			const next = engine.flush();
			try {
				return tables.need(next?.change);
			} finally {
				next?.discard();
			}
		},
		flush,
	};
}
