import type { HeddleDocument } from '../../../../lib/documents/document.js';
import { isPolicy } from '../../../../lib/documents/document.js';
import { DIRECTIONS } from '../../../../lib/policy/image.js';
import { evaluate } from '../../../../lib/policy/evaluate.js';
import type { DefaultVerdict, Direction, RuleRow } from '../../../../lib/policy/row.js';
import { namesAtDestination } from '../../../../lib/proof/statement.js';
import type { ProofQuestion, ProofVerdict } from '../../../../lib/proof/question.js';
import { createOrigins } from '../../../../lib/rules/origins.js';
import type { NamedPort } from '../../../../lib/rules/policy-identity.js';
import type { PolicyRule, PolicyRules, PortSpan } from '../../../../lib/rules/rule.js';
import { rulesOf } from '../../../../lib/rules/rules-of.js';
import type { Scene } from './arbitrary-scene.js';

/** What the rules of a scene say, one after the other: no index, no class, no table. Rows by hand are left out. */
export function interpretRules(
	scene: Scene,
	documents: readonly HeddleDocument[],
): (question: ProofQuestion) => ProofVerdict {
	const context = { origins: createOrigins(), services: scene.services, ipBlocks: scene.ipBlocks };
	const policies = documents.filter(isPolicy).flatMap((document) => rulesOf(document, context));
	return ({ subject, peer, direction, protocol, port }) => {
		const meant = policies.filter(({ subjects }) => subjects.matches(subject));
		const names = namesAtDestination(direction, subject, peer);
		const speaking = meant
			.flatMap(({ rules }) => rules)
			.filter(({ peers }) => peers === 'any' || peers.some((selector) => selector.matches(peer)));
		const rows = speaking.flatMap((rule) => rowsOf(rule, names));
		const defaults = Object.fromEntries(DIRECTIONS.map((each) => [each, strictest(meant, each)]));
		const set = { id: 0, defaults: defaults as Record<Direction, DefaultVerdict>, rows };
		return evaluate(set, { peer: peer.id, direction, protocol, port }).verdict;
	};
}

function strictest(policies: readonly PolicyRules[], direction: Direction): DefaultVerdict {
	const all = policies.map(({ defaults }) => defaults[direction]);
	return (['deny', 'audited'] as const).find((each) => all.includes(each)) ?? 'allow';
}

function rowsOf({ ports, ...rest }: PolicyRule, names: readonly NamedPort[]): RuleRow[] {
	const spans = ports.flatMap((match): readonly PortSpan[] => {
		if (!('name' in match)) {
			return [match];
		}
		const found = names.filter(
			({ name, protocol }) => name === match.name && [protocol, 'any'].includes(match.protocol),
		);
		return found.map(({ protocol, port }) => ({ protocol, port, endPort: port }));
	});
	return spans.map((span) => ({ ...rest, ...span, peer: 'any' as const }));
}
