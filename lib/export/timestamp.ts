const SECOND = 1_000_000_000n;

/** Of Unix time in nanoseconds, as JSON of a protobuf Timestamp has it: with 0, 3, 6 or 9 digits of the second. */
export function formatTimestamp(timeNs: bigint): string {
	const nanos = ((timeNs % SECOND) + SECOND) % SECOND;
	const seconds = new Date(Number((timeNs - nanos) / 1_000_000n)).toISOString().slice(0, -'.000Z'.length);
	if (nanos === 0n) {
		return `${seconds}Z`;
	}
	const digits = String(nanos)
		.padStart(9, '0')
		.replace(/(000){1,2}$/, '');
	return `${seconds}.${digits}Z`;
}
