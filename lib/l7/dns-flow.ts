import type { L7Access, L7Peer } from '../flows/l7-flow.js';
import type { DnsEnd } from './dns-ends.js';
import type { DnsRecord } from './dns-record.js';

const VERDICTS = { forwarded: 'FORWARDED', denied: 'DROPPED', error: 'ERROR' } as const;

/** What a record of the DNS proxy tells, as flows tell it. */
export function dnsAccessOf(record: DnsRecord): L7Access {
	const { kind, verdict, rcode, latencyNs, name, type, addresses, aliases, recordTypes, ttl } = record;
	return {
		timeNs: record.timeNs,
		verdict: VERDICTS[verdict],
		trafficDirection: record.ingressCookie === undefined ? 'EGRESS' : 'INGRESS',
		network: record.network,
		client: peerOf(record.client),
		server: peerOf(record.server),
		protocol: record.protocol === 'tcp' ? 'TCP' : 'UDP',
		cookie: record.ingressCookie ?? record.egressCookie ?? 0,
		l7: {
			type: kind === 'request' ? 'REQUEST' : 'RESPONSE',
			latencyNs,
			dns: {
				query: name,
				ips: addresses.map(({ address }) => address),
				ttl,
				cnames: aliases,
				observationSource: 'proxy',
				rcode,
				qtypes: [type],
				rrtypes: recordTypes,
			},
		},
	};
}

function peerOf({ endpoint, identity, address, port }: DnsEnd): L7Peer {
	return { endpointId: endpoint, identity, address, port };
}
