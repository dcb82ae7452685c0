export function median(values: readonly number[]): number {
	if (values.length === 0) return Number.NaN;
	const sorted = [...values].sort((a, b) => a - b);
	const middle = sorted.length >> 1;
	return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Of times to which the machine's other work can only add. */
export function lowerQuartile(values: readonly number[]): number {
	return [...values].sort((a, b) => a - b)[values.length >> 2] ?? Number.NaN;
}

export interface Summary {
	readonly value: number;
	readonly min: number;
	readonly max: number;
}

export function summarize(values: readonly number[]): Summary {
	return { value: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/** Ratios of neighbours in time: noise that lasts longer than one pair cancels. */
export function ratios(values: readonly number[], bases: readonly number[]): number[] {
	return values.map((value, i) => value / bases[i]!);
}
