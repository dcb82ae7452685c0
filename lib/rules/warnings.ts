// TEMPORARY scaffolding by the lead, to be replaced whole by the rules helper.
import { documentName, type PolicyDocument } from '../documents/document.js';
import { createReport, type DocumentIssue } from '../documents/issue.js';
import type { IdentitySelector } from './identity-selector.js';
import type { PolicyRules } from './rule.js';
export function unmatched(document: PolicyDocument, rules: readonly PolicyRules[], selects: (selector: IdentitySelector) => boolean): readonly DocumentIssue[] {
	const report = createReport(documentName(document), document.source);
	for (const { subjects } of rules) if (!selects(subjects)) report.refuse(['spec', 'endpointSelector'], 'selects no endpoint');
	return report.issues;
}
