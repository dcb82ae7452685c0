export type Part = string | number | boolean | undefined;

/** Equal values once each, numbered from 0 in the order in which they came. Values are equal when their parts are. */
export interface Dictionary<T> {
	readonly values: readonly T[];
	/** The place of what has the parts that are told so far. */
	readonly start: Place;
	code(place: Place, value: () => T): number;
}

/**
 * One map from part to part: no text is put together and hashed for each flow. Two kinds of values of one dictionary must
 * differ before one is the other's beginning.
 */
export interface Place {
	code: number;
	readonly next: Map<Part, Place>;
}

export function createDictionary<T>(): Dictionary<T> {
	const values: T[] = [];
	return {
		values,
		start: createPlace(),
		code(place, value) {
			if (place.code < 0) {
				place.code = values.push(value()) - 1;
			}
			return place.code;
		},
	};
}

export function step(place: Place, part: Part): Place {
	let next = place.next.get(part);
	if (next === undefined) {
		next = createPlace();
		place.next.set(part, next);
	}
	return next;
}

function createPlace(): Place {
	return { code: -1, next: new Map() };
}
