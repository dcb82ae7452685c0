/** The compiler against the evaluator, over whole worlds. HEDDLE_SEED repeats a run, HEDDLE_SCENES says how many worlds. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lookup, tablesOf } from '../../../lib/policy/lookup.js';
import { createEvaluator } from '../../../lib/proof/evaluator.js';
import { peerEntriesOf } from '../../../lib/proof/table-spreads.js';
import { verifyTables } from '../../../lib/proof/verify.js';
import { anyScene } from './support/arbitrary-scene.js';
import { questionsOf } from './support/boundaries.js';
import { compileScene } from './support/compiled.js';
import { runs } from './support/runs.js';
import { sceneWorld } from './support/scene-world.js';
import { tellQuestion } from './support/tell.js';

describe('compiled documents', () => {
	it('answer every packet as the documents say', () => {
		const property = fc.property(anyScene, (scene) => {
			const world = sceneWorld(scene);
			const evaluator = createEvaluator(world);
			const { image, subjects } = compileScene(scene, world.documents);
			const tables = tablesOf(image);
			const setOf = new Map(subjects.map(({ identity, set }) => [identity.id, set]));
			for (const question of questionsOf(scene)) {
				const expected = evaluator.judge(question);
				const { verdict } = lookup(tables, setOf.get(question.subject.id)!, { ...question, peer: question.peer.id });
				if (verdict !== expected.verdict) {
					expect({ ...tellQuestion(question), verdict }).toEqual({ ...tellQuestion(question), ...expected });
				}
			}
		});
		fc.assert(property, runs(15));
	}, 120_000);

	it('are verified, with the rules that they name', () => {
		const property = fc.property(anyScene, (scene) => {
			const world = sceneWorld(scene);
			const { image, subjects, rulesOf } = compileScene(scene, world.documents);
			const tables = tablesOf(image);
			const peers = peerEntriesOf(image);
			const result = verifyTables({ ...world, subjects, identities: scene.identities, tables, peers, rulesOf });
			expect(result.counterexamples).toEqual([]);
			expect(result).toMatchObject({ ok: true, wrong: 0, stale: [] });
		});
		fc.assert(property, runs(60));
	}, 120_000);
});
