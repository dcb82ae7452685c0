import type { IdentitySelector } from '../rules/identity-selector.js';
import type { PolicyIdentity } from '../rules/policy-identity.js';
import { isEndpoint, mayBeSelected, networkOf } from './ends.js';
import { isNamed } from './ports.js';
import type { NamedPolicy } from './world.js';

/** Identities that no policy tells apart: what is true of one is true of all. */
export interface Group {
	readonly first: PolicyIdentity;
	readonly members: readonly PolicyIdentity[];
}

/** In the order of their first members. */
export function groupAlike(identities: Iterable<PolicyIdentity>, policies: readonly NamedPolicy[]): Group[] {
	const selectors = selectorsOf(policies);
	const named = policies.some(({ rules }) => rules.some((spec) => spec.rules.some(({ ports }) => ports.some(isNamed))));
	const groups = new Map<string, PolicyIdentity[]>();
	for (const identity of [...identities].sort((a, b) => a.id - b.id)) {
		const selected = selectors.flatMap((selector, i) => (selector.matches(identity) ? [i] : []));
		const { labels, namedPorts = [] } = identity;
		const kind = isEndpoint(labels) ? networkOf(labels) : mayBeSelected(labels);
		const key = JSON.stringify([selected, kind, named ? portTexts(namedPorts) : []]);
		const known = groups.get(key);
		if (known === undefined) {
			groups.set(key, [identity]);
		} else {
			known.push(identity);
		}
	}
	return [...groups.values()].map((members) => ({ first: members[0]!, members }));
}

function portTexts(ports: NonNullable<PolicyIdentity['namedPorts']>): string[] {
	return ports.map(({ name, protocol, port }) => `${name} ${protocol} ${port}`).sort();
}

/** Each once. */
function selectorsOf(policies: readonly NamedPolicy[]): IdentitySelector[] {
	const distinct = new Map<string, IdentitySelector>();
	for (const { subjects, rules } of policies.flatMap((policy) => policy.rules)) {
		const peers = rules.flatMap((rule) => (rule.peers === 'any' ? [] : rule.peers));
		[subjects, ...peers].forEach((selector) => distinct.set(selector.key, selector));
	}
	return [...distinct.values()];
}
