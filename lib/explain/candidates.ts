import type { Direction, RuleRow } from '../policy/row.js';
import type { IdentitySelector } from '../rules/identity-selector.js';
import type { PolicyIdentity } from '../rules/policy-identity.js';
import type { PortMatch } from '../rules/rule.js';
import type { ExplainedRule } from './explanation.js';
import { explainRow, explainRule, type ExplainWorld, type SelectingSpec } from './world.js';

/** All that might speak of a subject's packet in one direction. */
export interface Candidate {
	readonly rule: ExplainedRule;
	readonly peers: readonly IdentitySelector[] | number | 'any';
	readonly ports: readonly PortMatch[];
}

export function candidatesOf(
	{ origins }: ExplainWorld,
	specs: readonly SelectingSpec[],
	direct: readonly RuleRow[],
	direction: Direction,
): Candidate[] {
	const written = specs.flatMap(({ document, spec }) =>
		spec.rules
			.filter((rule) => rule.direction === direction)
			.map((rule) => ({ rule: explainRule(rule, document, origins), peers: rule.peers, ports: rule.ports })),
	);
	const byHand = direct
		.filter((row) => row.direction === direction)
		.map((row) => ({ rule: explainRow(row), peers: row.peer, ports: [row] }));
	return [...written, ...byHand];
}

export function speaksOfPeer({ peers }: Candidate, peer: PolicyIdentity): boolean {
	if (typeof peers === 'number') {
		return peers === peer.id;
	}
	return peers === 'any' || peers.some((selector) => selector.matches(peer));
}
