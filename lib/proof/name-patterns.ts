import type { DnsRule } from '../documents/l7-rules.js';
import type { PolicyIdentity } from '../rules/policy-identity.js';

/** Whether one of the names that were learned for an identity is meant. */
export function isNamed(identity: PolicyIdentity, means: (name: string) => boolean): boolean {
	return identity.labels.labels.some(({ source, key }) => source === 'fqdn' && means(canonical(key)));
}

/** Of Cilium's `toFQDNs`: a whole name, or a pattern. */
export function meansName({ matchName, matchPattern }: DnsRule, name: string): boolean {
	if (matchName !== undefined) {
		return canonical(matchName) === name;
	}
	return matchPattern !== undefined && fitsPattern(canonical(matchPattern), name);
}

/**
 * `*` within a label is any number of its characters. Two and more at the start, before a dot, are one or more whole
 * labels. Stars alone are every name.
 */
function fitsPattern(pattern: string, name: string): boolean {
	if (/^\*+$/.test(pattern)) {
		return true;
	}
	const labels = name.split('.');
	const wanted = pattern.split('.');
	if (wanted.length > 1 && /^\*\*+$/.test(wanted[0]!)) {
		const rest = wanted.slice(1);
		return labels.length > rest.length && fitsLabels(rest, labels.slice(-rest.length));
	}
	return fitsLabels(wanted, labels);
}

function fitsLabels(wanted: readonly string[], labels: readonly string[]): boolean {
	return wanted.length === labels.length && wanted.every((one, i) => fitsLabel(one, labels[i]!));
}

/** The parts between the stars, each as early as it can be, the last one at the end. */
function fitsLabel(wanted: string, label: string): boolean {
	const [first = '', ...rest] = wanted.split(/\*+/);
	const last = rest.pop();
	if (last === undefined) {
		return wanted === label;
	}
	let at = first.length;
	for (const part of rest) {
		const found = label.indexOf(part, at);
		if (found === -1) {
			return false;
		}
		at = found + part.length;
	}
	return label.startsWith(first) && label.endsWith(last) && label.length - last.length >= at;
}

/** Of ClusterNetworkPolicy's `domainNames`: `*.` at the start is one or more whole labels. */
export function meansDomain(domain: string, name: string): boolean {
	const wanted = canonical(domain);
	return wanted.startsWith('*.') ? name.endsWith(wanted.slice(1)) && name.length >= wanted.length : wanted === name;
}

/** DNS names do not tell letter cases apart; the dot of the root may be left out. */
function canonical(name: string): string {
	return name.trim().toLowerCase().replace(/\.$/, '');
}
