import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { isPolicy, POLICY_KINDS } from '../../../lib/documents/document.js';
import { readDocuments, type DocumentInput } from '../../../lib/documents/parse.js';
import { complaints, corpus } from './support/read.js';

describe('the corpus', () => {
	test.each(corpus())('$file is read whole', (input) => {
		expect(complaints(input)).toEqual([]);
		expect(readDocuments([input]).warnings).toEqual([]);
	});

	test('has every kind of policy', () => {
		const kinds = new Set(
			readDocuments(corpus())
				.documents.filter(isPolicy)
				.map(({ kind }) => kind),
		);
		expect([...kinds].sort()).toEqual([...POLICY_KINDS].sort());
	});

	test.each(corpus())('$file says the same as objects and as JSON indented with tabs', (input) => {
		const objects = parseAllDocuments(input.text).map((document) => document.toJS() as Record<string, unknown>);
		const written = contentsOf(input);
		expect(contentsOf(...objects)).toEqual(written);
		expect(contentsOf(...objects.map((object) => JSON.stringify(object, null, '\t')))).toEqual(written);
	});

	test('is found in its text, document by document', () => {
		for (const { kind, metadata, source } of corpus().flatMap((input) => readDocuments([input]).documents)) {
			const { text } = corpus().find(({ file }) => file === source.file)!;
			const { line, column } = source.locate(['metadata', 'name'])!;
			expect(text.split('\n')[line - 1]!.slice(column - 1), kind).toMatch(new RegExp(`^(name: )?${metadata.name}`));
		}
	});
});

function contentsOf(...inputs: readonly DocumentInput[]): unknown[] {
	return readDocuments(inputs).documents.map(({ source: _, ...rest }) => rest);
}
