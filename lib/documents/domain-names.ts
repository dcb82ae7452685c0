import { object, optional, type Check } from './check.js';
import { atLeastOne, exactlyOne } from './exactly-one.js';
import type { DnsRule } from './l7-rules.js';
import { string } from './scalars.js';

const LONGEST = 255;

const matchName = string(/^[-\w]+(\.[-\w]+)*\.?$/, 'a domain name of letters, digits, -, _ and .', LONGEST);
const matchPattern = string(
	/^[-\w*]+(\.[-\w*]+)*\.?$/,
	'a pattern of a domain name: letters, digits, -, _, . and *',
	LONGEST,
);
const fields = { matchName: optional(matchName), matchPattern: optional(matchPattern) };

/** Of a `rules.dns`: with both, either may match. */
export const dnsRule: Check<DnsRule> = object(fields, {
	across: (value, place) => atLeastOne(value, place, 'matchName', 'matchPattern'),
});

/** Of a `toFQDNs`. */
export const domainSelector: Check<DnsRule> = object(fields, {
	across: (value, place) => exactlyOne(value, place, 'matchName', 'matchPattern'),
});

/** SNI: a name, or `*.` or `**.` and a name. */
export const serverName: Check<string> = string(
	/^(\*\*?\.)?[-\w]+(\.[-\w]+)*\.?$/,
	'a domain name, or one after *. or **.',
	LONGEST,
);
