import { documentName, isPolicy, POLICY_KINDS } from '../documents/document.js';
import type { HeddleDocument, PolicyDocument, PolicyKind } from '../documents/document.js';
import { createReport, throwIssues } from '../documents/issue.js';
import type { DocumentIssue } from '../documents/issue.js';
import { readDocuments } from '../documents/parse.js';
import type { DocumentInput } from '../documents/parse.js';

/** YAML or JSON text, a file's text with its name, an object, or what `parseDocuments` gave. */
export type PolicyInput = DocumentInput | PolicyDocument;

/** `namespace/name`, or `name` in namespace `default`; of a CiliumNetworkPolicy unless `kind` says otherwise. */
export type PolicyRef = string | { readonly kind?: PolicyKind; readonly namespace?: string; readonly name: string };

export interface ReadPolicies {
	/** By name, in order. */
	readonly documents: ReadonlyMap<string, PolicyDocument>;
	readonly warnings: readonly DocumentIssue[];
}

/** `CiliumNetworkPolicy default/web`; a text with a kind in front is taken as it is. */
export function refName(ref: PolicyRef): string {
	if (typeof ref === 'string' && POLICY_KINDS.some((kind) => ref.startsWith(`${kind} `))) {
		return ref;
	}
	const [first = '', second] = typeof ref === 'string' ? ref.split('/') : [ref.namespace ?? 'default', ref.name];
	const [namespace, name] = second === undefined ? ['default', first] : [first, second];
	const kind = typeof ref === 'string' ? undefined : ref.kind;
	return documentName({ kind: kind ?? 'CiliumNetworkPolicy', metadata: { namespace, name } });
}

/** @throws PolicyError with every issue of every input */
export function readPolicies(inputs: readonly PolicyInput[]): ReadPolicies {
	return readInputs(inputs, isPolicy, POLICY_KINDS);
}

export interface ReadInputs<Document> {
	/** By name, in order. */
	readonly documents: ReadonlyMap<string, Document>;
	readonly warnings: readonly DocumentIssue[];
}

/** Of these kinds alone. @throws PolicyError with every issue of every input */
export function readInputs<Document extends HeddleDocument>(
	inputs: readonly (DocumentInput | HeddleDocument)[],
	isWanted: (document: HeddleDocument) => document is Document,
	kinds: readonly string[],
): ReadInputs<Document> {
	const raw = inputs.filter((input): input is DocumentInput => !isRead(input));
	const read = readDocuments(raw);
	const issues = [...read.issues];
	const documents = new Map<string, Document>();
	for (const document of [...inputs.filter(isRead), ...read.documents]) {
		const name = documentName(document);
		const report = createReport(name, document.source);
		if (!isWanted(document)) {
			report.wrong(['kind'], document.kind, kinds.join(', '));
		} else if (documents.has(name) && !read.documents.includes(document)) {
			report.refuse(['metadata', 'name'], 'given twice, expected once');
		} else {
			documents.set(name, document);
		}
		issues.push(...report.issues);
	}
	throwIssues(issues);
	return { documents, warnings: read.warnings };
}

function isRead(input: DocumentInput | HeddleDocument): input is HeddleDocument {
	const source =
		typeof input === 'object' && 'source' in input ? (input['source'] as { locate?: unknown } | null) : null;
	return typeof source?.locate === 'function';
}
