const BYTES_OF_LOW = 4;
const LOW = 2 ** 32;

/**
 * All lowest bytes, then all second ones, as far as the largest number needs: bytes that are alike lie together.
 * Numbers are integers from 0 to 2^53 - 1.
 */
export function packPlanes(values: Float64Array): Uint8Array {
	const rows = values.length;
	const planes = planesOf(values);
	const bytes = new Uint8Array(rows * planes);
	for (let plane = 0; plane < planes; plane++) {
		const inLow = plane < BYTES_OF_LOW;
		const shift = 8 * (plane % BYTES_OF_LOW);
		for (let row = 0, at = plane * rows; row < rows; row++, at++) {
			const value = values[row]!;
			bytes[at] = (inLow ? value >>> 0 : value / LOW) >>> shift;
		}
	}
	return bytes;
}

/** undefined where the bytes are not those of so many rows. */
export function unpackPlanes(bytes: Uint8Array, rows: number): Float64Array | undefined {
	const planes = rows === 0 ? 0 : bytes.length / rows;
	if (!Number.isInteger(planes) || planes > 7) {
		return undefined;
	}
	const values = new Float64Array(rows);
	for (let row = 0; planes > 0 && row < rows; row++) {
		values[row] = bytes[row]!;
	}
	for (let plane = 1, weight = 256; plane < planes; plane++, weight *= 256) {
		for (let row = 0, at = plane * rows; row < rows; row++, at++) {
			if (bytes[at] !== 0) {
				values[row]! += bytes[at]! * weight;
			}
		}
	}
	return values;
}

function planesOf(values: Float64Array): number {
	let largest = 0;
	for (let row = 0; row < values.length; row++) {
		largest = Math.max(largest, values[row]!);
	}
	let planes = 0;
	for (let rest = largest; rest >= 1; rest /= 256) {
		planes++;
	}
	return planes;
}
