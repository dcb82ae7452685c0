/** Peers without policy: the bare pair that all ratios refer to, a bridge, the kernel's routing. */
import { run } from '../../support/process.js';
import type { PeerSpec } from '../peer.js';
import {
	configureGateways,
	configureNeighbours,
	configureRouting,
	createBarePair,
	createHostedPair,
} from '../topology.js';

export const barePair: PeerSpec = {
	id: 'bare',
	title: 'bare veth pair',
	async create(cleanup) {
		return { id: this.id, title: this.title, enforces: false, pair: await createBarePair(cleanup, this.id) };
	},
};

export const bridge: PeerSpec = {
	id: 'bridge',
	title: 'Linux bridge',
	async create(cleanup) {
		const pair = await createHostedPair(cleanup, this.id);
		const { client, server, host } = pair;
		await run('ip', '-n', host, 'link', 'add', 'br0', 'type', 'bridge');
		// Bridged packets must not pay for netfilter hooks that have no rules.
		await run('ip', 'netns', 'exec', host, 'sysctl', '-qw', '-e', 'net.bridge.bridge-nf-call-iptables=0');
		for (const each of [client, server]) await run('ip', '-n', host, 'link', 'set', each.hostSide, 'master', 'br0');
		await run('ip', '-n', host, 'link', 'set', 'br0', 'up');
		await configureNeighbours(client, server);
		return {
			id: this.id,
			title: this.title,
			enforces: false,
			pair: { ...pair, clientNextHop: server.mac, serverNextHop: client.mac },
		};
	},
};

export const routing: PeerSpec = {
	id: 'routing',
	title: 'kernel routing',
	async create(cleanup) {
		const pair = await createHostedPair(cleanup, this.id);
		await configureGateways(pair.client, pair.server);
		await configureRouting(pair);
		return { id: this.id, title: this.title, enforces: false, pair };
	},
};
