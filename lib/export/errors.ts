import { HeddleError } from '../errors.js';
import type { ErrorCode } from '../errors.js';

const CODES: Readonly<Record<string, ErrorCode>> = {
	ENOSPC: 'ERR_STORE_FULL',
	EDQUOT: 'ERR_STORE_FULL',
	EROFS: 'ERR_STORE_READ_ONLY',
	EACCES: 'ERR_STORE_READ_ONLY',
	EPERM: 'ERR_STORE_READ_ONLY',
};

export function exportError(path: string, cause: unknown): HeddleError {
	const { code = '', message = String(cause), errno, syscall } = (cause ?? {}) as Partial<NodeJS.ErrnoException>;
	return new HeddleError(CODES[code] ?? 'ERR_STORE', `export file ${path}: found ${message}, expected to write to it`, {
		field: 'path',
		found: path,
		...(errno === undefined ? {} : { errno: Math.abs(errno) }),
		...(syscall === undefined ? {} : { syscall }),
		cause,
	});
}
