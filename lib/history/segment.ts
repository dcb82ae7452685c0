import type { FlowEndpoint } from '../flows/flow.js';
import type { ColumnName } from './columns.js';
import type { FlowKind, L4Kind, L7Kind } from './kind.js';

/** What the numbers of some columns stand for; an array's index is the number. */
export interface Dictionaries {
	readonly endpoints: readonly FlowEndpoint[];
	readonly kinds: readonly FlowKind[];
	readonly l4s: readonly L4Kind[];
	/** A column's number is one more, 0 is none. */
	readonly l7s: readonly L7Kind[];
	/** Addresses as text; a column's number is one more, 0 is none. */
	readonly ips: readonly string[];
}

export type DictionaryName = keyof Dictionaries;

export interface SegmentBounds {
	readonly rows: number;
	/** Unix time that the column `time` counts from, in nanoseconds; smallest and largest of the rows. */
	readonly baseNs: bigint;
	readonly minNs: bigint;
	readonly maxNs: bigint;
}

/** Flows in order of arrival, column by column. What nobody asks for is never read. */
export interface Segment extends SegmentBounds {
	column(name: ColumnName): Float64Array;
	dictionary<N extends DictionaryName>(name: N): Dictionaries[N];
}
