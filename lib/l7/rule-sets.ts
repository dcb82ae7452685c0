import type { HttpRule, L7Rules } from '../documents/l7-rules.js';
import { HeddleError } from '../errors.js';
import type { HttpRuleSpec } from '../native/addon.js';
import type { Proxies } from './proxies.js';
import type { Origins } from '../rules/origins.js';

/**
 * What the proxies ask of requests and queries, by the cookies of the rows that redirect to them. They know a rule set
 * before any row names it.
 */
export interface RuleSets {
	/**
	 * A row is about to name it. What the proxy knows by this number already stays: this may be a plan.
	 * @throws ERR_INVALID_ARGUMENT, ERR_NOT_SUPPORTED
	 */
	use(cookie: number): void;
	/** Rules may say something else under their old numbers. At a commit. */
	refresh(): void;
	/** From now on these; they learn all that are in use. */
	serve(proxies: Proxies | undefined): void;
}

export function createRuleSets(origins: Origins): RuleSets {
	const told = new Map<number, string>();
	let proxies: Proxies | undefined;

	function rulesOf(cookie: number): Required<L7Rules> {
		const parts = origins.parts(cookie).map((part) => origins.get(part)?.l7);
		return {
			http: parts.flatMap((l7) => l7?.http ?? []),
			dns: parts.flatMap((l7) => l7?.dns ?? []),
			serverNames: parts.flatMap((l7) => l7?.serverNames ?? []),
		};
	}

	function tell(cookie: number): void {
		const { http, dns, serverNames } = rulesOf(cookie);
		const text = JSON.stringify([http, dns, serverNames]);
		if (told.get(cookie) !== text) {
			// Also for proxies that are not there yet: what they could not enforce is refused now.
			const specs = http.map(specOf);
			proxies?.http.setRules(cookie, specs, serverNames);
			proxies?.dns.setRules(cookie, dns);
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
			proxies = next;
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
