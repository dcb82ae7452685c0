/** Runs in the host namespace of the uplink peers. */
import { type Datapath, type UplinkOptions, openDatapath } from '../../../lib/index.js';
import { serve } from '../../support/serve.js';
import type { Pod } from '../topology.js';

export interface UplinkSetup {
	readonly client: Pod;
	/** Its host side is the uplink. */
	readonly outside: Pod;
	readonly openPort: number;
	readonly xdp: NonNullable<UplinkOptions['xdp']>;
}

let datapath: Datapath | undefined;

/** What the pod may reach outside: one port. */
async function open({ client, outside, openPort, xdp }: UplinkSetup): Promise<string> {
	datapath = await openDatapath();
	const endpoint = await datapath.networks.default.attach(client.hostSide, {
		name: 'client',
		labels: { 'k8s:app': 'client' },
		addresses: [client.address],
		podNetns: client.namespace,
	});
	const { id: peer } = datapath.identities.reserved('world-ipv4');
	for (const protocol of ['tcp', 'udp'] as const)
		endpoint.policy.set({ peer, direction: 'egress', protocol, port: openPort }, { verdict: 'allow' });
	const uplink = await datapath.attachUplink(outside.hostSide, { xdp });
	return uplink.mode;
}

serve({ open }, async () => {
	await datapath?.unload();
});
