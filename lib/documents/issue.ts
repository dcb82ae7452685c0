import { describeValue, PolicyError, type PolicyIssue } from '../errors.js';

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
	wrong(path: DocumentPath, found: unknown, expected: string): undefined;
	refuse(path: DocumentPath, message: string, found?: unknown): undefined;
}

export function createReport(document: string, source: DocumentSource): Report {
	const issues: DocumentIssue[] = [];
	const add = (path: DocumentPath, message: string, details: Partial<DocumentIssue>): undefined => {
		const file = source.file === undefined ? {} : { file: source.file };
		issues.push({ document, ...file, path, ...source.locate(path), message, ...details });
	};
	return {
		issues,
		wrong: (path, found, expected) =>
			add(path, `found ${found === undefined ? 'nothing' : describeValue(found)}, expected ${expected}`, {
				found,
				expected,
			}),
		refuse: (path, message, found) => add(path, message, found === undefined ? {} : { found }),
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
