import { fieldOf, type Mapping, type Place } from './check.js';

/** One of these fields, and only one. */
export function exactlyOne(value: Mapping, { path, report }: Place, ...names: readonly string[]): void {
	const found = names.filter((name) => fieldOf(value, name) !== undefined);
	if (found.length !== 1) {
		report.refuse(path, `found ${found.join(' and ') || 'none'}, expected exactly one of ${names.join(' and ')}`);
	}
}

/** One of these fields, or more. */
export function atLeastOne(value: Mapping, { path, report }: Place, ...names: readonly string[]): void {
	if (names.every((name) => fieldOf(value, name) === undefined)) {
		report.refuse(path, `found none, expected ${names.join(' or ')}`);
	}
}
