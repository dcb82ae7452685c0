import { tryParseAddress } from '../addresses/address.js';
import { fieldOf, isMapping, itemsOf, object, optional, required, type Check } from './check.js';
import { clusterMetadata } from './metadata.js';

/** Nothing of it says anything about policy: nodes are selected by their labels. */
export interface NodeSpec {
	readonly podCIDR?: unknown;
}

/** Where a cluster says that a node is. */
export interface NodeStatus {
	/** Of types InternalIP and ExternalIP. */
	readonly addresses: readonly string[];
}

const TYPES: readonly unknown[] = ['InternalIP', 'ExternalIP'];

const ignored = ['podCIDR', 'podCIDRs', 'providerID', 'taints', 'unschedulable', 'externalID', 'configSource'];

/** Lenient: it is not the user's, and only addresses in it count. */
const status: Check<NodeStatus> = (value) => {
	const found = itemsOf(value, 'addresses').map((item) =>
		isMapping(item) && TYPES.includes(fieldOf(item, 'type')) ? fieldOf(item, 'address') : undefined,
	);
	const addresses = found.filter((text) => typeof text === 'string' && tryParseAddress(text) !== undefined);
	return { addresses: [...new Set(addresses as string[])] };
};

export const node = {
	fields: {
		metadata: required(clusterMetadata),
		spec: optional(object({}, { ignored })),
		status: optional(status),
	},
};
