import type { FlowRule } from '../flows/flow.js';
import { FIRST_PORT, LAST_PORT } from '../policy/row.js';
import type { Origins } from '../rules/origins.js';
import type { PolicyRule, PolicyRules } from '../rules/rule.js';

/** Which rule a cookie names, as flows tell it. */
export interface RuleBook {
	replace(former: readonly PolicyRules[], next: readonly PolicyRules[]): void;
	flowRule(cookie: number): FlowRule | undefined;
}

export function createRuleBook(origins: Origins): RuleBook {
	const rules = new Map<number, PolicyRule>();

	return {
		replace(former, next) {
			former.flatMap((spec) => spec.rules).forEach(({ cookie }) => rules.delete(cookie));
			next.flatMap((spec) => spec.rules).forEach((rule) => rules.set(rule.cookie, rule));
		},
		flowRule(cookie) {
			const [first = cookie] = origins.parts(cookie);
			const origin = origins.get(first);
			if (origin === undefined) {
				return undefined;
			}
			const { document, path, line, file } = origin;
			const place = { ...(file === undefined ? {} : { file }), ...(line === undefined ? {} : { line }) };
			return { cookie, policy: document, rule: path, ...place, match: matchOf(rules.get(first)) };
		},
	};
}

function matchOf(rule: PolicyRule | undefined): FlowRule['match'] {
	if (rule === undefined) {
		return 'none';
	}
	const everyPort = rule.ports.some(
		(match) =>
			!('name' in match) && match.protocol === 'any' && match.port === FIRST_PORT && match.endPort === LAST_PORT,
	);
	if (rule.peers === 'any') {
		return everyPort ? 'all' : 'L4-Only';
	}
	return everyPort ? 'L3-Only' : 'L3-L4';
}
