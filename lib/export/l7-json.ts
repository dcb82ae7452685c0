import type { FlowDns, FlowHttp, FlowL7 } from '../flows/l7.js';

/** As JSON of Hubble's `flow.Layer7`: what is 0 or empty left out, numbers of 64 bits as text. */
export function l7Json({ type, latencyNs, http, dns, tls }: FlowL7): object {
	return {
		type,
		latency_ns: latencyNs === 0n ? undefined : String(latencyNs),
		http: http && httpJson(http),
		dns: dns && dnsJson(dns),
		tls: tls && { server_name: tls.serverName || undefined },
	};
}

function httpJson({ code, method, url, protocol, headers }: FlowHttp): object {
	return {
		code: code || undefined,
		method: method || undefined,
		url: url || undefined,
		protocol: protocol || undefined,
		headers: filled(headers),
	};
}

function dnsJson({ query, ips, ttl, cnames, observationSource, rcode, qtypes, rrtypes }: FlowDns): object {
	return {
		query: query || undefined,
		ips: filled(ips),
		ttl: ttl || undefined,
		cnames: filled(cnames),
		observation_source: observationSource || undefined,
		rcode: rcode || undefined,
		qtypes: filled(qtypes),
		rrtypes: filled(rrtypes),
	};
}

function filled<T>(list: readonly T[]): readonly T[] | undefined {
	return list.length === 0 ? undefined : list;
}
