import { fieldOf, type Check, type Mapping, type Place } from './check.js';
import { isMapping } from './check.js';

/**
 * An object of exactly one of these fields. The API says of one with another field, or with none (a server drops what
 * it does not know), that its writer knew an option which the reader does not; the reader "should fail closed". So it
 * is no mistake: it becomes an object without any field, which the rules read as the API says, and a warning.
 */
export function oneKnown<T extends object>(known: readonly string[], what: string, check: Check<T>): Check<T | object> {
	return (value, place) => {
		if (!isMapping(value)) {
			return check(value, place);
		}
		const unknown = Object.keys(value).filter((name) => !known.includes(name));
		const given = known.filter((name) => fieldOf(value, name) !== undefined);
		if (unknown.length > 0 || given.length === 0) {
			return warnUnknown(value, unknown, what, place);
		}
		if (given.length > 1) {
			return place.report.refuse(
				place.path,
				`found ${given.join(' and ')}, expected exactly one of ${known.join(', ')}`,
			);
		}
		return check(value, place);
	};
}

function warnUnknown(value: Mapping, unknown: readonly string[], what: string, { path, report }: Place): object {
	const [name] = unknown;
	const found = name === undefined ? 'no known field' : `the unknown field ${name.slice(0, 80)}`;
	report.warn(
		name === undefined ? path : [...path, name],
		`found ${found} in a ${what}: an option that is not known here, so it fails closed`,
		value,
	);
	return {};
}
