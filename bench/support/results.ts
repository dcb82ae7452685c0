import type { Summary } from './statistics.js';

export interface Result {
	readonly id: string;
	readonly value: number;
	readonly unit: string;
	readonly min?: number;
	readonly max?: number;
	readonly note?: string;
}

export interface Results extends Iterable<Result> {
	add(id: string, unit: string, value: number | Summary, note?: string): void;
	get(id: string): Result | undefined;
	/** What could not be measured, and why. */
	readonly gaps: readonly string[];
	gap(what: string): void;
	/** Facts that belong beside the figures: map sizes, versions. */
	readonly facts: readonly string[];
	fact(what: string): void;
}

export function createResults(): Results {
	const results = new Map<string, Result>();
	const gaps: string[] = [];
	const facts: string[] = [];
	return {
		add(id, unit, value, note) {
			const figures = typeof value === 'number' ? { value } : value;
			results.set(id, { id, unit, ...figures, ...(note === undefined ? {} : { note }) });
		},
		get: (id) => results.get(id),
		gaps,
		gap: (what) => void gaps.push(what),
		facts,
		fact: (what) => void facts.push(what),
		[Symbol.iterator]: () => results.values(),
	};
}
