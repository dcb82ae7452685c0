import { describe, expect, test } from 'vitest';
import { isPolicy, POLICY_KINDS } from '../../../lib/documents/document.js';
import { readDocuments } from '../../../lib/documents/parse.js';
import { complaints, corpus } from './support/read.js';

describe('the corpus', () => {
	test.each(corpus())('$file is read whole', (input) => {
		expect(complaints(input)).toEqual([]);
		expect(readDocuments([input]).warnings).toEqual([]);
	});

	test('has every kind of policy', () => {
		const kinds = new Set(readDocuments(corpus()).documents.filter(isPolicy).map(({ kind }) => kind));
		expect([...kinds].sort()).toEqual([...POLICY_KINDS].sort());
	});

	test('reads the same as objects, for each document', () => {
		for (const { kind, source, ...rest } of readDocuments(corpus()).documents) {
			expect(source.locate(['metadata', 'name'])?.line, kind).toBeGreaterThan(1);
			expect(rest.metadata.name).not.toBe('');
		}
	});
});
