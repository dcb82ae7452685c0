import { formatAddress } from '../addresses/address.js';
import type { Cursor } from '../abi/cursor.js';
import type { L7Access, L7Peer } from '../flows/l7-flow.js';

/** One end of a conversation that a proxy is in. */
export interface ProxyEnd {
	readonly address: string;
	readonly port: number;
	/** As policy knew it when the conversation was judged last; 0: not known. */
	readonly identity: number;
	/** On this node; 0: none. */
	readonly endpoint: number;
}

/** Whose policy sent the conversation to the proxy: cookies of rows. */
export interface Redirect {
	/** Of the source's policy; undefined: it did not. */
	readonly egressCookie: number | undefined;
	/** The same of the destination's policy. */
	readonly ingressCookie: number | undefined;
}

/** Where the parts of one end are. */
type EndOffsets = Readonly<Record<'address' | 'port' | 'identity' | 'endpoint', number>>;

export function proxyEnd(record: Cursor, family: 4 | 6, at: EndOffsets): ProxyEnd {
	return {
		address: formatAddress(family, record.slice(at.address, 16, 'an address')),
		port: record.u16(at.port),
		identity: record.u32(at.identity),
		endpoint: record.u16(at.endpoint),
	};
}

export function peerOf({ endpoint, identity, address, port }: ProxyEnd): L7Peer {
	return { endpointId: endpoint, identity, address, port };
}

/** On whose side, and by which row, the conversation became the proxy's. */
export function redirectedBy({ egressCookie, ingressCookie }: Redirect): Pick<L7Access, 'trafficDirection' | 'cookie'> {
	return {
		trafficDirection: ingressCookie === undefined ? 'EGRESS' : 'INGRESS',
		cookie: ingressCookie ?? egressCookie ?? 0,
	};
}
