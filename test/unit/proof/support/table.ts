import { describe, expect, it } from 'vitest';
import type { ProofVerdict, ProofWorld } from '../../../../lib/proof/question.js';
import { ask } from './ask.js';

/** What holds, the documents, and what they make of each question: see `question` in ask.ts. */
export type Claim = readonly [
	claim: string,
	yaml: string,
	answers: Readonly<Record<string, ProofVerdict>>,
	more?: Partial<ProofWorld>,
];

export function truthTable(title: string, claims: readonly Claim[]): void {
	describe(title, () => {
		for (const [claim, yaml, answers, more] of claims) {
			it(claim, () => {
				const found = Object.keys(answers).map((text) => [text, ask(yaml, text, more).verdict]);
				expect(Object.fromEntries(found)).toEqual(answers);
			});
		}
	});
}
