import { invalidArgument } from '../../errors.js';
import type { TimestampMessage } from './flow-message.js';

const SECOND = 1_000_000_000n;
/** As google.protobuf.Timestamp has it: the years 1 to 9999. */
const FIRST_SECOND = -62_135_596_800;
const LAST_SECOND = 253_402_300_799;

/** Of Unix time in nanoseconds. */
export function timestampOf(timeNs: bigint): TimestampMessage {
	const nanos = ((timeNs % SECOND) + SECOND) % SECOND;
	return { seconds: Number((timeNs - nanos) / SECOND), nanos: Number(nanos) };
}

export function timestampNow(): TimestampMessage {
	return timestampOf(BigInt(Date.now()) * 1_000_000n);
}

/** Unix time in nanoseconds. @throws ERR_INVALID_ARGUMENT naming the field */
export function nanosecondsOf({ seconds, nanos }: TimestampMessage, field: string): bigint {
	if (seconds < FIRST_SECOND || seconds > LAST_SECOND) {
		throw invalidArgument(`${field}.seconds`, seconds, `${FIRST_SECOND} to ${LAST_SECOND}`);
	}
	if (nanos < 0 || nanos > 999_999_999) {
		throw invalidArgument(`${field}.nanos`, nanos, '0 to 999999999');
	}
	return BigInt(seconds) * SECOND + BigInt(nanos);
}
