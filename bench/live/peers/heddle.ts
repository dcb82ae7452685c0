import { type PeerSpec, openPort } from '../peer.js';
import { configureGateways, createHostedPair } from '../topology.js';
import type { Setup } from './heddle-host.js';

const rows = 1000;
const addresses = 1000;

/** Both host-side interfaces attached through the public API, by a process in the host namespace. */
export const heddle: PeerSpec = {
	id: 'heddle',
	title: 'heddle',
	async create(cleanup) {
		// Here, so that the peers can be measured without the native core.
		const { startChild } = await import('../../support/child.js');
		const pair = await createHostedPair(cleanup, this.id);
		await configureGateways(pair.client, pair.server);
		const child = startChild(new URL('./heddle-host.ts', import.meta.url), { namespace: pair.host });
		cleanup.add(() => child.stop());
		const setup: Setup = { client: pair.client, server: pair.server, openPort, rows, addresses };
		await child.call('open', setup);
		return {
			id: this.id,
			title: this.title,
			pair,
			enforces: true,
			size: `${addresses} addresses, ${rows} policy rows on the receiving side`,
		};
	},
};
