import type { DocumentIssue, DocumentSource } from './issue.js';

/** One document of a text, as plain values. */
export interface RawDocument {
	readonly value: unknown;
	readonly source: DocumentSource;
	/** It is checked, so that all that is wrong is told at once, and never let through. */
	readonly unsound?: boolean;
}

/** The documents of a text or an object, and why the others could not be read. */
export interface RawRead {
	readonly documents: readonly RawDocument[];
	readonly issues: readonly DocumentIssue[];
}
