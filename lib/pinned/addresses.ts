import { formatAddress } from '../addresses/address.js';
import type { PinnedMaps } from './open.js';

/** Whose an address or a block is, as the datapath finds it: the ipcache. */
export interface PinnedAddress {
	readonly network: string;
	readonly cidr: string;
	readonly identity: number;
	/** EndpointId on this node. */
	readonly endpoint?: number;
	readonly endpointName?: string;
	/** 'policy': a document names the block. */
	readonly source: 'endpoint' | 'assigned' | 'policy';
}

/** Of the key of a CIDR, before the address itself. */
const CIDR_BASE_BITS = 32;

export function pinnedAddresses({ maps, names }: PinnedMaps): PinnedAddress[] {
	const single = Array.from(maps.addresses, ([key, { identity, endpoint }]): PinnedAddress => {
		const name = names.endpoint(endpoint);
		return {
			network: names.network(key.network),
			cidr: `${formatAddress(key.family, key.address)}/${key.family === 4 ? 32 : 128}`,
			identity,
			...(endpoint === 0 ? {} : { endpoint }),
			...(name === undefined ? {} : { endpointName: name }),
			source: endpoint === 0 ? 'assigned' : 'endpoint',
		};
	});
	const blocks = Array.from(maps.cidrs, ([key, { identity, byPolicy }]): PinnedAddress => {
		const cidr = `${formatAddress(key.family, key.address)}/${key.prefixlen - CIDR_BASE_BITS}`;
		return {
			network: names.network(key.network),
			cidr,
			identity,
			source: byPolicy === 0 ? 'assigned' : 'policy',
		};
	});
	return [...single, ...blocks].sort((a, b) => compare(a.network, b.network) || compare(a.cidr, b.cidr));
}

function compare(a: string, b: string): number {
	return a < b ? -1 : a > b ? 1 : 0;
}
