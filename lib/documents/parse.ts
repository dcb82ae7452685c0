import { isMapping } from './check.js';
import { checkDocument } from './check-document.js';
import type { HeddleDocument } from './document.js';
import { createReport, throwIssues, type DocumentIssue, type DocumentSource } from './issue.js';
import { IssueList } from './issue-list.js';
import { withDefaults, type DocumentLimits } from './limits.js';
import { documentsIn } from './lists.js';
import { plainCopy, PlainProblem } from './plain.js';
import type { RawRead } from './raw-document.js';
import { refuseTwice } from './twice.js';
import { readYaml } from './yaml.js';

/** Text of a file, or of no file, or a document that is an object already. */
export type DocumentInput =
	string | { readonly file: string; readonly text: string } | Readonly<Record<string, unknown>>;

export interface ReadResult {
	readonly documents: readonly HeddleDocument[];
	readonly issues: readonly DocumentIssue[];
	/** What is right, and most likely not what was meant. */
	readonly warnings: readonly DocumentIssue[];
}

/** Reads and checks documents. @throws PolicyError with every issue of every document */
export function parseDocuments(...inputs: readonly DocumentInput[]): readonly HeddleDocument[] {
	const { documents, issues } = readDocuments(inputs);
	throwIssues(issues);
	return documents;
}

/** As {@link parseDocuments}, with what is right beside what is wrong. */
export function readDocuments(inputs: Iterable<DocumentInput>, limits?: DocumentLimits): ReadResult {
	const documents: HeddleDocument[] = [];
	const issues = new IssueList();
	const warnings = new IssueList();
	for (const input of inputs) {
		const raw = readInput(input, limits);
		issues.add(raw.issues);
		for (const each of raw.documents.flatMap((found) => documentsIn(found, (more) => issues.add(more)))) {
			const { document, report } = checkDocument(each);
			issues.add(report.issues, report.count);
			warnings.add(report.warnings);
			if (document !== undefined && each.unsound !== true) {
				documents.push(document);
			}
		}
	}
	refuseTwice(documents, issues);
	return { documents, issues: issues.list(), warnings: warnings.list() };
}

function readInput(input: DocumentInput, limits?: DocumentLimits): RawRead {
	if (typeof input === 'string') {
		return readYaml(input, undefined, limits);
	}
	if (isMapping(input) && typeof input['file'] === 'string' && typeof input['text'] === 'string') {
		return readYaml(input['text'], input['file'], limits);
	}
	return readObject(input, limits);
}

function readObject(input: unknown, limits?: DocumentLimits): RawRead {
	const source: DocumentSource = { index: 0, locate: () => undefined };
	try {
		return { documents: [{ value: plainCopy(input, withDefaults(limits)), source }], issues: [] };
	} catch (error) {
		// Getters and proxies throw what they like.
		const known = error instanceof PlainProblem;
		const report = createReport('(unread object)', source);
		report.refuse(
			known ? error.path : [],
			known ? error.message : 'found an object that cannot be read, expected plain values',
		);
		return { documents: [], issues: report.issues };
	}
}
