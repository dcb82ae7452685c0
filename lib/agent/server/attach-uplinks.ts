import type { Datapath } from '../../datapath/datapath.js';
import type { Uplink, UplinkOptions } from '../../datapath/uplink.js';
import type { UplinkConfig } from '../config/agent-config.js';

/** Uplinks of the configuration and no others; those that a former agent left as they should be go on untouched. */
export async function attachUplinks({ uplinks }: Datapath, wanted: readonly UplinkConfig[]): Promise<void> {
	const asked = new Map(wanted.map((config) => [config.interface, config]));
	for (const uplink of [...uplinks]) {
		const config = asked.get(uplink.name);
		if (config === undefined || !isAsAsked(uplink, config)) {
			await uplink.detach();
		}
	}
	for (const [name, config] of asked) {
		if (uplinks.get(name) === undefined) {
			await uplinks.attach(name, optionsOf(config));
		}
	}
}

function optionsOf({ networks, masquerade = false, nonMasqueradeCIDRs = [], xdp }: UplinkConfig): UplinkOptions {
	return {
		...(networks === undefined ? {} : { networks }),
		...(masquerade ? { masquerade: { nonMasqueradeCIDRs } } : {}),
		...(xdp === undefined ? {} : { xdp }),
	};
}

function isAsAsked(uplink: Uplink, config: UplinkConfig): boolean {
	const { networks = ['default'], masquerade = false, nonMasqueradeCIDRs = [], xdp = 'auto' } = config;
	const modes = { auto: uplink.mode, native: 'xdp-native', generic: 'xdp-generic', off: 'tc' };
	return (
		uplink.networks.join() === networks.join() &&
		(uplink.masquerade !== undefined) === masquerade &&
		(uplink.masquerade?.nonMasqueradeCIDRs ?? []).join() === (masquerade ? nonMasqueradeCIDRs.join() : '') &&
		uplink.mode === modes[xdp]
	);
}
