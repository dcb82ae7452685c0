import { invalidArgument } from '../errors.js';
import { RESERVE_BYTES } from './shelf.js';

export interface FlowHistoryOptions {
	/** Absolute path of the file; folders are made. */
	readonly path: string;
	/** Bytes of the file and its log together, from 16 MiB. When reached the oldest flows go. @default 1 GiB */
	readonly maxBytes?: number;
	/** Milliseconds, from 1 000, by the flows' own times: older flows are not found, and dropped soon. @default no limit */
	readonly maxAge?: number;
	/** Milliseconds until what was appended is on disk, 1..600 000: what a killed process loses. @default 1000 */
	readonly flushMs?: number;
}

export type CheckedOptions = Required<FlowHistoryOptions>;

const DEFAULT_BYTES = 2 ** 30;
const LEAST_BYTES = 2 * RESERVE_BYTES;
const LEAST_AGE_MS = 1000;
const DEFAULT_FLUSH_MS = 1000;
const MOST_FLUSH_MS = 600_000;

/** @throws ERR_INVALID_ARGUMENT */
export function checkOptions(options: FlowHistoryOptions): CheckedOptions {
	const { path, maxBytes = DEFAULT_BYTES, maxAge = Infinity, flushMs = DEFAULT_FLUSH_MS } = options;
	if (!Number.isSafeInteger(maxBytes) || maxBytes < LEAST_BYTES) {
		throw invalidArgument('maxBytes', maxBytes, `an integer from ${LEAST_BYTES}`);
	}
	if (typeof maxAge !== 'number' || !(maxAge >= LEAST_AGE_MS)) {
		throw invalidArgument('maxAge', maxAge, `milliseconds from ${LEAST_AGE_MS}`);
	}
	if (!Number.isInteger(flushMs) || flushMs < 1 || flushMs > MOST_FLUSH_MS) {
		throw invalidArgument('flushMs', flushMs, `an integer from 1 to ${MOST_FLUSH_MS}`);
	}
	return { path, maxBytes, maxAge, flushMs };
}
