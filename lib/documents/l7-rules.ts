/** `rules` of a `toPorts` entry (cilium.io/v2 L7Rules); regular expressions as written. */
export interface HttpHeaderMatch {
	readonly name: string;
	readonly value?: string;
	readonly mismatch?: 'LOG' | 'ADD' | 'DELETE' | 'REPLACE';
	readonly secret?: { readonly namespace?: string; readonly name: string };
}

/** All fields that are there must match. `{}` is every request. */
export interface HttpRule {
	readonly method?: string;
	readonly path?: string;
	readonly host?: string;
	/** `name: value`, or `name` alone. */
	readonly headers?: readonly string[];
	readonly headerMatches?: readonly HttpHeaderMatch[];
}

export interface DnsRule {
	readonly matchName?: string;
	readonly matchPattern?: string;
}

/** What a connection that L4 allows must still satisfy. Any of the rules; an empty list allows nothing more than none. */
export interface L7Rules {
	readonly http?: readonly HttpRule[];
	readonly dns?: readonly DnsRule[];
	/** TLS server names (SNI). */
	readonly serverNames?: readonly string[];
}
