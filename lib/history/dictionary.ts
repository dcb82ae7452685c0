/** Equal values once each, numbered from 0 in the order in which they came. */
export interface Dictionary<T> {
	readonly values: readonly T[];
	code(key: string, value: () => T): number;
}

export function createDictionary<T>(): Dictionary<T> {
	const codes = new Map<string, number>();
	const values: T[] = [];
	return {
		values,
		code(key, value) {
			const known = codes.get(key);
			if (known !== undefined) {
				return known;
			}
			codes.set(key, values.length);
			return values.push(value()) - 1;
		},
	};
}
