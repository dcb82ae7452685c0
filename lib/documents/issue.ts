import { PolicyError, type PolicyIssue } from '../errors.js';
import { describe } from './describe.js';

export type DocumentPath = readonly (string | number)[];

/** Where in a text, both from 1. */
export interface Position {
	readonly line: number;
	readonly column: number;
}

/** One thing wrong in a document. */
export interface DocumentIssue extends PolicyIssue {
	/** `CiliumNetworkPolicy default/web`, as far as it is known. */
	readonly document: string;
	readonly file?: string;
	readonly column?: number;
	readonly found?: unknown;
	readonly expected?: string;
}

/** Where a document came from, to tell lines of it later. */
export interface DocumentSource {
	readonly file?: string;
	/** Number of the document in its text, from 0. */
	readonly index: number;
	/** Position of what `path` leads to, or of the nearest thing around it. Undefined for objects. */
	locate(path: DocumentPath): Position | undefined;
}

/** Collects all that is wrong with one document. */
export interface Report {
	readonly issues: readonly DocumentIssue[];
	/** What is right, and most likely not what was meant. */
	readonly warnings: readonly DocumentIssue[];
	/** All issues there are, those beyond `issues` among them. */
	readonly count: number;
	wrong(path: DocumentPath, found: unknown, expected: string): undefined;
	refuse(path: DocumentPath, message: string, found?: unknown): undefined;
	warn(path: DocumentPath, message: string, found?: unknown): undefined;
}

/** Issues of one document that are kept: a text of nothing but mistakes must not fill the memory with them. */
export const MAX_ISSUES = 1000;

export function createReport(document: string, source: DocumentSource): Report {
	const issues: DocumentIssue[] = [];
	const warnings: DocumentIssue[] = [];
	let count = 0;

	const add = (
		to: DocumentIssue[],
		path: DocumentPath,
		message: string,
		details: Partial<DocumentIssue>,
	): undefined => {
		if (to.length < MAX_ISSUES) {
			const file = source.file === undefined ? {} : { file: source.file };
			to.push({ document, ...file, path, ...source.locate(path), message, ...details });
		}
	};
	const fail = (path: DocumentPath, message: string, details: Partial<DocumentIssue>): undefined => {
		count++;
		add(issues, path, message, details);
	};
	const foundIn = (found: unknown) => (found === undefined ? {} : { found });

	return {
		issues,
		warnings,
		get count() {
			return count;
		},
		wrong: (path, found, expected) =>
			fail(path, `found ${found === undefined ? 'nothing' : describe(found)}, expected ${expected}`, {
				found,
				expected,
			}),
		refuse: (path, message, found) => fail(path, message, foundIn(found)),
		warn: (path, message, found) => add(warnings, path, message, foundIn(found)),
	};
}

/** @throws PolicyError with all issues, where there are any */
export function throwIssues(issues: readonly DocumentIssue[]): void {
	if (issues.length > 0) {
		throw new PolicyError(issues);
	}
}

/** `policies.yaml:12:7: CiliumNetworkPolicy default/web: spec.ingress[0].toPorts: ...` */
export function formatIssue(issue: DocumentIssue): string {
	const place = [issue.file ?? '(text)', issue.line, issue.column].filter((part) => part !== undefined).join(':');
	const path = formatPath(issue.path);
	return `${place}: ${issue.document}: ${path === '' ? '' : `${path}: `}${issue.message}`;
}

export function formatPath(path: DocumentPath): string {
	let text = '';
	for (const part of path) {
		if (typeof part === 'number') {
			text += `[${part}]`;
		} else {
			text += text === '' ? part : `.${part}`;
		}
	}
	return text;
}
