/** Differences against the evaluator, asked of both versions. HEDDLE_SEED repeats a run. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccessChange, AccessPorts, PairVerdict } from '../../../lib/explain/access-change.js';
import { diffDocuments } from '../../../lib/explain/diff.js';
import { areSeparated, isEndpoint, mayBeSelected } from '../../../lib/explain/ends.js';
import type { AccessVerdict } from '../../../lib/explain/explanation.js';
import { nameOf } from '../../../lib/explain/names.js';
import { together } from '../../../lib/explain/ruling.js';
import { createEvaluator, type Evaluator } from '../../../lib/proof/evaluator.js';
import type { ProofVerdict } from '../../../lib/proof/question.js';
import type { PolicyIdentity } from '../../../lib/rules/policy-identity.js';
import { anyScene } from '../proof/support/arbitrary-scene.js';
import { packets } from '../proof/support/boundaries.js';
import { runs } from '../proof/support/runs.js';
import { sceneWorld } from '../proof/support/scene-world.js';

const VERDICTS: Readonly<Record<ProofVerdict, AccessVerdict>> = {
	allow: 'allowed',
	audit: 'audited',
	redirect: 'redirected',
	deny: 'denied',
};

interface Packet {
	readonly from: PolicyIdentity;
	readonly to: PolicyIdentity;
	readonly protocol: number;
	readonly port: number;
}

/** Addresses outside have no policy of their own, whatever a selector of everything may say. */
function verdictOf(evaluator: Evaluator, { from, to, protocol, port }: Packet): AccessVerdict {
	const ask = (direction: 'ingress' | 'egress', subject: PolicyIdentity, peer: PolicyIdentity) =>
		mayBeSelected(subject.labels)
			? VERDICTS[evaluator.judge({ subject, peer, direction, protocol, port }).verdict]
			: undefined;
	return together(ask('egress', from, to), ask('ingress', to, from));
}

function isAbout({ protocol, except = [], port, endPort }: AccessPorts, packet: Packet): boolean {
	const spoken = protocol === 'any' ? !except.includes(packet.protocol) : protocol === packet.protocol;
	return spoken && port <= packet.port && packet.port <= endPort;
}

function changesOf(changes: readonly AccessChange[], packet: Packet): AccessChange[] {
	return changes.filter(
		({ from, to, ports }) =>
			from.includes(packet.from) && to.includes(packet.to) && ports.some((one) => isAbout(one, packet)),
	);
}

/** Redirects to other L7 rules differ, too; the evaluator does not look into them. */
function hasOtherRules({ before, after }: { before: PairVerdict; after: PairVerdict }): boolean {
	return before.verdict === 'redirected' && after.verdict === 'redirected';
}

describe('differences', () => {
	it('are those of the evaluator, asked of both versions, each told once', () => {
		const property = fc.property(anyScene, fc.nat(), fc.nat(40), (scene, kept, first) => {
			const world = sceneWorld({ ...scene, direct: [] });
			const { documents, services, ipBlocks } = world;
			const other = documents.filter((_, i) => i % 2 === kept % 2);
			const pods = scene.identities.filter((one) => isEndpoint(one.labels) || one.id > 0xffff || one.id === 1);
			const { changes } = diffDocuments(documents, other, { identities: pods, services, ipBlocks });
			const [before, after] = [documents, other].map((each) => createEvaluator({ ...world, documents: each }));
			let i = first;
			for (const packet of packetsOf(pods)) {
				if (i++ % 41 !== 0) {
					continue;
				}
				const [was, is] = [verdictOf(before!, packet), verdictOf(after!, packet)];
				const found = changesOf(changes, packet).filter((change) => !hasOtherRules(change));
				const told = [nameOf(packet.from), nameOf(packet.to), packet.protocol, packet.port];
				expect([...told, found.map((one) => [one.before.verdict, one.after.verdict])]).toEqual([
					...told,
					was === is ? [] : [[was, is]],
				]);
			}
		});
		fc.assert(property, runs(12));
	}, 120_000);
});

/** From an end that policies may be for, or to one. */
function* packetsOf(identities: readonly PolicyIdentity[]): Generator<Packet> {
	for (const from of identities) {
		for (const to of identities) {
			const judged = isEndpoint(from.labels) || isEndpoint(to.labels);
			if (!judged || areSeparated(from.labels, to.labels)) {
				continue;
			}
			for (const [protocol, ports] of packets()) {
				yield* ports.map((port) => ({ from, to, protocol, port }));
			}
		}
	}
}
