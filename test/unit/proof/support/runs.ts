import type { Parameters } from 'fast-check';

/** HEDDLE_SEED repeats a run; a failure tells the seed of its own. HEDDLE_SCENES: how many, for a long run. */
export function runs<T>(usual: number): Parameters<T> {
	const seed = process.env['HEDDLE_SEED'];
	const numRuns = Number(process.env['HEDDLE_SCENES'] ?? usual);
	return { numRuns, ...(seed === undefined ? {} : { seed: Number(seed) }) };
}
