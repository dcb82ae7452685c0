import { statSync } from 'node:fs';
import { dirname, isAbsolute } from 'node:path';
import type { Database, Statement } from 'libsql';
import { invalidArgument } from '../errors.js';
import { makeFolder } from '../make-folder.js';
import { corruptStore, storeError } from '../store/errors.js';
import type { StoreFile } from '../store/errors.js';
import { endConnection, inTransaction, pragmaNumber, tryTo } from '../store/sqlite.js';
import type { Blob } from './blobs.js';

/** Of the tables below; another number is another version's file. */
const SCHEMA = 1;
/** Rows of `blobs` are numbered by their segment and themselves. */
const BLOBS_OF_SEGMENT = 64;
/** Pieces are large. */
const PAGE_BYTES = 16_384;
/** The log goes into the file once it is that long. */
export const LOG_BYTES = 4 << 20;
/** One a second for an hour. */
const MOST_LOSSES = 3600;
/** Beyond this share of free pages the file gives them back. */
const FREE_SHARE = 0.25;

export const HISTORY_FILE: StoreFile = { name: 'history file', field: 'path' };

export interface SegmentRow {
	readonly id: number;
	readonly meta: Uint8Array;
}

/** One SQLite file: a write is there whole or not at all, whenever the process ends. */
export interface HistoryFile {
	segments(): SegmentRow[];
	/** Numbers of blobs by segment. */
	pieces(): Map<number, Set<number>>;
	blob(segment: number, number: number): Uint8Array | undefined;
	/** In one step: a segment comes, others go. */
	replace(added: SegmentRow & { readonly blobs: readonly Blob[] }, removed: readonly number[]): void;
	remove(segments: readonly number[]): void;
	/** What `putNote` wrote last under this name. */
	note(name: string): string | undefined;
	putNote(name: string, value: string): void;
	/** Losses, oldest first. */
	losses(): string[];
	/** The oldest go where there are too many. */
	addLoss(loss: string): void;
	/** Bytes of the file that hold something. */
	usedBytes(): number;
	/** Bytes of the file and its log. */
	diskBytes(): number;
	close(): void;
}

/** @throws ERR_INVALID_ARGUMENT, ERR_STORE_CORRUPT, ERR_STORE_LOCKED, ERR_STORE_READ_ONLY, ERR_STORE_FULL, ERR_STORE */
export async function openHistoryFile(path: string): Promise<HistoryFile> {
	if (typeof path !== 'string' || !isAbsolute(path)) {
		throw invalidArgument('path', path, 'an absolute path');
	}
	const { default: Libsql } = await import('libsql');
	const guarded: Guarded = (body) => {
		try {
			return body();
		} catch (error) {
			throw storeError(path, error, HISTORY_FILE);
		}
	};
	prepareFolder(path);
	const database = guarded(() => new Libsql(path));
	try {
		guarded(() => prepare(database, path));
		return guarded(() => createFile(database, path, guarded));
	} catch (error) {
		endConnection(database);
		throw error;
	}
}

type Guarded = <T>(body: () => T) => T;

function prepareFolder(path: string): void {
	try {
		makeFolder(dirname(path), 0o700);
	} catch (error) {
		const full = (error as NodeJS.ErrnoException).code === 'ENOSPC';
		throw storeError(path, { code: full ? 'SQLITE_FULL' : 'SQLITE_CANTOPEN', cause: error }, HISTORY_FILE);
	}
}

function prepare(database: Database, path: string): void {
	// Without a wait for the disk at each write: after a power cut the newest are gone, after a kill nothing is.
	for (const pragma of [
		`page_size = ${PAGE_BYTES}`,
		'auto_vacuum = INCREMENTAL',
		'locking_mode = EXCLUSIVE',
		'journal_mode = WAL',
		'synchronous = NORMAL',
		`wal_autocheckpoint = ${LOG_BYTES / PAGE_BYTES}`,
		`journal_size_limit = ${LOG_BYTES}`,
	]) {
		database.pragma(pragma);
	}
	const version = pragmaNumber(database, 'user_version');
	if (version !== 0 && version !== SCHEMA) {
		throw corruptStore(path, `found a file of version ${version}, expected ${SCHEMA}`, HISTORY_FILE);
	}
	database.exec(
		`BEGIN IMMEDIATE;
		CREATE TABLE IF NOT EXISTS segments (id INTEGER PRIMARY KEY, meta BLOB);
		CREATE TABLE IF NOT EXISTS blobs (id INTEGER PRIMARY KEY, bytes BLOB);
		CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, value TEXT);
		CREATE TABLE IF NOT EXISTS losses (id INTEGER PRIMARY KEY, loss TEXT);
		PRAGMA user_version = ${SCHEMA};
		COMMIT`,
	);
}

