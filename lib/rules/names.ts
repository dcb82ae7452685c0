import type { DnsRule } from '../documents/l7-rules.js';
import { byName, type FqdnSelector } from './identity-selector.js';

/** Of `toFQDNs` and `rules.dns`: a whole name, or a pattern (docs.cilium.io, DNS based policies). */
export function fqdn({ matchName, matchPattern }: DnsRule): FqdnSelector {
	if (matchName !== undefined) {
		const wanted = canonical(matchName);
		return byName(`name ${wanted}`, (name) => canonical(name) === wanted);
	}
	const pattern = patternOf(matchPattern ?? '');
	return byName(`pattern ${canonical(matchPattern ?? '')}`, (name) => pattern.test(canonical(name)));
}

/** Of ClusterNetworkPolicy's `domainNames`: `*.` at the start is one or more whole labels. */
export function domain(text: string): FqdnSelector {
	const wanted = canonical(text);
	const suffix = wanted.startsWith('*.') ? wanted.slice(1) : undefined;
	return byName(`domain ${wanted}`, (name) => {
		const found = canonical(name);
		return suffix === undefined ? found === wanted : found.endsWith(suffix) && found.length > suffix.length;
	});
}

/** `*`: any characters of one label; `**.` at the start: one or more labels; stars alone: every name. */
function patternOf(text: string): RegExp {
	const pattern = canonical(text);
	if (/^\*+$/.test(pattern)) {
		return /^/;
	}
	const [, deep = '', rest = pattern] = /^(\*\*+\.)?(.*)$/.exec(pattern) ?? [];
	const labels = rest.split('.').map((label) => label.split(/\*+/).map(escape).join('[^.]*'));
	return new RegExp(`^${deep === '' ? '' : '([^.]+\\.)+'}${labels.join('\\.')}$`);
}

function escape(text: string): string {
	return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function canonical(name: string): string {
	return name.trim().toLowerCase().replace(/\.$/, '');
}
