import { HeddleError, type ErrorCode } from '../errors.js';

interface Meaning {
	readonly code: ErrorCode;
	readonly message: string;
}

const CORRUPT: Meaning = {
	code: 'ERR_STORE_CORRUPT',
	message: 'found a damaged file, expected one that this or a former agent wrote whole; move it away to start without',
};
const LOCKED: Meaning = {
	code: 'ERR_STORE_LOCKED',
	message: 'found it open in another process, expected one agent at a time',
};
const READ_ONLY: Meaning = {
	code: 'ERR_STORE_READ_ONLY',
	message: 'found a place that cannot be written to, expected to be allowed to',
};
const FULL: Meaning = {
	code: 'ERR_STORE_FULL',
	message: 'found no space left on the disk, expected room for one more row',
};

/** By SQLite's result codes, https://sqlite.org/rescode.html; the longest that fits counts. */
const MEANINGS: readonly (readonly [code: string, Meaning])[] = [
	['SQLITE_NOTADB', CORRUPT],
	['SQLITE_CORRUPT', CORRUPT],
	// Our statements are right: what they speak of is not there as they know it.
	['SQLITE_ERROR', CORRUPT],
	['SQLITE_BUSY', LOCKED],
	['SQLITE_LOCKED', LOCKED],
	['SQLITE_READONLY', READ_ONLY],
	['SQLITE_PERM', READ_ONLY],
	['SQLITE_CANTOPEN', READ_ONLY],
	// Taking the lock is the first write; a mount that is read-only refuses it.
	['SQLITE_IOERR_LOCK', READ_ONLY],
	['SQLITE_FULL', FULL],
];

/** What a file is called, and the option that names it. */
export interface StoreFile {
	readonly name: string;
	readonly field: string;
}

const STATE_FILE: StoreFile = { name: 'state file', field: 'statePath' };

export function storeError(path: string, cause: unknown, file = STATE_FILE): HeddleError {
	if (cause instanceof HeddleError) {
		return cause;
	}
	const found = codeOf(cause);
	const meaning = MEANINGS.find(([code]) => found.startsWith(code))?.[1];
	const reason = cause instanceof Error ? cause.message : String(cause);
	const { code, message } = meaning ?? { code: 'ERR_STORE' as const, message: `found ${reason}, expected it to work` };
	return new HeddleError(code, `${file.name} ${path}: ${message} (${found === '' ? reason : found})`, {
		field: file.field,
		found: path,
		cause,
	});
}

export function corruptStore(path: string, what: string, file = STATE_FILE): HeddleError {
	return new HeddleError('ERR_STORE_CORRUPT', `${file.name} ${path}: ${what}; move it away to start without`, {
		field: file.field,
		found: path,
	});
}

/** Where the file cannot even be opened, the library tells no code. */
function codeOf(cause: unknown): string {
	const { code, message } = (cause ?? {}) as { code?: unknown; message?: unknown };
	if (typeof code === 'string' && code !== '') {
		return code;
	}
	return String(message).includes('Unable to open connection') ? 'SQLITE_CANTOPEN' : '';
}
