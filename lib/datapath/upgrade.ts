import type { Core } from './core.js';
import type { EndpointState } from './endpoint.js';

/** Gives every attached interface this version's programs, each atomically: no packet meets neither. */
export async function upgradePrograms(core: Core, endpoints: Iterable<EndpointState>): Promise<void> {
	for (const { links } of endpoints) {
		for (const link of links) {
			await link.update(core.programs[link.hook === 'ingress' ? 'from_endpoint' : 'to_endpoint']);
		}
	}
	core.pins?.replacePrograms(core.programs);
}
