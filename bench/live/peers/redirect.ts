import { type PeerSpec } from '../peer.js';
import { configureGateways, createHostedPair } from '../topology.js';

/** The best that any datapath on these hooks could do. */
export const redirect: PeerSpec = {
	id: 'redirect',
	title: 'redirect_peer alone, no policy',
	async create(cleanup) {
		const { startChild } = await import('../../support/child.js');
		const pair = await createHostedPair(cleanup, this.id);
		await configureGateways(pair.client, pair.server);
		const child = startChild(new URL('./redirect-host.ts', import.meta.url), { namespace: pair.host });
		cleanup.add(() => child.stop());
		await child.call('open', [pair.client, pair.server]);
		return { id: this.id, title: this.title, pair, enforces: false };
	},
};
