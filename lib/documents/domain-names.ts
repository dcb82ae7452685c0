import { object, optional, refine, type Check } from './check.js';
import type { DnsRule } from './l7-rules.js';
import { string } from './scalars.js';

const LONGEST = 255;

const matchName = string(/^[-\w]+(\.[-\w]+)*\.?$/, 'a domain name of letters, digits, -, _ and .', LONGEST);
const matchPattern = string(
	/^[-\w*]+(\.[-\w*]+)*\.?$/,
	'a pattern of a domain name: letters, digits, -, _, . and *',
	LONGEST,
);
const fields = object({ matchName: optional(matchName), matchPattern: optional(matchPattern) });

/** Of a `rules.dns`: with both, either may match. */
export const dnsRule: Check<DnsRule> = refine(fields, (found: DnsRule, { path, report }) =>
	found.matchName === undefined && found.matchPattern === undefined
		? report.refuse(path, 'missing a name, expected matchName or matchPattern')
		: found,
);

/** Of a `toFQDNs`: one of the two. */
export const domainSelector: Check<DnsRule> = refine(dnsRule, (found, { path, report }) =>
	found.matchName !== undefined && found.matchPattern !== undefined
		? report.refuse(path, 'found both matchName and matchPattern, expected one of them')
		: found,
);

/** SNI: a name, or `*.` or `**.` and a name. */
export const serverName: Check<string> = string(
	/^(\*\*?\.)?[-\w]+(\.[-\w]+)*\.?$/,
	'a domain name, or one after *. or **.',
	LONGEST,
);
