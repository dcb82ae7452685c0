const SHOWN = 80;

/** A value of a document as a short piece of a message; asks nothing of objects, whatever they hold. */
export function describe(value: unknown): string {
	if (typeof value === 'string') {
		return JSON.stringify(value.length > SHOWN ? `${value.slice(0, SHOWN - 3)}...` : value);
	}
	if (Array.isArray(value)) {
		return `a list of ${value.length}`;
	}
	if (typeof value === 'bigint') {
		return `${value}n`;
	}
	return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
