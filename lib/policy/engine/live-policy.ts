import type { PolicyRule, PolicyRules, PortMatch } from '../../rules/rule.js';
import type { Selection, SelectorIndex } from './selector-index.js';

/** A rule with the identities that its peers are at the moment. */
export interface LiveRule {
	readonly rule: PolicyRule;
	readonly peers: readonly Selection[] | 'any';
	/** Names of ports that are looked up at an endpoint. */
	readonly portNames: readonly string[];
}

/** One policy in force: one spec of one document. */
export interface LivePolicy {
	/** Kept when the document is replaced: what is made of several policies is named by their numbers. */
	readonly uid: number;
	/** What it was made of. */
	readonly source: PolicyRules;
	readonly subjects: Selection;
	readonly defaults: PolicyRules['defaults'];
	readonly rules: readonly LiveRule[];
}

export function openPolicy(uid: number, source: PolicyRules, index: SelectorIndex): LivePolicy {
	const { subjects, defaults, rules } = source;
	return {
		uid,
		source,
		subjects: index.use(subjects),
		defaults,
		rules: rules.map((rule) => ({
			rule,
			peers: rule.peers === 'any' ? 'any' : rule.peers.map((selector) => index.use(selector)),
			portNames: rule.ports.flatMap((match) => ('name' in match ? [match.name] : [])),
		})),
	};
}

export function closePolicy(policy: LivePolicy, index: SelectorIndex): void {
	index.release(policy.subjects);
	for (const selection of peersOf(policy)) {
		index.release(selection);
	}
}

/** One entry per use: a selection may be there several times. */
export function peersOf({ rules }: LivePolicy): Selection[] {
	return rules.flatMap(({ peers }) => (peers === 'any' ? [] : peers));
}

/** True where the rule speaks of the identity as a peer. */
export function speaksOf({ peers, portNames, rule }: LiveRule, identity: number, index: SelectorIndex): boolean {
	if (peers === 'any') {
		return rule.direction === 'egress' && portNames.some((name) => index.named(name).has(identity));
	}
	return peers.some(({ members }) => members.has(identity));
}

/** Nobody in particular: a rule for everyone, unless its ports depend on who the peer is. */
export function speaksOfEveryone({ peers, portNames, rule }: LiveRule): boolean {
	return peers === 'any' && !(rule.direction === 'egress' && portNames.length === rule.ports.length);
}

export function isNamed(match: PortMatch): match is Extract<PortMatch, { name: string }> {
	return 'name' in match;
}
