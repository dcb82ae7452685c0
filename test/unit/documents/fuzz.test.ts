/** Damaged documents: each is read, or refused with all that is wrong. The seed is logged; HEDDLE_SEED repeats a run. */
import { expect, test } from 'vitest';
import { parseAllDocuments, stringify } from 'yaml';
import { PolicyError } from '../../../lib/errors.js';
import { formatIssue, type DocumentIssue } from '../../../lib/documents/issue.js';
import { parseDocuments, readDocuments, type DocumentInput } from '../../../lib/documents/parse.js';
import { damageText } from './support/damage-text.js';
import { damageValues } from './support/damage-values.js';
import { corpus } from './support/read.js';
import { pick, seeded, type Random } from './support/random.js';
import { unsoundIn } from './support/sound.js';

const RUNS = Number(process.env['HEDDLE_FUZZ_RUNS'] ?? 10_000);
const seed = Number(process.env['HEDDLE_SEED'] ?? Date.now() % 2 ** 31);

const originals = corpus()
	.flatMap(({ text }) => parseAllDocuments(text).map((document) => document.toJS() as Record<string, unknown>))
	.flatMap((document) => (document['kind'] === 'List' ? (document['items'] as Record<string, unknown>[]) : [document]));

const texts = originals.flatMap((document) => [stringify(document), stringify(document), JSON.stringify(document)]);

test(
	`damaged documents are read or refused with reasons, and none does harm (seed ${seed})`,
	{ timeout: RUNS * 12 },
	() => {
		console.log(`HEDDLE_SEED=${seed} HEDDLE_FUZZ_RUNS=${RUNS}`);
		const random = seeded(seed);
		const seen = { read: 0, refused: 0 };
		for (let run = 0; run < RUNS; run++) {
			const input = damaged(random);
			const complaint = judge(input, seen);
			if (complaint !== undefined) {
				expect.fail(`run ${run}: ${complaint}: ${typeof input === 'string' ? input : JSON.stringify(input)}`);
			}
		}
		expect(({} as Record<string, unknown>)['a']).toBeUndefined();
		expect(seen.read + seen.refused).toBe(RUNS);
		expect(seen.read).toBeGreaterThan(RUNS / 50);
		expect(seen.refused).toBeGreaterThan(RUNS / 3);
	},
);

/** A document with one to four things changed: in its values, or in its text. */
function damaged(random: Random): DocumentInput {
	const document = structuredClone(pick(random, originals));
	const times = 1 + random(4);
	if (random(2) === 0) {
		for (let i = 0; i < times; i++) {
			damageValues(document, random);
		}
		return random(2) === 0 ? document : JSON.stringify(document);
	}
	let text = pick(random, texts);
	for (let i = 0; i < times; i++) {
		text = damageText(text, random);
	}
	return text;
}

/** What is wrong with how a document was taken. */
function judge(input: DocumentInput, seen: { read: number; refused: number }): string | undefined {
	const { documents, issues } = readDocuments([input]);
	const unsound = documents.flatMap(unsoundIn);
	if (unsound.length > 0) {
		return `let through, though ${unsound.join()}`;
	}
	seen[issues.length === 0 ? 'read' : 'refused']++;
	return issues.length === 0
		? undefined
		: (judgeIssues(input, issues) ?? (seen.refused % 8 === 0 ? judgeThrown(input, issues) : undefined));
}

function judgeIssues(input: DocumentInput, issues: readonly DocumentIssue[]): string | undefined {
	const placed = typeof input === 'string';
	const bad = issues.find(
		({ path, message, document, line, column }) =>
			!Array.isArray(path) || message === '' || document === '' || (placed && (!isPlace(line) || !isPlace(column))),
	);
	return bad === undefined ? undefined : `an issue that says too little: ${formatIssue(bad)}`;
}

function isPlace(found: number | undefined): boolean {
	return found !== undefined && Number.isInteger(found) && found >= 1;
}

function judgeThrown(input: DocumentInput, issues: readonly DocumentIssue[]): string | undefined {
	try {
		parseDocuments(input);
		return 'refused when read, and let through when parsed';
	} catch (error) {
		return error instanceof PolicyError && error.issues.length === issues.length
			? undefined
			: `another error: ${String(error)}`;
	}
}
