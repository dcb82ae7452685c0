import type { DnsRule } from '../documents/l7-rules.js';
import { byName, type FqdnSelector } from './identity-selector.js';
import { canonicalName, createNamePattern } from './name-pattern.js';

/** Of `toFQDNs`: a whole name, or a pattern. */
export function fqdn({ matchName, matchPattern = '' }: DnsRule): FqdnSelector {
	if (matchName !== undefined) {
		const wanted = canonicalName(matchName);
		return byName(`name ${wanted}`, (name) => canonicalName(name) === wanted);
	}
	return byName(`pattern ${canonicalName(matchPattern)}`, createNamePattern(matchPattern));
}

/** Of ClusterNetworkPolicy's `domainNames`: `*.` at the start is one or more whole labels. */
export function domain(text: string): FqdnSelector {
	const wanted = canonicalName(text);
	return byName(`domain ${wanted}`, createNamePattern(wanted.replace(/^\*\./, '**.')));
}
