/** A pod and another host behind an uplink; beside it stands the kernel's routing, which does the same without policy. */
import { type PeerSpec, openPort } from '../peer.js';
import { configureGateways, configureRouting, createHostedPair } from '../topology.js';
import type { UplinkSetup } from './uplink-host.js';

export function uplink(id: string, xdp: UplinkSetup['xdp'], title: string): PeerSpec {
	return {
		id,
		title,
		async create(cleanup) {
			const { startChild } = await import('../../support/child.js');
			const pair = await createHostedPair(cleanup, id);
			await configureGateways(pair.client, pair.server);
			await configureRouting(pair);
			const child = startChild(new URL('./uplink-host.ts', import.meta.url), { namespace: pair.host });
			cleanup.add(() => child.stop());
			const setup: UplinkSetup = { client: pair.client, outside: pair.server, openPort, xdp };
			const mode = await child.call('open', setup);
			return { id, title, pair, enforces: true, size: `policy on the pod, uplink in mode ${String(mode)}` };
		},
	};
}
