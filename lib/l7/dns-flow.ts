import type { L7Access } from '../flows/l7-flow.js';
import type { DnsRecord } from './dns-record.js';
import { peerOf, redirectedBy } from './proxy-end.js';

const VERDICTS = { forwarded: 'FORWARDED', denied: 'DROPPED', error: 'ERROR' } as const;

/** What a record of the DNS proxy tells, as flows tell it. */
export function dnsAccessOf(record: DnsRecord): L7Access {
	const { kind, verdict, rcode, latencyNs, name, type, addresses, aliases, recordTypes, ttl } = record;
	return {
		...redirectedBy(record),
		timeNs: record.timeNs,
		verdict: VERDICTS[verdict],
		network: record.network,
		client: peerOf(record.client),
		server: peerOf(record.server),
		protocol: record.protocol === 'tcp' ? 'TCP' : 'UDP',
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
