import type { MetricsView } from './view.js';

export type LabelValues = Readonly<Record<string, string>>;

/** Samples of equal labels are added up. */
export type Sample = readonly [labels: LabelValues, value: number | bigint];

interface Described {
	readonly name: string;
	readonly help: string;
	/** `network` among them is left out unless it was asked for. */
	readonly labels: readonly string[];
}

/** A metric with all its label sets, read when it is scraped. */
export interface Family extends Described {
	readonly type: 'counter' | 'gauge';
	samples(view: MetricsView): Iterable<Sample>;
}

/** A metric that is told each value as it comes, and keeps how many were how large. */
export interface Distribution extends Described {
	readonly type: 'histogram';
	/** Upper bounds, ascending. */
	readonly buckets: readonly number[];
	/** Whoever keeps it; called once. */
	follow(observe: (labels: LabelValues, value: number) => void): void;
}

/** Of a flow or endpoint whose network is known. */
export const NETWORK_LABEL = 'network';
