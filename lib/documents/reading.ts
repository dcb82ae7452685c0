import { HeddleError } from '../errors.js';

/** @throws ERR_UNREADABLE */
export async function reading<T>(path: string, work: Promise<T>): Promise<T> {
	try {
		return await work;
	} catch (cause) {
		if (cause instanceof HeddleError) {
			throw cause;
		}
		const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
		throw new HeddleError('ERR_UNREADABLE', `cannot read ${path}: ${reason}`, { found: path, cause });
	}
}
