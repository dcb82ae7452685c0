import type { Fields, Mapping, Place } from './check.js';

/** How documents of a kind are written. */
export interface Kind {
	readonly fields: Fields;
	readonly ignored?: readonly string[];
	readonly across?: (document: Mapping, place: Place) => void;
	/** Of fields that are absent. */
	readonly defaults?: Mapping;
}
