import type { FlowRule } from '../flows/flow.js';
import type { FlowNames, NamedIdentity } from '../flows/names.js';
import { FIRST_PORT, LAST_PORT } from '../policy/row.js';
import type { RuleRow } from '../policy/row.js';
import { describeRow } from './direct-rows.js';
import type { Cookies } from './direct-rows.js';
import type { EndpointRegistry } from './endpoint-registry.js';
import type { IdentityRegistry } from './identity-registry.js';
import { labelSetOf } from './labels.js';
import type { Identity } from './types.js';

const REMEMBERED = 4096;

export interface FlowNameParts {
	readonly endpoints: EndpointRegistry;
	readonly identities: IdentityRegistry;
	readonly cookies: Cookies;
	network(id: number): string | undefined;
	documentRule(cookie: number): FlowRule | undefined;
}

export function createFlowNames({ endpoints, identities, cookies, network, documentRule }: FlowNameParts): FlowNames {
	// Of identities that are there, filled on demand, and of those that went lately.
	const known = new Map<number, NamedIdentity>();

	function named(id: number): NamedIdentity | undefined {
		const cached = known.get(id);
		const identity = cached === undefined ? identities.get(id) : undefined;
		return identity === undefined ? cached : remember(identity);
	}

	function remember({ id, name, labels: set }: Identity): NamedIdentity {
		const labels = labelSetOf(set).toStrings();
		const entry = name === undefined ? { labels } : { name, labels };
		known.set(id, entry);
		if (known.size > REMEMBERED) {
			const [oldest] = known.keys();
			known.delete(oldest ?? 0);
		}
		return entry;
	}

	identities.onChange((identity, present) => {
		if (present) {
			known.delete(identity.id);
		} else {
			remember(identity);
		}
	});

	return {
		endpoint: (id) => endpoints.recall(id),
		identity: named,
		network: (id) => network(id) ?? String(id),
		rule(cookie) {
			const row = cookies.find(cookie);
			return row === undefined
				? documentRule(cookie)
				: { cookie, policy: 'direct', rule: describeRow(row), match: matchOf(row) };
		},
	};
}

/** Rows by hand share their cookie among peers: which of them matched the cookie does not tell. */
function matchOf(row: Omit<RuleRow, 'cookie' | 'peer'>): FlowRule['match'] {
	const everyPort = row.port === FIRST_PORT && row.endPort === LAST_PORT;
	return everyPort && row.protocol === 'any' ? 'L3-Only' : 'L3-L4';
}
