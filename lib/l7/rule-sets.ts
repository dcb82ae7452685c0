import type { HttpRule } from '../documents/l7-rules.js';
import { HeddleError } from '../errors.js';
import type { HttpProxy, HttpRuleSpec } from '../native/addon.js';
import type { Origins } from '../rules/origins.js';

/**
 * What the proxy asks of requests, by the cookies of the rows that redirect to it. It knows a rule set before any row
 * names it.
 */
export interface RuleSets {
	/**
	 * A row is about to name it. What the proxy knows by this number already stays: this may be a plan.
	 * @throws ERR_INVALID_ARGUMENT, ERR_NOT_SUPPORTED
	 */
	use(cookie: number): void;
	/** Rules may say something else under their old numbers. At a commit. */
	refresh(): void;
	/** From now on this one; it learns all that are in use. */
	serve(proxy: HttpProxy | undefined): void;
}

export function createRuleSets(origins: Origins): RuleSets {
	const told = new Map<number, string>();
	let proxy: HttpProxy | undefined;

	function rulesOf(cookie: number): readonly HttpRule[] {
		return origins.parts(cookie).flatMap((part) => origins.get(part)?.l7?.http ?? []);
	}

	function tell(cookie: number): void {
		const rules = rulesOf(cookie);
		const text = JSON.stringify(rules);
		if (told.get(cookie) !== text) {
			// Also for a proxy that is not there yet: what it could not enforce is refused now.
			const specs = rules.map(specOf);
			proxy?.setRules(cookie, specs);
			told.set(cookie, text);
		}
	}

	return {
		use(cookie) {
			if (!told.has(cookie)) {
				tell(cookie);
			}
		},
		refresh() {
			[...told.keys()].forEach(tell);
		},
		serve(next) {
			proxy = next;
			for (const cookie of told.keys()) {
				told.set(cookie, '');
				tell(cookie);
			}
		},
	};
}

function specOf(rule: HttpRule): HttpRuleSpec {
	const { headers, headerMatches = [], ...rest } = rule;
	return {
		...rest,
		...(headers === undefined ? {} : { headers: [...headers] }),
		headerMatches: headerMatches.map(({ secret, ...match }) => {
			if (secret !== undefined) {
				throw new HeddleError(
					'ERR_NOT_SUPPORTED',
					`headerMatches.secret: found ${secret.name}, expected a value: this proxy has no Kubernetes secrets`,
					{ field: 'headerMatches.secret', found: secret.name },
				);
			}
			return match;
		}),
	};
}
