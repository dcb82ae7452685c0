import { createHash } from 'node:crypto';
import { dirname, isAbsolute } from 'node:path';
import type { Database } from 'libsql';

import { closedError, invalidArgument } from '../errors.js';
import { makeFolder } from '../make-folder.js';
import { corruptStore, storeError } from './errors.js';
import { endConnection, inTransaction, pragmaNumber } from './sqlite.js';
import type { Store, StoreChange } from './store.js';

/** Of the table below; another number is another version's file. */
const SCHEMA = 1;

/**
 * One SQLite file: every write is on disk before it returns, and all of it or nothing is there after a crash.
 * @throws ERR_INVALID_ARGUMENT, ERR_STORE_CORRUPT, ERR_STORE_LOCKED (another process has it), ERR_STORE_READ_ONLY,
 * ERR_STORE_FULL, ERR_STORE
 */
export async function openFileStore(path: string): Promise<Store> {
	if (typeof path !== 'string' || !isAbsolute(path)) {
		throw invalidArgument('statePath', path, 'an absolute path');
	}
	// Where nobody keeps a file, nobody waits for this to load.
	const { default: Libsql } = await import('libsql');
	const guarded = <T>(body: () => T): T => {
		try {
			return body();
		} catch (error) {
			throw storeError(path, error);
		}
	};
	prepareFolder(path);
	const database = guarded(() => new Libsql(path));
	try {
		guarded(() => prepare(database, path));
		return guarded(() => createStore(database, path, guarded));
	} catch (error) {
		endConnection(database);
		throw error;
	}
}

function prepareFolder(path: string): void {
	try {
		makeFolder(dirname(path), 0o700);
	} catch (error) {
		const code = (error as NodeJS.ErrnoException).code;
		throw storeError(path, code === 'ENOSPC' ? { code: 'SQLITE_FULL' } : { code: 'SQLITE_CANTOPEN', cause: error });
	}
}

function prepare(database: Database, path: string): void {
	// Exclusive: a second process is refused at once instead of seeing half of what we do.
	for (const pragma of ['locking_mode = EXCLUSIVE', 'journal_mode = WAL', 'synchronous = FULL']) {
		database.pragma(pragma);
	}
	const version = pragmaNumber(database, 'user_version');
	if (version !== 0 && version !== SCHEMA) {
		throw corruptStore(path, `found a file of version ${version}, expected ${SCHEMA}`);
	}
	const check = database.prepare('SELECT CAST(quick_check AS BLOB) AS found FROM pragma_quick_check(1)').get();
	const found = Buffer.from((check as { found: ArrayBuffer }).found).toString();
	if (found !== 'ok') {
		throw corruptStore(path, `found ${found}, expected a whole file`);
	}
	database.exec(
		`BEGIN IMMEDIATE;
		CREATE TABLE IF NOT EXISTS rows (kind BLOB, key BLOB, value BLOB, digest BLOB, PRIMARY KEY (kind, key)) WITHOUT ROWID;
		PRAGMA user_version = ${SCHEMA};
		COMMIT`,
	);
}

function createStore(database: Database, path: string, guarded: <T>(body: () => T) => T): Store {
	// Damage can make text of what was bytes, which must not be read as text then.
	const select = database.prepare(
		`SELECT ${COLUMNS.map((name) => `CAST(${name} AS BLOB) AS ${name}`).join()} FROM rows`,
	);
	const put = database.prepare('INSERT OR REPLACE INTO rows (kind, key, value, digest) VALUES (?, ?, ?, ?)');
	const remove = database.prepare('DELETE FROM rows WHERE kind = ? AND key = ?');
	let open = true;

	function assertOpen(): void {
		if (!open) {
			throw closedError('the store');
		}
	}

	/** All of them each time: of which kind a row was is no longer known for sure where its bytes are others. */
	function rows(): StoreChange[] {
		return guarded(() => (select.all() as Columns[]).map((columns) => rowOf(columns, path)));
	}

	rows();
	return {
		all(kind) {
			assertOpen();
			return new Map(rows().flatMap((row) => (row.kind === kind ? [[row.key, row.value] as const] : [])));
		},
		write(changes) {
			assertOpen();
			guarded(() =>
				inTransaction(database, () => {
					for (const change of changes) {
						const [kind, key] = [Buffer.from(change.kind), Buffer.from(change.key)];
						if (change.value === undefined) {
							remove.run([kind, key]);
						} else {
							const value = Buffer.from(JSON.stringify(change.value));
							put.run([kind, key, value, digestOf(kind, key, value)]);
						}
					}
				}),
			);
		},
		close() {
			if (open) {
				open = false;
				endConnection(database);
			}
		},
	};
}

const COLUMNS = ['kind', 'key', 'value', 'digest'] as const;

/** Bytes, not text: a damaged file can hold what is no text. */
type Columns = Readonly<Record<(typeof COLUMNS)[number], ArrayBuffer | null>>;

/** SQLite finds damage in the structure of its file, not in what it keeps. */
function digestOf(kind: Buffer, key: Buffer, value: Buffer): Buffer {
	return createHash('sha256').update(`${kind.length} ${key.length} `).update(kind).update(key).update(value).digest();
}

function rowOf(columns: Columns, path: string): StoreChange {
	const [kind, key, value, digest] = COLUMNS.map((name) => Buffer.from(columns[name] ?? new ArrayBuffer(0))) as [
		Buffer,
		Buffer,
		Buffer,
		Buffer,
	];
	if (!digestOf(kind, key, value).equals(digest)) {
		throw corruptStore(path, `row ${kind.toString()} '${key.toString()}': found other bytes than were written`);
	}
	return { kind: kind.toString(), key: key.toString(), value: JSON.parse(value.toString()) as unknown };
}
