import type { L7Access, L7Peer } from '../flows/l7-flow.js';
import type { AccessEnd, AccessRecord } from './access-record.js';

/** What a record of the HTTP proxy tells, as flows tell it. */
export function accessOf(record: AccessRecord): L7Access {
	const { kind, status, latencyNs, method, url, protocol, headers } = record;
	const isRequest = kind === 'request';
	return {
		timeNs: record.timeNs,
		verdict: verdictOf(record),
		trafficDirection: record.ingressCookie === undefined ? 'EGRESS' : 'INGRESS',
		network: record.network,
		client: peerOf(record.client),
		server: peerOf(record.destination),
		protocol: 'TCP',
		cookie: record.ingressCookie ?? record.egressCookie ?? 0,
		l7: {
			type: isRequest ? 'REQUEST' : 'RESPONSE',
			latencyNs,
			http: {
				code: status,
				method,
				url,
				protocol,
				headers: headers.map(({ name, value }) => ({ key: name, value })),
			},
		},
	};
}

/** A response with a reason is the proxy's own: the server gave none. */
function verdictOf({ denied, kind, reason }: AccessRecord): L7Access['verdict'] {
	if (denied) {
		return 'DROPPED';
	}
	return kind === 'response' && reason !== '' ? 'ERROR' : 'FORWARDED';
}

function peerOf({ endpoint, identity, address, port }: AccessEnd): L7Peer {
	return { endpointId: endpoint, identity, address, port };
}
