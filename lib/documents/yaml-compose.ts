import { Composer, Parser } from 'yaml';
import type { Document, LineCounter } from 'yaml';

/** The documents of a text, one after the other. */
export function composeDocuments(text: string, lines: LineCounter): Iterable<Document.Parsed> {
	const parser = new Parser(lines.addNewLine);
	// Keys given twice are found when values are made: the parser would compare each with each.
	const composer = new Composer({ uniqueKeys: false, merge: false, logLevel: 'silent' });
	return composer.compose(parser.parse(withoutTabs(text))) as Iterable<Document.Parsed>;
}

/** JSON may be indented with tabs, YAML may not; in the strings of JSON there can be none. */
function withoutTabs(text: string): string {
	return /^\s*[[{]/.test(text) && text.includes('\t') && isJson(text) ? text.replaceAll('\t', ' ') : text;
}

function isJson(text: string): boolean {
	try {
		JSON.parse(text);
		return true;
	} catch {
		return false;
	}
}
