import type { Child } from '../../support/child.js';
import type { Cleanup } from '../../support/cleanup.js';
import { type Peer, type PeerSpec, openPort } from '../peer.js';
import { configureGateways, createHostedPair } from '../topology.js';
import type { Setup } from './heddle-host.js';

const rows = 1000;
const addresses = 1000;

/** Both host-side interfaces attached through the public API, by a process in the host namespace. */
export async function createHeddle(cleanup: Cleanup, cpu?: number): Promise<{ peer: Peer; host: Child }> {
	// Here, so that the peers can be measured without the native core.
	const { startChild } = await import('../../support/child.js');
	const pair = await createHostedPair(cleanup, heddle.id);
	await configureGateways(pair.client, pair.server);
	const options = { namespace: pair.host, ...(cpu === undefined ? {} : { cpu }) };
	const host = startChild(new URL('./heddle-host.ts', import.meta.url), options);
	cleanup.add(() => host.stop());
	const setup: Setup = { client: pair.client, server: pair.server, openPort, rows, addresses };
	await host.call('open', setup);
	const size = `${addresses} addresses, ${rows} policy rows on the receiving side`;
	return { peer: { id: heddle.id, title: heddle.title, pair, enforces: true, size }, host };
}

export const heddle: PeerSpec = {
	id: 'heddle',
	title: 'heddle',
	create: async (cleanup) => (await createHeddle(cleanup)).peer,
};
