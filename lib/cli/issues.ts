import { formatIssue, formatPath, type DocumentIssue } from '../documents/issue.js';
import { HeddleError } from '../errors.js';
import type { ReadDocuments } from './inputs.js';
import type { Io } from './io.js';

/** As json and yaml have it. */
export function plainIssue(issue: DocumentIssue) {
	const { document, file, line, column, path, message, expected } = issue;
	return {
		document,
		...(file === undefined ? {} : { file }),
		...(line === undefined ? {} : { line }),
		...(column === undefined ? {} : { column }),
		path: formatPath(path),
		message,
		...(expected === undefined ? {} : { expected }),
	};
}

export function tellWarnings(warnings: readonly DocumentIssue[], { stderr }: Io): void {
	for (const warning of warnings) {
		stderr.write(`warning: ${formatIssue(warning)}\n`);
	}
}

/** For commands that need documents that are right. Says what is wrong, all of it. @throws ERR_INVALID_DOCUMENTS */
export function requireValid({ documents, issues, warnings }: ReadDocuments, io: Io): ReadDocuments['documents'] {
	tellWarnings(warnings, io);
	for (const issue of issues) {
		io.stderr.write(`${formatIssue(issue)}\n`);
	}
	if (issues.length > 0) {
		const things = issues.length === 1 ? '1 issue' : `${issues.length} issues`;
		throw new HeddleError('ERR_INVALID_DOCUMENTS', `found ${things} in the documents, expected none`);
	}
	return documents;
}
