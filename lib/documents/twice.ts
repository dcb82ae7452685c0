import { documentName, type HeddleDocument } from './document.js';
import { createReport, type DocumentSource } from './issue.js';
import type { IssueList } from './issue-list.js';

/** One of two would be enforced, and nobody could say which. */
export function refuseTwice(documents: readonly HeddleDocument[], issues: IssueList): void {
	const seen = new Map<string, DocumentSource>();
	for (const document of documents) {
		const name = documentName(document);
		const first = seen.get(name);
		if (first !== undefined) {
			const report = createReport(name, document.source);
			const place = [first.file, first.locate(['metadata', 'name'])?.line]
				.filter((part) => part !== undefined)
				.join(':');
			const where = place === '' ? '' : `; first in ${place}`;
			report.refuse(['metadata', 'name'], `given twice, expected once${where}`);
			issues.add(report.issues);
		}
		seen.set(name, first ?? document.source);
	}
}
