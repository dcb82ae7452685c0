import type { MetricsView } from './view.js';

export type LabelValues = Readonly<Record<string, string>>;

/** Samples of equal labels are added up. */
export type Sample = readonly [labels: LabelValues, value: number | bigint];

/** A metric with all its label sets, read when it is scraped. */
export interface Family {
	readonly name: string;
	readonly help: string;
	readonly type: 'counter' | 'gauge';
	/** `network` among them is left out unless it was asked for. */
	readonly labels: readonly string[];
	samples(view: MetricsView): Iterable<Sample>;
}

/** Of a flow or endpoint whose network is known. */
export const NETWORK_LABEL = 'network';
