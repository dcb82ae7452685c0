/**
 * The public API as one sorted text, from dist/index.d.ts.
 *
 *   api-listing.ts [--write]     writes test/golden/api.txt, or prints
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export const API_DECLARATIONS = 'dist/index.d.ts';
export const API_GOLDEN = 'test/golden/api.txt';

/** Declarations without comments, sorted by name, then the list of what is exported. */
export function apiListing(declarations: string): string {
	const source = ts.createSourceFile('index.d.ts', declarations, ts.ScriptTarget.Latest, true);
	const printer = ts.createPrinter({ removeComments: true });
	const texts: string[] = [];
	const exported: string[] = [];
	for (const statement of source.statements) {
		if (ts.isExportDeclaration(statement)) exported.push(...exportedNames(statement));
		else texts.push(printer.printNode(ts.EmitHint.Unspecified, statement, source));
	}
	return [...texts.map(oneIndent).sort(byText), 'exports:', ...exported.sort(byText), ''].join('\n');
}

function exportedNames(statement: ts.ExportDeclaration): string[] {
	const clause = statement.exportClause;
	if (clause === undefined || !ts.isNamedExports(clause)) return [];
	return clause.elements.map((element) => `  ${element.isTypeOnly ? 'type ' : ''}${element.name.text}`);
}

function oneIndent(text: string): string {
	return text.replace(/^( {4})+/gm, (spaces) => '  '.repeat(spaces.length / 4));
}

function byText(a: string, b: string): number {
	return a < b ? -1 : a > b ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const listing = apiListing(readFileSync(API_DECLARATIONS, 'utf8'));
	if (process.argv.includes('--write')) writeFileSync(API_GOLDEN, listing);
	else process.stdout.write(listing);
}
