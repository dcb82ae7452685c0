import type { DocumentPath, Report } from './issue.js';

/** Where a value stands and whom to tell when it is wrong. */
export interface Place {
	readonly path: DocumentPath;
	readonly report: Report;
}

/** A value as what it should be, or undefined after having said what is wrong. */
export type Check<T> = (value: unknown, place: Place) => T | undefined;

export interface Field<T> {
	readonly check: Check<T>;
	readonly required: boolean;
}

type Fields = Readonly<Record<string, Field<unknown>>>;

type Checked<F extends Fields> = {
	[K in keyof F as F[K]['required'] extends true ? K : never]: F[K] extends Field<infer T> ? T : never;
} & {
	[K in keyof F as F[K]['required'] extends true ? never : K]?: F[K] extends Field<infer T> ? T : never;
};

export function required<T>(check: Check<T>): { check: Check<T>; required: true } {
	return { check, required: true };
}

export function optional<T>(check: Check<T>): { check: Check<T>; required: false } {
	return { check, required: false };
}

export function at({ path, report }: Place, part: string | number): Place {
	return { path: [...path, part], report };
}

export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Exactly these fields: any other is refused by name, never ignored. */
export function object<F extends Fields>(fields: F): Check<Checked<F>> {
	return (value, place) => {
		if (!isMapping(value)) {
			return place.report.wrong(place.path, value, `an object with ${Object.keys(fields).join(', ')}`);
		}
		let whole = true;
		const checked: Record<string, unknown> = {};
		for (const name of Object.keys(value)) {
			if (!Object.hasOwn(fields, name)) {
				place.report.refuse(
					[...place.path, name],
					`unknown or unsupported field, expected one of ${Object.keys(fields).join(', ')}`,
				);
				whole = false;
			}
		}
		for (const [name, field] of Object.entries(fields)) {
			const found = Object.hasOwn(value, name) ? value[name] : undefined;
			// `key:` without a value is null in YAML and means absent, as Kubernetes reads it.
			if (found === undefined || found === null) {
				if (field.required) {
					place.report.refuse([...place.path, name], 'missing, expected a value');
					whole = false;
				}
				continue;
			}
			const result = field.check(found, at(place, name));
			whole &&= result !== undefined;
			checked[name] = result;
		}
		return whole ? (checked as Checked<F>) : undefined;
	};
}

export function list<T>(check: Check<T>): Check<readonly T[]> {
	return (value, place) => {
		if (!Array.isArray(value)) {
			return place.report.wrong(place.path, value, 'a list');
		}
		const items = value.map((item: unknown, i) => check(item, at(place, i)));
		return items.includes(undefined) ? undefined : (items as T[]);
	};
}

export function record<T>(key: RegExp, keyMeaning: string, check: Check<T>): Check<Readonly<Record<string, T>>> {
	return (value, place) => {
		if (!isMapping(value)) {
			return place.report.wrong(place.path, value, 'an object');
		}
		// Documents name the keys: `__proto__` must be one like any other.
		const checked = Object.create(null) as Record<string, T>;
		let whole = true;
		for (const [name, item] of Object.entries(value)) {
			if (!key.test(name)) {
				place.report.wrong([...place.path, name], name, keyMeaning);
				whole = false;
			}
			const result = check(item, at(place, name));
			if (result === undefined) {
				whole = false;
			} else {
				checked[name] = result;
			}
		}
		return whole ? checked : undefined;
	};
}

export function string(pattern: RegExp = /^/, expected = 'a string'): Check<string> {
	return (value, { path, report }) =>
		typeof value === 'string' && pattern.test(value) ? value : report.wrong(path, value, expected);
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

/** Any value: it has no meaning here. */
export const opaque: Check<unknown> = (value) => value ?? null;

/** Runs `then` on what `check` lets through. */
export function refine<A, B>(check: Check<A>, then: (value: A, place: Place) => B | undefined): Check<B> {
	return (value, place) => {
		const checked = check(value, place);
		return checked === undefined ? undefined : then(checked, place);
	};
}
