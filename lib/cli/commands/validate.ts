import { documentName } from '../../documents/document.js';
import { formatIssue, type DocumentIssue } from '../../documents/issue.js';
import type { Command } from '../command.js';
import { compileWorld, hasSubjects } from '../compiled.js';
import { readInputs, type ReadDocuments } from '../inputs.js';
import { EXIT_NO, EXIT_YES } from '../io.js';
import { plainIssue, tellWarnings } from '../issues.js';
import { tell } from '../output.js';
import { formatOf, INPUT_OPTIONS, OUTPUT_OPTION } from '../shared-options.js';

export const validate: Command = {
	group: 'policy',
	name: 'validate',
	summary: 'tells all that is wrong with documents',
	usage: '-f FILE|DIR|- [-o table|json|yaml]',
	description: [
		'Every issue is one line on stdout, `file:line:column: document: path: message`; warnings are lines on stderr.',
		'Selectors that select nothing are warned of where there are pods or nodes among the documents.',
		'Exit code 0: nothing is wrong; 1: there are issues; 2: wrong usage, or input that cannot be read.',
	].join('\n'),
	options: { ...INPUT_OPTIONS, ...OUTPUT_OPTION },
	async run(options, io) {
		const read = await readInputs(options, io);
		const { documents, issues } = read;
		const warnings = [...read.warnings, ...unmatchedIn(read)];
		const format = formatOf(options);
		if (format === 'table') {
			tellWarnings(warnings, io);
		}
		tell(
			io,
			format,
			() => plainResult(read, warnings),
			() => textResult(read),
		);
		if (format === 'table' && issues.length > 0) {
			io.stderr.write(`${count(issues.length, 'issue')}, ${count(documents.length, 'document')} without\n`);
		}
		return issues.length === 0 ? EXIT_YES : EXIT_NO;
	},
};

/** With documents missing that are wrong, what the rest selects says nothing. */
function unmatchedIn({ documents, issues }: ReadDocuments): readonly DocumentIssue[] {
	return issues.length > 0 || !hasSubjects(documents) ? [] : compileWorld(documents, 'external').compiled.warnings;
}

function textResult({ documents, issues }: ReadDocuments): string {
	return issues.length === 0
		? `${count(documents.length, 'document')}, nothing is wrong\n`
		: issues.map((issue) => `${formatIssue(issue)}\n`).join('');
}

function plainResult({ documents, issues }: ReadDocuments, warnings: readonly DocumentIssue[]) {
	return {
		valid: issues.length === 0,
		documents: documents.map((document) => {
			const { file } = document.source;
			return {
				document: documentName(document),
				...(file === undefined ? {} : { file }),
				...document.source.locate([]),
			};
		}),
		issues: issues.map(plainIssue),
		warnings: warnings.map(plainIssue),
	};
}

function count(number: number, thing: string): string {
	return `${number} ${thing}${number === 1 ? '' : 's'}`;
}
