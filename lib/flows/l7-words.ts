import { dnsResponseCode } from './dns-response-codes.js';
import { l7Protocol } from './l7.js';
import type { FlowDns, FlowHttp, FlowL7 } from './l7.js';

const NS_PER_MS = 1_000_000n;

/** As `hubble observe` names it: `http-response`, `dns-request proxy`. */
export function l7Type(l7: FlowL7): string {
	const observer = l7.dns === undefined ? '' : ` ${l7.dns.observationSource}`;
	return `${l7Protocol(l7)}-${l7.type.toLowerCase()}${observer}`.trimEnd();
}

/** As Hubble sums it up; empty where it has no words for it. */
export function l7Summary({ type, latencyNs, http, dns, tls }: FlowL7): string {
	if (type === 'SAMPLE') {
		return '';
	}
	const isRequest = type === 'REQUEST';
	if (http !== undefined) {
		return isRequest ? httpRequest(http) : httpResponse(http, latencyNs);
	}
	if (tls !== undefined) {
		return `TLS ${tls.serverName}`.trimEnd();
	}
	return dns === undefined ? '' : isRequest ? dnsQuery(dns) : dnsAnswer(dns);
}

function httpRequest({ protocol, method, url }: FlowHttp): string {
	return `${protocol} ${method} ${url}`;
}

/** `HTTP/1.1 200 6ms (GET http://10.0.0.1/public)` */
function httpResponse({ protocol, code, method, url }: FlowHttp, latencyNs: bigint): string {
	return `${protocol} ${code} ${latencyNs / NS_PER_MS}ms (${method} ${url})`;
}

function dnsQuery({ query, qtypes }: FlowDns): string {
	return `DNS Query ${query} ${qtypes.join(',')}`;
}

/** `DNS Answer "10.0.0.1" TTL: 30 (Proxy www.example.com. A)` */
function dnsAnswer(dns: FlowDns): string {
	const { query, qtypes, ttl, observationSource } = dns;
	const seenBy = observationSource === 'proxy' ? 'Proxy' : 'Query';
	return `DNS Answer ${answerOf(dns)} TTL: ${ttl} (${seenBy} ${query} ${qtypes.join(',')})`;
}

function answerOf({ rcode, ips, cnames }: FlowDns): string {
	if (rcode !== 0) {
		return `RCode: ${dnsResponseCode(rcode)}`;
	}
	const addresses = ips.length === 0 ? [] : [JSON.stringify(ips.join(','))];
	const names = cnames.length === 0 ? [] : [`CNAMEs: ${JSON.stringify(cnames.join(','))}`];
	return [...addresses, ...names].join(' ');
}
