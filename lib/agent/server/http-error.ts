import { HeddleError, PolicyError, isHeddleError, type ErrorCode } from '../../errors.js';

/** A failure as the socket's clients read it. */
export interface ErrorBody {
	readonly code: ErrorCode;
	readonly message: string;
	readonly details: Readonly<Record<string, unknown>>;
}

const STATUSES: Readonly<Record<ErrorCode, number>> = {
	ERR_UNKNOWN_PATH: 404,
	ERR_NOT_FOUND: 404,
	ERR_METHOD: 405,
	ERR_TOO_LONG: 413,
	ERR_CLOSED: 503,
	ERR_EXISTS: 409,
	ERR_IN_USE: 409,
	ERR_POOL_IN_USE: 409,
	ERR_ADDRESS_IN_USE: 409,
	ERR_NAME_TAKEN: 409,
	ERR_CHECK_FAILED: 409,
	ERR_POOL_EXHAUSTED: 409,
	ERR_POOL_NOT_GRANTED: 409,
	ERR_INTERNAL: 500,
};

/** What is wrong with what was asked, unless it is known to be something else. */
export function statusOf({ code }: ErrorBody): number {
	const isOurs = /^ERR_(STORE|MAP|NATIVE|KERNEL|VERIFIER|PERMISSION)/.test(code);
	return STATUSES[code] ?? (isOurs ? 500 : 400);
}

/** What is no error of ours is a fault of ours: its place is for the log alone. */
export function errorBody(error: unknown): ErrorBody {
	if (error instanceof PolicyError) {
		return { code: error.code, message: error.message, details: { issues: error.issues } };
	}
	if (isHeddleError(error)) {
		const { cause: _, ...details } = error.details;
		return { code: error.code, message: error.message, details };
	}
	return { code: 'ERR_INTERNAL', message: error instanceof Error ? error.message : String(error), details: {} };
}

export function unknownPath(found: string, known: readonly string[]): HeddleError {
	return new HeddleError('ERR_UNKNOWN_PATH', `path: found ${found}, expected one of ${known.join(', ')}`, {
		field: 'path',
		found,
		expected: known,
	});
}

export function wrongMethod(path: string, found: string, expected: string): HeddleError {
	return new HeddleError('ERR_METHOD', `${path}: found method ${found}, expected ${expected}`, {
		field: 'method',
		found,
		expected,
	});
}
