import type { Prefix } from '../addresses/prefix.js';
import type { PolicyRules } from './rule.js';

/** Every block that a policy names, holes among them, each once: an address tells them apart only by an identity of its own. */
export function cidrsOf(policies: Iterable<PolicyRules>): Prefix[] {
	const prefixes = new Map<string, Prefix>();
	for (const { rules, subjects } of policies) {
		const selectors = [subjects, ...rules.flatMap(({ peers }) => (peers === 'any' ? [] : peers))];
		for (const selector of selectors) {
			for (const prefix of selector.kind === 'cidr' ? [selector.cidr, ...selector.except] : []) {
				prefixes.set(prefix.text, prefix);
			}
		}
	}
	return [...prefixes.values()];
}
