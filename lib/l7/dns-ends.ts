import { formatAddress } from '../addresses/address.js';
import type { Cursor } from '../abi/cursor.js';

/** Who asked whom for a name. */
export interface DnsEnds {
	readonly network: number;
	readonly protocol: 'udp' | 'tcp';
	readonly family: 4 | 6;
	readonly client: DnsEnd;
	/** Where the client sent its query. */
	readonly server: DnsEnd;
	/** Of the row of the source's policy that sent the query to the proxy; undefined: it did not. */
	readonly egressCookie: number | undefined;
	/** The same of the destination's policy. */
	readonly ingressCookie: number | undefined;
}

export interface DnsEnd {
	readonly address: string;
	readonly port: number;
	/** As policy knew it at the query; 0: not known. */
	readonly identity: number;
	/** On this node; 0: none. */
	readonly endpoint: number;
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
		client: {
			address: formatAddress(family, record.slice(at, 16, 'an address')),
			port: record.u16(at + 32),
			identity: record.u32(at + 40),
			endpoint: record.u16(at + 38),
		},
		server: {
			address: formatAddress(family, record.slice(at + 16, 16, 'an address')),
			port: record.u16(at + 34),
			identity: record.u32(at + 44),
			endpoint: record.u16(at + 56),
		},
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
