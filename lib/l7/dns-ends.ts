import { formatAddress } from '../addresses/address.js';
import type { Cursor } from '../abi/cursor.js';
import { proxyEnd, type ProxyEnd, type Redirect } from './proxy-end.js';

/** Who asked whom for a name. */
export interface DnsEnds extends Redirect {
	readonly network: number;
	readonly protocol: 'udp' | 'tcp';
	readonly family: 4 | 6;
	readonly client: ProxyEnd;
	/** Where the client sent its query. */
	readonly server: ProxyEnd;
}

export interface DnsAddress {
	/** IPv4 or IPv6. */
	readonly address: string;
	/** Seconds. */
	readonly ttl: number;
}

const IPV6 = 1;
const TCP = 2;
const EGRESS_REDIRECTED = 4;
const INGRESS_REDIRECTED = 8;
const ADDRESS_LENGTH = 24;

/** As native/src/dns_record_layout.h packs them, at `at`. */
export function dnsEnds(record: Cursor, at: number): DnsEnds {
	const flags = record.u8(at + 58);
	const family = (flags & IPV6) === 0 ? 4 : 6;
	return {
		network: record.u16(at + 36),
		protocol: (flags & TCP) === 0 ? 'udp' : 'tcp',
		family,
		client: proxyEnd(record, family, { address: at, port: at + 32, identity: at + 40, endpoint: at + 38 }),
		server: proxyEnd(record, family, { address: at + 16, port: at + 34, identity: at + 44, endpoint: at + 56 }),
		egressCookie: (flags & EGRESS_REDIRECTED) === 0 ? undefined : record.u32(at + 48),
		ingressCookie: (flags & INGRESS_REDIRECTED) === 0 ? undefined : record.u32(at + 52),
	};
}

/** `count` of them at `at`. */
export function dnsAddresses(record: Cursor, at: number, count: number): DnsAddress[] {
	return Array.from({ length: count }, (_, i) => {
		const place = at + i * ADDRESS_LENGTH;
		const family = record.u8(place + 4) === 4 ? 4 : 6;
		return { address: formatAddress(family, record.slice(place + 8, 16, 'an address')), ttl: record.u32(place) };
	});
}

export function endOfDnsAddresses(at: number, count: number): number {
	return at + count * ADDRESS_LENGTH;
}
