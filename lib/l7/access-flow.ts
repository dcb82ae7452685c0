import type { FlowHttp } from '../flows/l7.js';
import type { L7Access } from '../flows/l7-flow.js';
import type { AccessRecord } from './access-record.js';
import { peerOf, redirectedBy } from './proxy-end.js';

/** As records name it where HTTP has its version. */
const TLS = 'TLS';

/** What a record of the HTTP proxy tells, as flows tell it. */
export function accessOf(record: AccessRecord): L7Access {
	const { kind, latencyNs } = record;
	return {
		...redirectedBy(record),
		timeNs: record.timeNs,
		verdict: verdictOf(record),
		network: record.network,
		client: peerOf(record.client),
		server: peerOf(record.destination),
		protocol: 'TCP',
		l7: {
			type: kind === 'request' ? 'REQUEST' : 'RESPONSE',
			latencyNs,
			...(record.protocol === TLS ? { tls: { serverName: record.url } } : { http: httpOf(record) }),
		},
	};
}

function httpOf({ status, method, url, protocol, headers }: AccessRecord): FlowHttp {
	return {
		code: status,
		method,
		url,
		protocol,
		headers: headers.map(({ name, value }) => ({ key: name, value })),
	};
}

/** A response with a reason is the proxy's own: the server gave none. */
function verdictOf({ denied, kind, reason }: AccessRecord): L7Access['verdict'] {
	if (denied) {
		return 'DROPPED';
	}
	return kind === 'response' && reason !== '' ? 'ERROR' : 'FORWARDED';
}
