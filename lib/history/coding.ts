/**
 * How a column's numbers are told before they are packed: small ones pack well.
 * - plain: as they are, from 0
 * - signed: 0, -1, 1, -2, … as 0, 1, 2, 3, …
 * - delta: the difference from the row before, signed
 * - repeated: 0 for what the row before had, or the last row with the same value in the column `by`; else one more
 */
export interface Coding {
	readonly form: 'plain' | 'signed' | 'delta' | 'repeated';
	readonly by?: 'source' | 'destination';
}

/** Of `by`: the column that a repeated one leans on. All numbers that are told lie from 0 to 2^53 - 1. */
export function encodeColumn(values: Float64Array, { form }: Coding, by?: Float64Array): Float64Array {
	switch (form) {
		case 'plain':
			return values;
		case 'signed':
			return values.map(toUnsigned);
		case 'delta':
			return values.map((value, row) => toUnsigned(value - (values[row - 1] ?? 0)));
		case 'repeated':
			return encodeRepeated(values, by);
	}
}

/** In place. */
export function decodeColumn(told: Float64Array, { form }: Coding, by?: Float64Array): Float64Array {
	if (form === 'repeated') {
		return by === undefined ? decodeRepeated(told) : decodeRepeatedBy(told, by);
	}
	let sum = 0;
	for (let row = 0; form !== 'plain' && row < told.length; row++) {
		const value = toSigned(told[row]!);
		sum += value;
		told[row] = form === 'delta' ? sum : value;
	}
	return told;
}

function toUnsigned(value: number): number {
	return value < 0 ? -2 * value - 1 : 2 * value;
}

function toSigned(told: number): number {
	return told % 2 === 1 ? -(told + 1) / 2 : told / 2;
}

function encodeRepeated(values: Float64Array, by: Float64Array | undefined): Float64Array {
	const last: number[] = [];
	const told = new Float64Array(values.length);
	for (let row = 0; row < values.length; row++) {
		const value = values[row]!;
		const key = by === undefined ? 0 : by[row]!;
		told[row] = value === (last[key] ?? 0) ? 0 : value + 1;
		last[key] = value;
	}
	return told;
}

function decodeRepeated(told: Float64Array): Float64Array {
	let last = 0;
	for (let row = 0; row < told.length; row++) {
		last = told[row] === 0 ? last : told[row]! - 1;
		told[row] = last;
	}
	return told;
}

function decodeRepeatedBy(told: Float64Array, by: Float64Array): Float64Array {
	const last: number[] = [];
	for (let row = 0; row < told.length; row++) {
		const key = by[row]!;
		const value = told[row] === 0 ? (last[key] ?? 0) : told[row]! - 1;
		told[row] = value;
		last[key] = value;
	}
	return told;
}
