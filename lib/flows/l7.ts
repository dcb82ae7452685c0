/** What a proxy saw, in Hubble's fields: one of `http`, `dns` and `tls`. */
export interface FlowL7 {
	readonly type: 'REQUEST' | 'RESPONSE' | 'SAMPLE';
	/** Nanoseconds from the request to this response; 0 of a request. */
	readonly latencyNs: bigint;
	readonly http?: FlowHttp;
	readonly dns?: FlowDns;
	/** Hubble has no field for it: its clients see a record of no kind. */
	readonly tls?: FlowTls;
}

/** The beginning of a TLS connection. */
export interface FlowTls {
	/** SNI, small letters; empty: none was given, or it was no TLS. */
	readonly serverName: string;
}

export interface FlowHttp {
	/** Status of a response, and of a request that the proxy answered itself; 0 is none. */
	readonly code: number;
	/** 'GET' */
	readonly method: string;
	/** 'http://192.168.16.20/public' */
	readonly url: string;
	/** 'HTTP/1.1', 'HTTP/2' */
	readonly protocol: string;
	/** As they came, a name as often as it was there. */
	readonly headers: readonly FlowHttpHeader[];
}

export interface FlowHttpHeader {
	readonly key: string;
	readonly value: string;
}

export interface FlowDns {
	/** 'www.example.com.' */
	readonly query: string;
	/** Addresses of the answer. */
	readonly ips: readonly string[];
	/** Seconds; 0 without an answer. */
	readonly ttl: number;
	readonly cnames: readonly string[];
	/** 'proxy': seen by one on the way. */
	readonly observationSource: string;
	/** 0 is no error, 3 no such domain. */
	readonly rcode: number;
	/** 'A', 'AAAA' */
	readonly qtypes: readonly string[];
	readonly rrtypes: readonly string[];
}

/** What kind of record it is; also how type and filters name it. */
export function l7Protocol({ http, dns, tls }: FlowL7): 'http' | 'dns' | 'tls' | 'l7' {
	if (http !== undefined) {
		return 'http';
	}
	return dns !== undefined ? 'dns' : tls !== undefined ? 'tls' : 'l7';
}
