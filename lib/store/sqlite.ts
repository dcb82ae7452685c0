import type { Database } from 'libsql';

/** What a pragma answers, where it is a number. */
export function pragmaNumber(database: Database, name: string): number {
	const [row = {}] = database.pragma(name) as Record<string, unknown>[];
	return Number(Object.values(row)[0]);
}

/** All of it or nothing is there afterwards. */
export function inTransaction(database: Database, body: () => void): void {
	database.exec('BEGIN IMMEDIATE');
	try {
		body();
		database.exec('COMMIT');
	} catch (error) {
		rollBack(database);
		throw error;
	}
}

/** A connection lives on while statements of it are not collected: what must not wait is done by hand, most of all the lock. */
export function endConnection(database: Database): void {
	for (const pragma of ['journal_mode = DELETE', 'locking_mode = NORMAL', 'user_version']) {
		tryTo(() => database.pragma(pragma));
	}
	database.close();
}

/** What is not in the file proper yet is in its log, and is read from there. */
export function tryTo(step: () => unknown): void {
	try {
		step();
	} catch {
		// The error that led here, or nothing, is what the caller must hear of.
	}
}

/** SQLite has rolled back by itself where the disk is full. */
function rollBack(database: Database): void {
	if (database.inTransaction) {
		tryTo(() => database.exec('ROLLBACK'));
	}
}
