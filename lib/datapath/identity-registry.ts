import { HeddleError } from '../errors.js';
import type { Records } from '../kernel/records.js';
import type { Changes } from './changes.js';
import { labelSetOf } from './labels.js';
import {
	FIRST_CIDR_IDENTITY,
	FIRST_CLUSTER_IDENTITY,
	LAST_CIDR_IDENTITY,
	LAST_CLUSTER_IDENTITY,
	reservedIdentities,
} from './reserved-identities.js';
import type { Identity, IdentityId, Labels } from './types.js';

/** Numbers for sets of labels. An identity lives while an endpoint uses it or someone asked for it by name. */
export interface IdentityRegistry extends Iterable<Identity> {
	get(id: number): Identity | undefined;
	find(labels: Labels): Identity | undefined;
	byName(name: string): Identity | undefined;
	/** One more user. Within a change: undone with it. */
	acquire(labels: Labels, kind: 'labels' | 'cidr'): Identity;
	retain(identity: Identity): void;
	release(identity: Identity): void;
	/** Kept without users, until `unkeep`. */
	keep(identity: Identity): void;
	unkeep(identity: Identity): boolean;
	readonly size: number;
	/** Told of every identity that comes or goes, within the change that does it. */
	onChange(listener: (identity: Identity, present: boolean) => void): void;
	restore(): void;
	/** Drops what a process that died left without users. */
	collect(): void;
}

interface Entry {
	readonly identity: Identity;
	readonly key: string;
	users: number;
	kept: boolean;
}

interface IdentityRecord {
	readonly kind: 'labels' | 'cidr';
	readonly labels: Labels;
	readonly kept: boolean;
}

export function createIdentityRegistry(changes: Changes, records: Records, recordKind: number): IdentityRegistry {
	const byId = new Map<number, Entry>();
	const byKey = new Map<string, Entry>();
	const byName = new Map<string, Identity>();
	const listeners: ((identity: Identity, present: boolean) => void)[] = [];
	const cursor = { labels: FIRST_CLUSTER_IDENTITY, cidr: FIRST_CIDR_IDENTITY };

	for (const identity of reservedIdentities()) {
		insert({ identity, key: labelSetOf(identity.labels).key, users: 0, kept: true });
		byName.set(identity.name ?? '', identity);
	}

	function insert(entry: Entry): void {
		byId.set(entry.identity.id, entry);
		byKey.set(entry.key, entry);
	}

	function persist(entry: Entry): void {
		const { id, kind, labels } = entry.identity;
		records.put(recordKind, id, { kind, labels, kept: entry.kept });
	}

	function add(entry: Entry): void {
		insert(entry);
		changes.undo(() => drop(entry));
		persist(entry);
		listeners.forEach((listener) => listener(entry.identity, true));
	}

	function drop(entry: Entry): void {
		byId.delete(entry.identity.id);
		byKey.delete(entry.key);
		records.delete(recordKind, entry.identity.id);
	}

	/** Numbers come back only after all others, so that a row left behind by hand does not soon mean someone else. */
	function nextId(kind: 'labels' | 'cidr'): IdentityId {
		const [first, last] =
			kind === 'labels' ? [FIRST_CLUSTER_IDENTITY, LAST_CLUSTER_IDENTITY] : [FIRST_CIDR_IDENTITY, LAST_CIDR_IDENTITY];
		for (let tried = first; tried <= last; tried++) {
			const id = cursor[kind];
			cursor[kind] = id === last ? first : id + 1;
			if (!byId.has(id)) {
				return id as IdentityId;
			}
		}
		throw new HeddleError(
			'ERR_EXHAUSTED',
			`identities: found all ${last - first + 1} numbers in use, expected a free one`,
		);
	}

	function entryOf(identity: Identity): Entry {
		const entry = byId.get(identity.id);
		if (entry === undefined) {
			throw new HeddleError('ERR_NOT_FOUND', `identity ${identity.id}: found none, expected one that is allocated`);
		}
		return entry;
	}

	function removeIfUnused(entry: Entry): void {
		if (entry.users > 0 || entry.kept) {
			return;
		}
		listeners.forEach((listener) => listener(entry.identity, false));
		drop(entry);
		changes.undo(() => {
			insert(entry);
			persist(entry);
		});
	}

	function addUsers(entry: Entry, count: number): void {
		entry.users += count;
		changes.undo(() => void (entry.users -= count));
	}

	function setKept(entry: Entry, kept: boolean): void {
		if (entry.kept === kept) {
			return;
		}
		entry.kept = kept;
		changes.undo(() => void (entry.kept = !kept));
		persist(entry);
	}

	return {
		get size() {
			return byId.size;
		},
		get: (id) => byId.get(id)?.identity,
		find: (labels) => byKey.get(labelSetOf(labels).key)?.identity,
		byName: (name) => byName.get(name),
		acquire(labels, kind) {
			const key = labelSetOf(labels).key;
			const known = byKey.get(key);
			if (known !== undefined) {
				addUsers(known, 1);
				return known.identity;
			}
			const entry: Entry = { identity: Object.freeze({ id: nextId(kind), kind, labels }), key, users: 0, kept: false };
			add(entry);
			addUsers(entry, 1);
			return entry.identity;
		},
		retain: (identity) => addUsers(entryOf(identity), 1),
		release(identity) {
			const entry = entryOf(identity);
			addUsers(entry, -1);
			removeIfUnused(entry);
		},
		keep: (identity) => setKept(entryOf(identity), true),
		unkeep(identity) {
			const entry = entryOf(identity);
			if (!entry.kept || entry.identity.kind === 'reserved') {
				return false;
			}
			setKept(entry, false);
			removeIfUnused(entry);
			return true;
		},
		onChange: (listener) => void listeners.push(listener),
		restore() {
			for (const { id, value } of records.all<IdentityRecord>(recordKind)) {
				const identity: Identity = Object.freeze({ id: id as IdentityId, kind: value.kind, labels: value.labels });
				insert({ identity, key: labelSetOf(value.labels).key, users: 0, kept: value.kept });
				const first = value.kind === 'labels' ? 'labels' : 'cidr';
				cursor[first] = Math.max(cursor[first], id + 1);
			}
			cursor.labels = cursor.labels > LAST_CLUSTER_IDENTITY ? FIRST_CLUSTER_IDENTITY : cursor.labels;
			cursor.cidr = cursor.cidr > LAST_CIDR_IDENTITY ? FIRST_CIDR_IDENTITY : cursor.cidr;
		},
		collect() {
			for (const entry of [...byId.values()]) {
				removeIfUnused(entry);
			}
		},
		*[Symbol.iterator]() {
			for (const entry of byId.values()) {
				yield entry.identity;
			}
		},
	};
}
