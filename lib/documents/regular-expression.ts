import { readClass } from './regular-class.js';
import { readEscape } from './regular-escape.js';
import { RegularText } from './regular-text.js';

const MAX_LENGTH = 4096;
const MAX_DEPTH = 64;
/** RE2's limit. */
const MAX_REPEAT = 1000;
const REPEAT = /[*+?]|\{(\d+)(,(\d*))?\}/y;

/**
 * What is wrong with a regular expression as RE2 reads it, undefined where nothing is. It has no way to say what takes
 * more than linear time: no references back, no looking around.
 */
export function complaintAbout(text: string): string | undefined {
	if (text.length > MAX_LENGTH) {
		return `at most ${MAX_LENGTH} characters`;
	}
	const reader = new RegularText(text);
	try {
		readAlternatives(reader, 0);
		return reader.done ? undefined : 'a ( for each )';
	} catch (error) {
		if (error instanceof SyntaxError) {
			return error.message;
		}
		throw error;
	}
}

function readAlternatives(reader: RegularText, depth: number): number {
	if (depth > MAX_DEPTH) {
		throw new SyntaxError(`at most ${MAX_DEPTH} groups in each other`);
	}
	let most = 1;
	do {
		most = Math.max(most, readSequence(reader, depth));
	} while (reader.take('|'));
	return most;
}

/** Returns how often a part of it may stand in a row, for the counts of nested repeats multiply. */
function readSequence(reader: RegularText, depth: number): number {
	let most = 1;
	while (!reader.done && !reader.at('|') && !reader.at(')')) {
		if (readQuoted(reader)) {
			continue;
		}
		most = Math.max(most, readRepeat(reader, readAtom(reader, depth)));
	}
	return most;
}

function readAtom(reader: RegularText, depth: number): number {
	if (reader.take('(')) {
		return readGroup(reader, depth);
	}
	if (reader.take('[')) {
		readClass(reader);
	} else if (reader.take('\\')) {
		readEscape(reader);
	} else {
		const repeat = reader.match(REPEAT);
		if (repeat !== undefined) {
			throw new SyntaxError(`something to repeat before ${repeat[0]}`);
		}
		reader.next();
	}
	return 1;
}

function readGroup(reader: RegularText, depth: number): number {
	if (reader.take('?')) {
		if (reader.at('=') || reader.at('!') || reader.take('<=') || reader.take('<!')) {
			throw new SyntaxError('no looking ahead or behind');
		}
		const [opening] = reader.match(/P?<[A-Za-z_]\w*>|[imsU]*(-[imsU]+)?[:)]/y) ?? [];
		if (opening === undefined) {
			throw new SyntaxError('(?:, (?P<name>, (?flags) or (?flags: where there is (?');
		}
		if (opening.endsWith(')')) {
			return 1;
		}
	}
	const most = readAlternatives(reader, depth + 1);
	if (!reader.take(')')) {
		throw new SyntaxError('a ) for each (');
	}
	return most;
}

function readRepeat(reader: RegularText, inner: number): number {
	const count = reader.match(REPEAT);
	if (count === undefined) {
		return inner;
	}
	const least = Number(count[1] ?? 0);
	const most = Number(count[3] || least);
	const times = Math.max(most, 1);
	if (times * inner > MAX_REPEAT || most < least) {
		throw new SyntaxError(`repeats of at most ${MAX_REPEAT}, the lower number first`);
	}
	reader.take('?');
	if (reader.match(REPEAT) !== undefined) {
		throw new SyntaxError('one repeat after each thing');
	}
	return times * inner;
}

/** `\Q...\E`: as it stands. */
function readQuoted(reader: RegularText): boolean {
	if (!reader.take('\\Q')) {
		return false;
	}
	while (!reader.done && !reader.take('\\E')) {
		reader.next();
	}
	return true;
}
