const NAMES: Readonly<Record<number, string>> = {
	1: 'A',
	2: 'NS',
	5: 'CNAME',
	6: 'SOA',
	12: 'PTR',
	15: 'MX',
	16: 'TXT',
	28: 'AAAA',
	33: 'SRV',
	35: 'NAPTR',
	39: 'DNAME',
	41: 'OPT',
	43: 'DS',
	46: 'RRSIG',
	47: 'NSEC',
	48: 'DNSKEY',
	50: 'NSEC3',
	52: 'TLSA',
	64: 'SVCB',
	65: 'HTTPS',
	255: 'ANY',
	257: 'CAA',
};

/** `AAAA`; of a type that has no name here `TYPE65280` (RFC 3597). */
export function dnsTypeName(type: number): string {
	return NAMES[type] ?? `TYPE${type}`;
}
