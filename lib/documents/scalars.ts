import type { Check } from './check.js';

/** Longest text that a pattern is tried on: none of them is to meet megabytes. */
const LONGEST = 4096;

export function string(pattern?: RegExp, expected = 'a string', longest = LONGEST): Check<string> {
	return (value, { path, report }) =>
		typeof value === 'string' && (pattern === undefined || (value.length <= longest && pattern.test(value)))
			? value
			: report.wrong(path, value, expected);
}

export const boolean: Check<boolean> = (value, { path, report }) =>
	typeof value === 'boolean' ? value : report.wrong(path, value, 'true or false');

export function integer(least: number, most: number): Check<number> {
	return (value, { path, report }) =>
		typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most
			? value
			: report.wrong(path, value, `a number from ${least} to ${most}`);
}

export function oneOf<T extends string>(...values: readonly T[]): Check<T> {
	return (value, { path, report }) =>
		values.find((known) => known === value) ?? report.wrong(path, value, values.join(' or '));
}
