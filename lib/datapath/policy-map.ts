import type { Subject } from '../policy/engine/live-set.js';
import { DIRECT_ROW_COOKIE } from '../policy/row.js';
import type { RuleRow } from '../policy/row.js';
import type { Changes } from './changes.js';
import { entryOfRow, fromRuleRow, keyOfRow, rowKey, toRuleRow } from './direct-rows.js';
import type { Cookies, OwnedEntry, PolicyEntry, PolicyKey, PolicyRow, UnnamedRow } from './direct-rows.js';
import { fits } from './policy-tables.js';
import type { TableNeed } from './policy-tables.js';
import type { PolicyStore } from './policy-store.js';
import type { Identity } from './types.js';

export interface PolicyChange {
	readonly added: number;
	readonly removed: number;
	readonly unchanged: number;
}

export interface PolicyPlan extends PolicyChange, TableNeed {
	/** false: the change would be refused with ERR_MAP_FULL. */
	readonly fits: boolean;
}

/** A row and whose it is: 'direct' by hand, else the number that names the document's rule. */
export interface OwnedRow {
	readonly key: PolicyKey;
	readonly entry: OwnedEntry;
	readonly owner: 'direct' | number;
}

/**
 * The rows by hand of one policy set, which all endpoints of one identity share. Map-like and synchronous; every call is
 * one change: all or nothing, one epoch, and established flows are judged again at once. Rows of documents live beside
 * them and are not touched here; `all()` shows both. While a direction has rows it is default-deny.
 *
 * Every verb throws ERR_CLOSED after the datapath was closed, ERR_INVALID_ARGUMENT naming the field of a bad row, and
 * ERR_MAP_FULL where the kernel's maps have no room; the rows are then what they were.
 */
export interface PolicyMap extends Iterable<PolicyRow> {
	/** Rows by hand. */
	readonly size: number;
	get(key: PolicyKey): PolicyEntry | undefined;
	has(key: PolicyKey): boolean;
	set(key: PolicyKey, entry: PolicyEntry): this;
	/** false: there was no such row by hand. */
	delete(key: PolicyKey): boolean;
	clear(): void;
	/** One change for all of them. Of rows with equal keys the last counts. */
	setMany(rows: Iterable<PolicyRow>): void;
	deleteMany(keys: Iterable<PolicyKey>): number;
	/** Brings the rows by hand to exactly these; only the difference is written, with no gap on the way. */
	replace(rows: Iterable<PolicyRow>): PolicyChange;
	/** What `replace` would do. Changes nothing. */
	plan(rows: Iterable<PolicyRow>): PolicyPlan;
	all(): Generator<OwnedRow>;
}

const NO_ROWS: ReadonlyMap<string, RuleRow> = new Map();

export interface PolicyMapParts {
	readonly changes: Changes;
	readonly store: PolicyStore;
	readonly cookies: Cookies;
	readonly identity: Identity;
	assertOpen(): void;
}

export function createPolicyMap({ changes, store, cookies, identity, assertOpen }: PolicyMapParts): PolicyMap {
	function subject(): Subject | undefined {
		assertOpen();
		return store.subjects.get(identity.id);
	}

	function direct(): ReadonlyMap<string, RuleRow> {
		return subject()?.direct.byKey ?? NO_ROWS;
	}

	function write(row: UnnamedRow): void {
		row.cookie = cookies.acquire(row);
		store.put(store.ensure(identity), row);
	}

	function remove(key: string): boolean {
		const found = subject();
		return found !== undefined && store.remove(found, key);
	}

	function differences(rows: Iterable<PolicyRow>) {
		const wanted = new Map<string, UnnamedRow>();
		for (const row of rows) {
			const rule = toRuleRow(row);
			wanted.set(rowKey(rule), rule);
		}
		const present = direct();
		const put = [...wanted].filter(([key, row]) => !isSame(present.get(key), row)).map(([, row]) => row);
		const gone = [...present.keys()].filter((key) => !wanted.has(key));
		return { put, gone, unchanged: wanted.size - put.length };
	}

	const map: PolicyMap = {
		get size() {
			return direct().size;
		},
		get(key) {
			const row = direct().get(keyText(key));
			return row === undefined ? undefined : fromRuleRow(row)[1];
		},
		has: (key) => direct().has(keyText(key)),
		set(key, entry) {
			const row = toRuleRow([key, entry]);
			changes.run(() => write(row));
			return map;
		},
		delete: (key) => changes.run(() => remove(keyText(key))),
		clear: () => void map.replace([]),
		setMany(rows) {
			const rules = Array.from(rows, toRuleRow);
			changes.run(() => rules.forEach(write));
		},
		deleteMany(keys) {
			const texts = Array.from(keys, keyText);
			return changes.run(() => texts.filter(remove).length);
		},
		replace(rows) {
			const { put, gone, unchanged } = differences(rows);
			changes.run(() => {
				gone.forEach(remove);
				put.forEach(write);
			});
			return { added: put.length, removed: gone.length, unchanged };
		},
		plan(rows) {
			const { put, gone, unchanged } = differences(rows);
			const need = changes.preview(() => {
				gone.forEach(remove);
				put.forEach(write);
				return store.need();
			});
			return { added: put.length, removed: gone.length, unchanged, ...need, fits: fits(need) };
		},
		*all() {
			assertOpen();
			for (const row of store.rowsOf(identity)) {
				const owner = row.cookie >= DIRECT_ROW_COOKIE ? 'direct' : row.cookie;
				yield { key: keyOfRow(row), entry: entryOfRow(row), owner };
			}
		},
		*[Symbol.iterator]() {
			for (const row of direct().values()) {
				yield fromRuleRow(row);
			}
		},
	};
	return map;
}

function keyText(key: PolicyKey): string {
	return rowKey(toRuleRow([key, { verdict: 'allow' }]));
}

function isSame(known: RuleRow | undefined, wanted: RuleRow): boolean {
	return (
		known !== undefined &&
		known.action === wanted.action &&
		known.proxyPort === wanted.proxyPort &&
		known.precedence === wanted.precedence
	);
}
