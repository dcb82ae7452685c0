import type { L7Access } from '../flows/l7-flow.js';
import type { AccessRecord } from './access-record.js';
import { peerOf, redirectedBy } from './proxy-end.js';

/** What a record of the HTTP proxy tells, as flows tell it. */
export function accessOf(record: AccessRecord): L7Access {
	const { kind, status, latencyNs, method, url, protocol, headers } = record;
	const isRequest = kind === 'request';
	return {
		...redirectedBy(record),
		timeNs: record.timeNs,
		verdict: verdictOf(record),
		network: record.network,
		client: peerOf(record.client),
		server: peerOf(record.destination),
		protocol: 'TCP',
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
