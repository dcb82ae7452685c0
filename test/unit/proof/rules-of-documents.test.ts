/** Rules of documents, interpreted one by one, against the evaluator. HEDDLE_SEED repeats a run. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEvaluator } from '../../../lib/proof/evaluator.js';
import { anyScene } from './support/arbitrary-scene.js';
import { questionsOf } from './support/boundaries.js';
import { interpretRules } from './support/rule-interpreter.js';
import { runs } from './support/runs.js';
import { sceneWorld } from './support/scene-world.js';
import { tellQuestion } from './support/tell.js';

describe('rules of documents', () => {
	it('say of every packet what the documents say', () => {
		const property = fc.property(anyScene, (generated) => {
			const scene = { ...generated, direct: [] };
			const world = sceneWorld(scene);
			const evaluator = createEvaluator(world);
			const interpret = interpretRules(scene, world.documents);
			for (const question of questionsOf(scene)) {
				const expected = evaluator.judge(question);
				const verdict = interpret(question);
				if (verdict !== expected.verdict) {
					expect({ ...tellQuestion(question), verdict }).toEqual({ ...tellQuestion(question), ...expected });
				}
			}
		});
		fc.assert(property, runs(8));
	}, 120_000);
});
