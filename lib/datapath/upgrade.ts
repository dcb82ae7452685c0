import type { Core } from './core.js';
import type { Link } from '../native/addon.js';
import type { EndpointState } from './endpoint.js';
import { programFor } from './uplink-links.js';

/** Gives every attached interface this version's programs, each atomically: no packet meets neither. */
export async function upgradePrograms(
	core: Core,
	endpoints: Iterable<EndpointState>,
	uplinks: readonly Link[],
): Promise<void> {
	for (const { links } of endpoints) {
		for (const link of links) {
			await link.update(core.programs[link.hook === 'ingress' ? 'from_endpoint' : 'to_endpoint']);
		}
	}
	for (const link of uplinks) {
		await link.update((await core.parts.of('uplink'))[programFor(link)]);
	}
	core.pins?.pinPrograms(core.programs);
	core.pins?.keepPrograms([...Object.keys(core.programs), ...Object.keys(core.parts.loaded())]);
}
