import { readdirSync, readFileSync } from 'node:fs';
import { formatIssue, type DocumentIssue } from '../../../../lib/documents/issue.js';
import { readDocuments, type DocumentInput } from '../../../../lib/documents/parse.js';
import type { CiliumPolicySpec } from '../../../../lib/documents/cilium-rule.js';
import type { CiliumNetworkPolicy, HeddleDocument } from '../../../../lib/documents/document.js';

export function issuesOf(...inputs: readonly DocumentInput[]): readonly DocumentIssue[] {
	return readDocuments(inputs).issues;
}

/** What is wrong, as a user reads it. */
export function complaints(...inputs: readonly DocumentInput[]): string[] {
	return issuesOf(...inputs).map(formatIssue);
}

/** `path: message` of what is wrong. */
export function wrongs(...inputs: readonly DocumentInput[]): string[] {
	return complaints(...inputs).map((text) => text.split(': ').slice(2).join(': '));
}

/** The one document that an input is. @throws where anything is wrong */
export function only(input: DocumentInput): HeddleDocument {
	const { documents, issues } = readDocuments([input]);
	const [document, ...more] = documents;
	if (document === undefined || more.length > 0 || issues.length > 0) {
		throw new Error(`expected one document: ${issues.map(formatIssue).join('\n')}`);
	}
	return document;
}

/** The `spec` of the one policy of Cilium that an input is. */
export function ciliumSpec(input: DocumentInput): CiliumPolicySpec {
	return (only(input) as CiliumNetworkPolicy).spec!;
}

/** Documents that are right, one text for each kind of thing. */
export function corpus(): { file: string; text: string }[] {
	const folder = new URL('../corpus/', import.meta.url);
	return readdirSync(folder)
		.sort()
		.map((file) => ({ file, text: readFileSync(new URL(file, folder), 'utf8') }));
}
