/** Explanations against the evaluator, over whole worlds. HEDDLE_SEED repeats a run. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { documentName } from '../../../lib/documents/document.js';
import { mayBeSelected } from '../../../lib/explain/ends.js';
import { explain } from '../../../lib/explain/explain.js';
import type { AccessVerdict, SideExplanation } from '../../../lib/explain/explanation.js';
import { policiesOf } from '../../../lib/explain/world.js';
import { createEvaluator } from '../../../lib/proof/evaluator.js';
import type { ProofQuestion, ProofVerdict, Reason } from '../../../lib/proof/question.js';
import { createOrigins } from '../../../lib/rules/origins.js';
import { anyScene, type Scene } from '../proof/support/arbitrary-scene.js';
import { questionsOf } from '../proof/support/boundaries.js';
import { runs } from '../proof/support/runs.js';
import { sceneWorld } from '../proof/support/scene-world.js';
import { tellQuestion } from '../proof/support/tell.js';

const VERDICTS: Readonly<Record<ProofVerdict, AccessVerdict>> = {
	allow: 'allowed',
	audit: 'audited',
	redirect: 'redirected',
	deny: 'denied',
};

/** Every boundary is too many to be explained; a few of each, another few in each scene. */
function* someOf(scene: Scene, first: number): Generator<ProofQuestion> {
	let i = first;
	for (const question of questionsOf(scene)) {
		if (i++ % 41 === 0 && mayBeSelected(question.subject.labels)) {
			yield question;
		}
	}
}

/** Rows by hand are told as such; of documents, by name and path. */
function reasonsOf({ decidedBy }: SideExplanation): Reason[] {
	return decidedBy.map(({ document, path, cookie }) => ({
		document,
		path: document === 'direct' ? String(cookie) : path,
	}));
}

describe('explanations', () => {
	it('have the verdict of the evaluator, and one of its reasons', () => {
		const property = fc.property(anyScene, fc.nat(40), (scene, first) => {
			const world = sceneWorld(scene);
			const evaluator = createEvaluator(world);
			const origins = createOrigins();
			const context = { origins, services: scene.services, ipBlocks: scene.ipBlocks };
			const policies = policiesOf(world.documents, context);
			for (const question of someOf(scene, first)) {
				const { subject, peer, direction, protocol, port } = question;
				const [from, to] = direction === 'egress' ? [subject, peer] : [peer, subject];
				const side = explain(
					{ policies, origins, ...(world.direct && { direct: world.direct }) },
					{ from, to, protocol, port },
				)[direction];
				const expected = evaluator.judge(question);
				const told = { ...tellQuestion(question), verdict: side?.verdict ?? 'allowed' };
				expect(told).toEqual({ ...tellQuestion(question), verdict: VERDICTS[expected.verdict] });
				expect(expected.reasons).toEqual(expect.arrayContaining(side === undefined ? [] : reasonsOf(side)));
			}
		});
		fc.assert(property, runs(12));
	}, 120_000);

	it('list every rule of the subject once: it matches, or something is missing', () => {
		const property = fc.property(anyScene, fc.nat(40), (scene, first) => {
			const { documents } = sceneWorld(scene);
			const origins = createOrigins();
			const policies = policiesOf(documents, { origins, services: scene.services, ipBlocks: scene.ipBlocks });
			expect(policies.map(({ document }) => document)).toEqual(documents.map(documentName));
			for (const { subject, peer, protocol, port } of someOf(scene, first)) {
				const { ingress } = explain(
					{ policies, origins },
					{ from: peer, to: subject, protocol, port },
					{ nearMisses: 1000 },
				);
				const own = policies.flatMap(({ rules }) => rules).filter(({ subjects }) => subjects.matches(subject));
				const rules = own.flatMap((spec) => spec.rules).filter((rule) => rule.direction === 'ingress');
				const told = [...(ingress?.matching ?? []), ...(ingress?.whyNot ?? [])].map(({ cookie }) => cookie);
				expect(told.sort((a, b) => a - b)).toEqual(rules.map(({ cookie }) => cookie).sort((a, b) => a - b));
				expect(ingress?.whyNot.every(({ missing }) => missing.length > 0)).not.toBe(false);
			}
		});
		fc.assert(property, runs(8));
	}, 120_000);
});
