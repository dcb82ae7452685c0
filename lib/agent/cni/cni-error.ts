import { HeddleError, isHeddleError, type ErrorCode } from '../../errors.js';
import type { CniVersion } from './versions.js';

/* Of CNI's specification 1.1, "Error". */
export const INCOMPATIBLE_VERSION = 1;
export const UNSUPPORTED_FIELD = 2;
export const UNKNOWN_CONTAINER = 3;
export const INVALID_ENVIRONMENT = 4;
export const IO_FAILURE = 5;
export const DECODE_FAILURE = 6;
export const INVALID_CONFIGURATION = 7;
export const TRY_AGAIN_LATER = 11;
export const NOT_AVAILABLE = 50;
/** Our own: the kernel, or what was checked, is not as it should be. */
export const DATAPATH_FAILURE = 100;
export const CHECK_FAILED = 101;

/** A failure in CNI's terms. */
export class CniError extends HeddleError {
	override readonly name = 'CniError';
	readonly cniCode: number;

	constructor(cniCode: number, message: string, details?: { readonly cause?: unknown }) {
		super('ERR_CNI', message, details);
		this.cniCode = cniCode;
	}
}

/** What a runtime reads, of the specification's form. */
export interface CniErrorBody {
	readonly cniVersion: CniVersion;
	readonly code: number;
	readonly msg: string;
	/** The code of heddle's error, where it is one. */
	readonly details: string;
}

const CODES: Readonly<Record<ErrorCode, number>> = {
	ERR_INVALID_ARGUMENT: INVALID_CONFIGURATION,
	ERR_UNKNOWN_NETWORK: INVALID_CONFIGURATION,
	ERR_UNKNOWN_POOL: INVALID_CONFIGURATION,
	ERR_DUPLICATE_NETWORK: INVALID_CONFIGURATION,
	ERR_ADDRESS_NOT_IN_POOL: INVALID_CONFIGURATION,
	ERR_ADDRESS_RESERVED: INVALID_CONFIGURATION,
	ERR_NETNS: INVALID_ENVIRONMENT,
	ERR_NAME_TAKEN: INVALID_ENVIRONMENT,
	ERR_NOT_FOUND: UNKNOWN_CONTAINER,
	ERR_CHECK_FAILED: CHECK_FAILED,
	// Addresses come back with the pods that go, and agents with their next process.
	ERR_POOL_EXHAUSTED: TRY_AGAIN_LATER,
	ERR_POOL_NOT_GRANTED: TRY_AGAIN_LATER,
	ERR_ADDRESS_IN_USE: TRY_AGAIN_LATER,
	ERR_CLOSED: TRY_AGAIN_LATER,
};

const VARIABLES: Readonly<Record<ErrorCode, string>> = { ERR_NETNS: 'CNI_NETNS', ERR_NAME_TAKEN: 'CNI_IFNAME' };

export function cniErrorBody(error: unknown, cniVersion: CniVersion): CniErrorBody {
	if (error instanceof CniError) {
		return { cniVersion, code: error.cniCode, msg: error.message, details: '' };
	}
	if (!isHeddleError(error)) {
		const msg = error instanceof Error ? error.message : String(error);
		return { cniVersion, code: DATAPATH_FAILURE, msg, details: '' };
	}
	const code = CODES[error.code] ?? (error.code.startsWith('ERR_STORE') ? IO_FAILURE : DATAPATH_FAILURE);
	// The specification wants the variable by name.
	const variable = VARIABLES[error.code];
	const msg = variable === undefined ? error.message : `${variable}: ${error.message}`;
	return { cniVersion, code, msg, details: error.code };
}
