/** Through the public API, by a process in the host namespace; without the rule the same endpoints and no proxy. */
import { configureGateways, createHostedPair } from '../../live/topology.js';
import { startChild } from '../../support/child.js';
import { type ContenderSpec, allowedPath, plainPort, rulePort, threads } from '../contender.js';
import { untilServing } from '../load.js';
import type { Setup } from './heddle-host.js';

function contender(id: string, title: string, http: Setup['http'], size: string): ContenderSpec {
	return {
		id,
		title,
		async create(cleanup, cpu) {
			const pair = await createHostedPair(cleanup, `l7-${id}`);
			await configureGateways(pair.client, pair.server);
			const child = startChild(new URL('./heddle-host.ts', import.meta.url), { namespace: pair.host, cpu });
			cleanup.add(() => child.stop());
			const setup: Setup = { client: pair.client, server: pair.server, rulePort, plainPort, http };
			await child.call('open', setup);
			const made = { id, title, pair, enforces: http !== undefined, cpu, size };
			await untilServing(made);
			return made;
		},
	};
}

export const heddle = contender(
	'heddle',
	'heddle, rules.http',
	{ path: allowedPath, threads },
	`2 endpoints, 1 policy of 2 ports, 1 HTTP rule, ${threads} thread; nobody asks for flows`,
);

export const direct = contender('direct', 'heddle, no L7 rule', undefined, '2 endpoints, 1 policy of 2 ports');
