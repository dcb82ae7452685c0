import type { IpBlocks } from '../rules/context.js';
import type { NamedPort, PolicyIdentity } from '../rules/policy-identity.js';
import type { EndpointRegistry } from './endpoint-registry.js';
import { labelSetOf } from './labels.js';
import type { PolicyStore } from './policy-store.js';
import type { Identity } from './types.js';

export interface DescriberParts {
	readonly registry: EndpointRegistry;
	readonly store: PolicyStore;
	readonly ipBlocks: IpBlocks;
}

export function policyIdentity({ id, labels }: Identity): PolicyIdentity {
	return { id, labels: labelSetOf(labels) };
}

/** What policy can know of an identity beside its labels is what its endpoints are. Within a change. */
export function createDescriber({ registry, store, ipBlocks }: DescriberParts): (identity: Identity) => void {
	return (identity) => {
		const known = store.index.identities.get(identity.id);
		const ports = new Map<string, NamedPort>();
		const addresses: string[] = [];
		for (const state of registry.ofIdentity(identity.id)) {
			state.namedPorts.forEach((port) => ports.set(Object.values(port).join(), port));
			if (ipBlocks === 'endpoints') {
				addresses.push(...state.addresses);
			}
		}
		const had = (known?.namedPorts?.length ?? 0) + (known?.addresses?.length ?? 0);
		if (had + ports.size + addresses.length > 0) {
			store.putIdentity({ ...policyIdentity(identity), namedPorts: [...ports.values()], addresses });
		}
	};
}
