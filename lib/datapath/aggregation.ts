import * as abi from '../abi/generated.js';
import { invalidArgument } from '../errors.js';
import type { Aggregation } from './types.js';

/** How much is told of an endpoint's packets. */
export interface Telling {
	readonly aggregation: Aggregation;
	/** One of so many. */
	readonly sampling: number;
}

export const AGGREGATIONS: readonly Aggregation[] = ['none', 'low', 'medium', 'maximum'];
export const MAX_SAMPLING = 65_535;
/** Least and most. */
export const AGGREGATION_INTERVAL_MS = [1000, 300_000] as const;

const NUMBERS: Readonly<Record<Aggregation, number>> = {
	none: abi.Aggregation.None,
	low: abi.Aggregation.Low,
	medium: abi.Aggregation.Medium,
	maximum: abi.Aggregation.Maximum,
};

/** @throws ERR_INVALID_ARGUMENT */
export function checkAggregation(level: unknown, field = 'aggregation'): Aggregation {
	if (!AGGREGATIONS.includes(level as Aggregation)) {
		throw invalidArgument(field, level, "'none', 'low', 'medium' or 'maximum'");
	}
	return level as Aggregation;
}

/** @throws ERR_INVALID_ARGUMENT */
export function checkSampling(sampling: unknown, field = 'sampling'): number {
	if (!Number.isInteger(sampling) || (sampling as number) < 1 || (sampling as number) > MAX_SAMPLING) {
		throw invalidArgument(field, sampling, `an integer from 1 to ${MAX_SAMPLING}`);
	}
	return sampling as number;
}

export function aggregationNumber(level: Aggregation): number {
	return NUMBERS[level];
}

export function aggregationOf(number: number): Aggregation {
	return AGGREGATIONS.find((level) => NUMBERS[level] === number) ?? 'maximum';
}
