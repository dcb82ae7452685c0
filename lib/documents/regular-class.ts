import { readClassEscape } from './regular-escape.js';
import type { RegularText } from './regular-text.js';

const NAMED = /\[:\^?(alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit):\]/y;

/** After `[`. */
export function readClass(reader: RegularText): void {
	reader.take('^');
	// A `]` that comes first is one of the class.
	for (let first = true; first || !reader.at(']'); first = false) {
		if (reader.done) {
			throw new SyntaxError('a ] for each [');
		}
		if (reader.match(NAMED) === undefined) {
			readRange(reader);
		}
	}
	reader.take(']');
}

function readRange(reader: RegularText): void {
	if (reader.match(/\[:\^?\w*:\]/y) !== undefined) {
		throw new SyntaxError('a known class such as [:alpha:]');
	}
	const from = readMember(reader);
	// After a set, or at the end, a dash is one of the class.
	if (from === undefined || !reader.at('-') || reader.at('-]')) {
		return;
	}
	reader.take('-');
	const to = readMember(reader);
	if (to === undefined || to < from) {
		throw new SyntaxError('a range that goes up');
	}
}

function readMember(reader: RegularText): number | undefined {
	if (reader.take('\\')) {
		return readClassEscape(reader);
	}
	if (reader.done) {
		throw new SyntaxError('a ] for each [');
	}
	return reader.next().codePointAt(0);
}