function createFile(database: Database, path: string, guarded: Guarded): HistoryFile {
	const all = database.prepare('SELECT id, meta AS bytes FROM segments ORDER BY id');
	const ids = database.prepare('SELECT id FROM blobs');
	const one = database.prepare('SELECT bytes FROM blobs WHERE id = ?');
	const changes = changeStatements(database);
	const told = noteStatements(database);
	// Of the file as it was made.
	const pageSize = pragmaNumber(database, 'page_size');
	const pages = () => pragmaNumber(database, 'page_count');
	const freePages = () => pragmaNumber(database, 'freelist_count');

	function change(body: () => void): void {
		guarded(() => inTransaction(database, body));
		if (freePages() > pages() * FREE_SHARE) {
			tryTo(() => database.exec('PRAGMA incremental_vacuum'));
		}
	}

	return {
		segments: () => guarded(() => (all.all() as Row[]).map((row) => ({ id: row.id, meta: bytesOf(row) }))),
		pieces: () => guarded(() => piecesOf((ids.all() as Row[]).map(({ id }) => id))),
		blob: (segment, number) =>
			guarded(() => {
				const row = one.get([segment * BLOBS_OF_SEGMENT + number]) as Row | undefined;
				return row === undefined ? undefined : bytesOf(row);
			}),
		replace({ id, meta, blobs }, removed) {
			change(() => {
				changes.add(id, meta, blobs);
				removed.forEach(changes.remove);
			});
		},
		remove: (segments) => change(() => segments.forEach(changes.remove)),
		note: (name) => guarded(() => told.note(name)),
		putNote: (name, value) => change(() => told.putNote(name, value)),
		losses: () => guarded(() => told.losses()),
		addLoss: (loss) => change(() => told.addLoss(loss)),
		usedBytes: () => guarded(() => (pages() - freePages()) * pageSize),
		diskBytes: () => guarded(() => pages() * pageSize) + logBytes(path),
		close: () => endConnection(database),
	};
}

interface Changes {
	add(id: number, meta: Uint8Array, blobs: readonly Blob[]): void;
	remove(id: number): void;
}

function changeStatements(database: Database): Changes {
	const statement = (text: string): Statement<unknown[]> => database.prepare(text);
	const addSegment = statement('INSERT INTO segments (id, meta) VALUES (?, ?)');
	const addBlob = statement('INSERT INTO blobs (id, bytes) VALUES (?, ?)');
	const removeSegment = statement('DELETE FROM segments WHERE id = ?');
	const removeBlobs = statement('DELETE FROM blobs WHERE id >= ? AND id < ?');
	return {
		add(id, meta, blobs) {
			addSegment.run([id, Buffer.from(meta)]);
			for (const { number, bytes } of blobs) {
				addBlob.run([id * BLOBS_OF_SEGMENT + number, Buffer.from(bytes)]);
			}
		},
		remove(id) {
			removeSegment.run([id]);
			removeBlobs.run([id * BLOBS_OF_SEGMENT, (id + 1) * BLOBS_OF_SEGMENT]);
		},
	};
}

function noteStatements(database: Database) {
	const statement = (text: string): Statement<unknown[]> => database.prepare(text);
	const note = statement('SELECT value FROM notes WHERE name = ?');
	const putNote = statement('INSERT OR REPLACE INTO notes (name, value) VALUES (?, ?)');
	const losses = statement('SELECT loss FROM losses ORDER BY id');
	const addLoss = statement('INSERT INTO losses (loss) VALUES (?)');
	const dropLosses = statement('DELETE FROM losses WHERE id <= (SELECT MAX(id) FROM losses) - ?');
	return {
		note: (name: string) => (note.get([name]) as { readonly value: string } | undefined)?.value,
		putNote: (name: string, value: string) => void putNote.run([name, value]),
		losses: () => (losses.all([]) as { readonly loss: string }[]).map(({ loss }) => loss),
		addLoss(loss: string) {
			addLoss.run([loss]);
			dropLosses.run([MOST_LOSSES]);
		},
	};
}

function piecesOf(ids: readonly number[]): Map<number, Set<number>> {
	const pieces = new Map<number, Set<number>>();
	for (const id of ids) {
		const segment = Math.floor(id / BLOBS_OF_SEGMENT);
		const numbers = pieces.get(segment) ?? new Set();
		pieces.set(segment, numbers.add(id % BLOBS_OF_SEGMENT));
	}
	return pieces;
}

interface Row {
	readonly id: number;
	readonly bytes: unknown;
}

/** Damage can make something else of what was bytes: none, which nothing can be read from. */
function bytesOf({ bytes }: Row): Uint8Array {
	if (bytes instanceof Uint8Array) {
		return bytes;
	}
	// What the library gives where it reads many rows.
	return new Uint8Array(bytes instanceof ArrayBuffer ? bytes : []);
}

function logBytes(path: string): number {
	return statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
}
