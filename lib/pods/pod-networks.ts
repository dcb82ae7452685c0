import { HeddleError } from '../errors.js';
import type { PodNetworkSpec } from '../documents/pod-network.js';
import { DEFAULT_NETWORK } from '../labels/pod-labels.js';
import type { AttachmentRoute } from './attachment.js';

/** What an attachment takes from its network's document. */
export interface PodNetwork {
	readonly name: string;
	/** Addresses are from here unless pod or namespace say otherwise. */
	readonly pool: string;
	readonly routes: readonly AttachmentRoute[];
	/** Bytes; absent: the agent's. */
	readonly mtu?: number;
}

/** `default` is there without a document, on the pool of that name. */
export interface PodNetworks extends Iterable<PodNetwork> {
	/** @throws ERR_UNKNOWN_NETWORK */
	get(name: string, field?: string): PodNetwork;
	has(name: string): boolean;
	set(name: string, spec: PodNetworkSpec | undefined): void;
}

export function createPodNetworks(): PodNetworks {
	const byName = new Map<string, PodNetwork>([[DEFAULT_NETWORK, AUTOMATIC]]);
	return {
		get(name, field = 'network') {
			const found = byName.get(name);
			if (found === undefined) {
				const expected = `one of ${[...byName.keys()].join(', ')}`;
				const message = `${field}: found '${name}', expected ${expected}`;
				throw new HeddleError('ERR_UNKNOWN_NETWORK', message, { field, found: name, expected });
			}
			return found;
		},
		has: (name) => byName.has(name),
		set(name, spec) {
			if (spec !== undefined) {
				byName.set(name, networkOf(name, spec));
			} else if (name === DEFAULT_NETWORK) {
				byName.set(name, AUTOMATIC);
			} else {
				byName.delete(name);
			}
		},
		[Symbol.iterator]: () => byName.values(),
	};
}

const AUTOMATIC: PodNetwork = { name: DEFAULT_NETWORK, pool: DEFAULT_NETWORK, routes: [] };

function networkOf(name: string, { ipam, routes = [], mtu }: PodNetworkSpec): PodNetwork {
	return { name, pool: ipam.pool.name, routes, ...(mtu === undefined ? {} : { mtu }) };
}

/** Sources of the datapath's ICMP errors: the first gateway of each family. */
export function gatewaysOf({ routes }: PodNetwork): { ipv4?: string; ipv6?: string } {
	const ipv4 = routes.find(({ gateway }) => !gateway.includes(':'))?.gateway;
	const ipv6 = routes.find(({ gateway }) => gateway.includes(':'))?.gateway;
	return { ...(ipv4 === undefined ? {} : { ipv4 }), ...(ipv6 === undefined ? {} : { ipv6 }) };
}
