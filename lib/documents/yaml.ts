import { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments, type Document, type Node } from 'yaml';
import { createReport, type DocumentIssue, type DocumentPath, type DocumentSource, type Position } from './issue.js';

export interface YamlLimits {
	/** UTF-16 units of one text. @default 4 Mi */
	readonly length?: number;
	/** Nodes that aliases may stand for, as a multiple of the nodes written. @default 50 */
	readonly aliases?: number;
	/** Mappings and lists in each other. @default 64 */
	readonly depth?: number;
}

/** One document of a text, as plain values. */
export interface RawDocument {
	readonly value: unknown;
	readonly source: DocumentSource;
}

const UNREAD = '(unread document)';

const MAX_INDICATORS = 1000;

const [OPEN_LIST, CLOSE_LIST, OPEN_MAP, CLOSE_MAP, DASH, QUESTION, NEWLINE] = Array.from('[]{}-?\n', (c) =>
	c.charCodeAt(0),
);

/** All documents of a YAML text. What is no YAML, or too big to be meant well, is an issue. */
export function readYaml(
	text: string,
	file?: string,
	limits: YamlLimits = {},
): { documents: RawDocument[]; issues: DocumentIssue[] } {
	const { length = 4 << 20, aliases = 50, depth = 64 } = limits;
	const issues: DocumentIssue[] = [];
	const nowhere = sourceOf(file, 0, () => undefined);
	const refuse = (message: string, position?: Position, source = nowhere) => {
		const report = createReport(UNREAD, { ...source, locate: () => position });
		report.refuse([], message);
		issues.push(...report.issues);
	};
	if (text.length > length) {
		refuse(`found ${text.length} characters, expected at most ${length}`);
		return { documents: [], issues };
	}
	if (indicatorDepth(text) > MAX_INDICATORS) {
		refuse(`found values nested more than ${depth} deep, expected less`);
		return { documents: [], issues };
	}
	const lines = new LineCounter();
	const documents: RawDocument[] = [];
	parse(text, lines).forEach((document, index) => {
		const source = sourceOf(file, index, (path) => positionAt(lines, locate(document, path)));
		for (const error of document.errors) {
			const [line] = error.message.split('\n');
			refuse(line!.replace(/ at line \d+, column \d+:?$/, ''), positionAt(lines, error.pos[0]), source);
		}
		if (document.errors.length > 0) {
			return;
		}
		try {
			if (tooDeep(document.contents, depth)) {
				refuse(`found values nested more than ${depth} deep, expected less`, source.locate([]), source);
				return;
			}
			const value: unknown = document.toJS({ maxAliasCount: aliases });
			// `---` alone, or only comments.
			if (value !== null && value !== undefined) {
				documents.push({ value, source });
			}
		} catch (error) {
			refuse(error instanceof Error ? error.message : String(error), source.locate([]), source);
		}
	});
	return { documents, issues };
}

function parse(text: string, lineCounter: LineCounter): Document.Parsed[] {
	const options = {
		lineCounter,
		prettyErrors: true,
		uniqueKeys: true,
		stringKeys: true,
		merge: false,
		logLevel: 'error',
	} as const;
	const parsed = parseAllDocuments(text, options);
	return Array.isArray(parsed) ? parsed : [];
}

function sourceOf(file: string | undefined, index: number, locateIn: DocumentSource['locate']): DocumentSource {
	return { ...(file === undefined ? {} : { file }), index, locate: locateIn };
}

function positionAt(lines: LineCounter, offset: number): Position {
	const { line, col } = lines.linePos(offset);
	return { line, column: col };
}

/** Offset of what a path leads to; where it leads nowhere, of the last thing that is there. */
function locate(document: Document.Parsed, path: DocumentPath): number {
	let node: unknown = document.contents;
	let offset = offsetOf(node) ?? 0;
	for (const part of path) {
		if (isAlias(node)) {
			node = node.resolve(document);
		}
		if (isMap(node)) {
			const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(part));
			offset = offsetOf(pair?.key) ?? offset;
			node = pair?.value;
		} else if (isSeq(node)) {
			node = node.items[Number(part)];
			offset = offsetOf(node) ?? offset;
		} else {
			break;
		}
	}
	return offset;
}

function offsetOf(node: unknown): number | undefined {
	return (node as Node | undefined | null)?.range?.[0];
}

/**
 * The parser calls itself for every bracket and dash, so a text of nothing else must not reach it. Counts more than
 * there may be (brackets in strings, dashes of one line), never less.
 */
function indicatorDepth(text: string): number {
	let open = 0;
	let dashes = 0;
	let most = 0;
	for (let i = 0; i < text.length; i++) {
		const character = text.charCodeAt(i);
		if (character === OPEN_LIST || character === OPEN_MAP) {
			open++;
		} else if (character === CLOSE_LIST || character === CLOSE_MAP) {
			open = Math.max(0, open - 1);
		} else if (character === DASH || character === QUESTION) {
			dashes++;
		} else if (character === NEWLINE) {
			dashes = 0;
		}
		most = Math.max(most, open, dashes);
	}
	return most;
}

function tooDeep(node: unknown, left: number): boolean {
	if (left < 0) {
		return true;
	}
	if (isMap(node)) {
		return node.items.some((item) => tooDeep(item.value, left - 1));
	}
	return isSeq(node) && node.items.some((item) => tooDeep(item, left - 1));
}
