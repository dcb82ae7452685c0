import type { RegularText } from './regular-text.js';

const CONTROL: Readonly<Record<string, number>> = { a: 7, f: 12, t: 9, n: 10, r: 13, v: 11 };

/** After a backslash; an assertion (`\b`) is fine too. */
export function readEscape(reader: RegularText): void {
	if (reader.match(/[bBAz]/y) === undefined) {
		readClassEscape(reader);
	}
}

/** After a backslash. The code of the one character it stands for, undefined for a set of them. */
export function readClassEscape(reader: RegularText): number | undefined {
	const set = reader.match(/[dDsSwW]|[pP](?:\{\^?(\w+)\}|(\w))/y);
	if (set !== undefined) {
		checkProperty(set[1] ?? set[2]);
		return undefined;
	}
	const octal = reader.match(/[1-7][0-7]{1,2}|0[0-7]{0,2}/y);
	if (octal !== undefined) {
		return Number.parseInt(octal[0], 8);
	}
	const hex = reader.match(/x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]{1,8})\})/y);
	if (hex !== undefined) {
		return checkedCode(Number.parseInt((hex[1] ?? hex[2])!, 16));
	}
	return readCharacter(reader);
}

function readCharacter(reader: RegularText): number {
	if (reader.match(/[1-9]|k[<{']/y) !== undefined) {
		throw new SyntaxError('no references back to groups');
	}
	const character = reader.next();
	if (Object.hasOwn(CONTROL, character)) {
		return CONTROL[character]!;
	}
	if (!/^[!-/:-@[-`{-~]$/.test(character)) {
		throw new SyntaxError(character === '' ? 'something after the last \\' : `none of \\${character}`);
	}
	return character.charCodeAt(0);
}

/** A category or a script of Unicode. */
function checkProperty(name: string | undefined): void {
	const known = ['', 'Script='].some((kind) => name === undefined || isProperty(`${kind}${name}`));
	if (!known) {
		throw new SyntaxError(`a category or script of Unicode, not ${name}`);
	}
}

function isProperty(name: string): boolean {
	try {
		return new RegExp(`\\p{${name}}`, 'u').source !== '';
	} catch {
		return false;
	}
}

function checkedCode(code: number): number {
	if (code > 0x10ffff) {
		throw new SyntaxError('a code up to 10FFFF');
	}
	return code;
}
