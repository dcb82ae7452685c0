import type { LabelValues, Sample } from './family.js';

/** Sums by label set, at most so many of them. */
export interface Tally extends Iterable<Sample> {
	/** Labels that are not of this tally are left out. @returns the label set under which it counts */
	add(labels: LabelValues, value?: number | bigint): LabelValues;
	/** Keeps which label sets there are: a counter must not change its mind about what is `other`. */
	zero(): void;
	clear(): void;
}

/** What label values that found no room become. */
const OTHER = 'other';

/** Labels to which traffic and documents may give any number of values become this first, while the others still tell. */
const OPEN_OTHER: LabelValues = { network: OTHER, port: OTHER, pool: OTHER };

/** Of a hundred label sets this many are kept for those in which the open labels alone are `other`. */
const PARTLY_OTHER_PERCENT = 10;

interface Sum {
	readonly labels: LabelValues;
	value: number;
}

/** @param most label sets, 1 and up; the last one is that in which every label is `other` */
export function createTally(names: readonly string[], most: number): Tally {
	const sums = new Map<string, Sum>();
	const allOther = Object.fromEntries(names.map((name) => [name, OTHER]));
	const isOpen = names.some((name) => name in OPEN_OTHER);
	// Without labels there is one label set alone.
	const mostPartly = names.length === 0 ? most : most - 1;
	const mostOwn = mostPartly - (isOpen ? Math.floor((mostPartly * PARTLY_OTHER_PERCENT) / 100) : 0);

	function keyOf(labels: LabelValues): string {
		let key = '';
		for (const name of names) {
			key += `${labels[name] ?? ''}\0`;
		}
		return key;
	}

	/** undefined: there is none, and no room for one. */
	function obtain(labels: LabelValues, room: number): Sum | undefined {
		const key = keyOf(labels);
		const found = sums.get(key);
		if (found !== undefined || sums.size >= room) {
			return found;
		}
		const made: Sum = { labels: Object.fromEntries(names.map((name) => [name, labels[name] ?? ''])), value: 0 };
		sums.set(key, made);
		return made;
	}

	function sumOf(labels: LabelValues): Sum {
		return obtain(labels, mostOwn) ?? obtain({ ...labels, ...OPEN_OTHER }, mostPartly) ?? obtain(allOther, most)!;
	}

	return {
		add(labels, value = 1) {
			const sum = sumOf(labels);
			sum.value += Number(value);
			return sum.labels;
		},
		zero() {
			for (const sum of sums.values()) {
				sum.value = 0;
			}
		},
		clear: () => sums.clear(),
		*[Symbol.iterator]() {
			for (const { labels, value } of sums.values()) {
				yield [labels, value];
			}
		},
	};
}
