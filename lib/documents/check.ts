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

export type Fields = Readonly<Record<string, Field<unknown>>>;

export type Checked<F extends Fields> = {
	[K in keyof F as F[K]['required'] extends true ? K : never]: F[K] extends Field<infer T> ? T : never;
} & {
	[K in keyof F as F[K]['required'] extends true ? never : K]?: F[K] extends Field<infer T> ? T : never;
};

/** Fields beside those that count. */
export interface MoreFields {
	/** May be there, say nothing here, and are left out of what is read. */
	readonly ignored?: readonly string[];
	/** Known, refused, and why. */
	readonly refused?: Readonly<Record<string, string>>;
	/** Says what is wrong across fields. It sees them as written, so that it can tell whatever else is wrong. */
	readonly across?: (value: Mapping, place: Place) => void;
}

export type Mapping = Readonly<Record<string, unknown>>;

export function required<T>(check: Check<T>): { check: Check<T>; required: true } {
	return { check, required: true };
}

export function optional<T>(check: Check<T>): { check: Check<T>; required: false } {
	return { check, required: false };
}

export function at({ path, report }: Place, part: string | number): Place {
	return { path: [...path, part], report };
}

export function isMapping(value: unknown): value is Mapping {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `key:` without a value is null in YAML and means absent, as Kubernetes reads it. */
export function fieldOf(value: Mapping, name: string): unknown {
	return Object.hasOwn(value, name) ? (value[name] ?? undefined) : undefined;
}

/** What is in a list of a field; nothing where there is none. */
export function itemsOf(value: unknown, name: string): readonly unknown[] {
	const found = isMapping(value) ? fieldOf(value, name) : undefined;
	return Array.isArray(found) ? found : [];
}

/** Exactly these fields: any other is refused by name, never ignored. */
export function object<F extends Fields>(fields: F, more: MoreFields = {}): Check<Checked<F>> {
	const entries = Object.entries(fields);
	const known = new Set([...Object.keys(fields), ...(more.ignored ?? [])]);
	const listed = Object.keys(fields).join(', ');
	return (value, place) => {
		if (!isMapping(value)) {
			return place.report.wrong(place.path, value, `an object with ${listed}`);
		}
		const before = place.report.count;
		refuseOthers(value, known, more.refused ?? {}, listed, place);
		const checked: Record<string, unknown> = {};
		for (const [name, field] of entries) {
			const found = fieldOf(value, name);
			if (found !== undefined) {
				checked[name] = field.check(found, at(place, name));
			} else if (field.required) {
				place.report.refuse([...place.path, name], 'missing, expected a value');
			}
		}
		more.across?.(value, place);
		return place.report.count === before ? (checked as Checked<F>) : undefined;
	};
}

function refuseOthers(
	value: Mapping,
	known: ReadonlySet<string>,
	refused: Readonly<Record<string, string>>,
	listed: string,
	{ path, report }: Place,
): void {
	for (const name of Object.keys(value)) {
		if (!known.has(name)) {
			const why = Object.hasOwn(refused, name)
				? `unsupported field: ${refused[name]}`
				: `unknown or unsupported field, expected one of ${listed}`;
			report.refuse([...path, name], why);
		}
	}
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

/** A list of `least` to `most` items; how many are wrong is told beside what is wrong in them. */
export function listOf<T>(check: Check<T>, least: number, most: number): Check<readonly T[]> {
	const items = list(check);
	return (value, place) => {
		const count = Array.isArray(value) ? value.length : least;
		const fits = count >= least && count <= most;
		if (!fits) {
			place.report.wrong(place.path, value, count < least ? `at least ${least}` : `at most ${most}`);
		}
		const checked = items(value, place);
		return fits ? checked : undefined;
	};
}

export function record<T>(key: Check<string>, check: Check<T>): Check<Readonly<Record<string, T>>> {
	return (value, place) => {
		if (!isMapping(value)) {
			return place.report.wrong(place.path, value, 'an object');
		}
		// Documents name the keys: `__proto__` must be one like any other.
		const checked = Object.create(null) as Record<string, T>;
		let whole = true;
		for (const [name, item] of Object.entries(value)) {
			const as = key(name, at(place, name));
			const result = check(item, at(place, name));
			if (as === undefined || result === undefined) {
				whole = false;
			} else if (Object.hasOwn(checked, as)) {
				place.report.refuse([...place.path, name], `the same as ${as}, expected once`);
				whole = false;
			} else {
				checked[as] = result;
			}
		}
		return whole ? checked : undefined;
	};
}

/** Runs `then` on what `check` lets through. */
export function refine<A, B>(check: Check<A>, then: (value: A, place: Place) => B | undefined): Check<B> {
	return (value, place) => {
		const checked = check(value, place);
		return checked === undefined ? undefined : then(checked, place);
	};
}
