import type { KernelMaps } from '../kernel/maps.js';
import type { Question } from '../policy/evaluate.js';
import { lookup, type Answer, type Enforcement, type PolicyTables } from '../policy/lookup.js';
import { defaultOf } from '../policy/read-image.js';
import { LEVEL_BASE_BITS, LEVEL_PORT, packMatch, packVerdict } from '../policy/rule-class.js';
import { PolicySetFlag } from '../abi/generated.js';

const ENFORCEMENTS: readonly Enforcement[] = ['default', 'always', 'never'];
const RULES = [PolicySetFlag.IngressRules, PolicySetFlag.EgressRules];

/** The kernel's answer for one endpoint, as its programs look it up: entry by entry, from the maps as they are now. */
export function askTables(maps: KernelMaps, endpoint: number, question: Question): Answer {
	const { policySet = 0, enforcement = 0 } = maps.endpoints.get(endpoint) ?? {};
	return lookup(tablesFor(maps, question), policySet, question, ENFORCEMENTS[enforcement] ?? 'default');
}

function tablesFor(maps: KernelMaps, { protocol, port }: Question): PolicyTables {
	const side = (direction: Question['direction']) => (direction === 'ingress' ? 0 : 1);
	return {
		set(id, direction) {
			const record = maps.policySets.get(id);
			const at = side(direction);
			return (
				record && {
					default: defaultOf(record, at),
					hasRules: (record.flags & RULES[at]!) !== 0,
					defaultClass: record.defaultClass[at]!,
				}
			);
		},
		peer: (policySet, direction, identity) =>
			maps.peers.get({ policySet, identity, direction: side(direction) })?.ruleClass,
		rules(ruleClass, direction) {
			// The trie finds the longest match itself.
			const prefixlen = LEVEL_BASE_BITS + LEVEL_PORT;
			const rule = maps.rules.get({ prefixlen, ruleClass, direction: side(direction), protocol, port });
			return rule === undefined
				? new Uint32Array()
				: Uint32Array.of(packMatch(0, 0, 0), packVerdict(rule.action, rule.flags, rule.proxyPort), rule.cookie);
		},
	};
}
