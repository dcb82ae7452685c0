/** `verifyTables` on tables that are right, and on tables that are not. HEDDLE_SEED repeats a run. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TableImage } from '../../../lib/policy/image.js';
import { lookup, tablesOf } from '../../../lib/policy/lookup.js';
import { createEvaluator, type Evaluator } from '../../../lib/proof/evaluator.js';
import type { ProofWorld } from '../../../lib/proof/question.js';
import { verifyTables } from '../../../lib/proof/verify.js';
import type { VerifyResult } from '../../../lib/proof/verify-result.js';
import { anyScene, type Scene } from './support/arbitrary-scene.js';
import { questionsOf } from './support/boundaries.js';
import { anyDamage, damaged } from './support/damage.js';
import { judgedTables } from './support/judged-tables.js';
import { runs } from './support/runs.js';
import { sceneWorld } from './support/scene-world.js';

function verify(scene: Scene, world: ProofWorld, image: TableImage): VerifyResult {
	const subjects = scene.subjects.map((one) => ({ identity: one, set: one.id }));
	return verifyTables({ ...world, subjects, identities: scene.identities, tables: tablesOf(image), limit: 1e9 });
}

/** Whether any packet at all is answered wrongly. */
function isWrong(scene: Scene, evaluator: Evaluator, image: TableImage): boolean {
	const tables = tablesOf(image);
	return [...questionsOf(scene)].some((question) => {
		const { verdict } = lookup(tables, question.subject.id, { ...question, peer: question.peer.id });
		return verdict !== evaluator.judge(question).verdict;
	});
}

describe('verifyTables', () => {
	it('finds nothing wrong with tables that say what the documents say', () => {
		const property = fc.property(anyScene, (scene) => {
			const world = sceneWorld(scene);
			const result = verify(scene, world, judgedTables(scene, createEvaluator(world)));
			expect(result.counterexamples).toEqual([]);
			expect(result.ok).toBe(true);
		});
		fc.assert(property, runs(8));
	}, 120_000);

	it('finds whatever is wrong, and nothing that is not', () => {
		let found = 0;
		const property = fc.property(anyScene, fc.array(anyDamage, { minLength: 1, maxLength: 3 }), (scene, damages) => {
			const world = sceneWorld(scene);
			const evaluator = createEvaluator(world);
			const image = damages.reduce(damaged, judgedTables(scene, evaluator));
			const { wrong, counterexamples, ok } = verify(scene, world, image);
			expect(wrong).toBe(counterexamples.length);
			expect(ok).toBe(wrong === 0);
			if (wrong === 0) {
				expect(isWrong(scene, evaluator, image)).toBe(false);
			}
			found += Number(wrong > 0);
			const identities = new Map(scene.identities.map((one) => [one.id, one]));
			for (const { subject, peer, direction, protocol, port, endPort, expected, found: answer } of counterexamples) {
				const ends = { subject: identities.get(subject)!, peer: identities.get(peer)!, direction, protocol };
				for (const each of [port, endPort]) {
					const question = { ...ends, port: each };
					expect(evaluator.judge(question).verdict).toBe(expected);
					expect(lookup(tablesOf(image), subject, { ...question, peer }).verdict).toBe(answer);
				}
			}
		});
		fc.assert(property, runs(8));
		expect(found).toBeGreaterThan(0);
	}, 120_000);
});
