import { formatLabel, SOURCE_ANY, SOURCE_RESERVED } from '../labels/label.js';
import { fromRequirements, type Requirement } from '../labels/selector.js';
import { prefixOf, SOURCE_FQDN, type CidrSelector, type IdentitySelector } from '../rules/identity-selector.js';
import type { NamedPort, PolicyIdentity } from '../rules/policy-identity.js';
import type { PortMatch } from '../rules/rule.js';
import type { Candidate } from './candidates.js';
import type { Missing } from './explanation.js';
import { nameOf } from './names.js';
import { describePort, describeProtocol, describeSpan, isNamed, spansOf, speaksOfProtocol } from './ports.js';

/** Of a rule that speaks of other peers: what the nearest of them has and this one has not. Empty: it speaks of this one. */
export function missingOfPeer({ peers }: Candidate, peer: PolicyIdentity): readonly Missing[] {
	if (peers === 'any') {
		return [];
	}
	if (typeof peers === 'number') {
		return peers === peer.id
			? []
			: [{ what: 'peer', expected: `identity ${peers}`, found: `identity ${peer.id}, ${nameOf(peer)}` }];
	}
	return nearest(peers.map((selector) => missingOf(selector, peer)));
}

/** Of a rule that speaks of other ports. Empty: it speaks of this one. */
export function missingOfPort(
	ports: readonly PortMatch[],
	names: readonly NamedPort[],
	protocol: number,
	port: number,
): readonly Missing[] {
	return nearest(ports.map((match) => missingOfMatch(match, names, protocol, port)));
}

/** What few things lack, the first of equals. */
function nearest(all: readonly (readonly Missing[])[]): readonly Missing[] {
	return all.reduce((best, next) => (next.length < best.length ? next : best), all[0] ?? []);
}

function missingOf(selector: IdentitySelector, peer: PolicyIdentity): readonly Missing[] {
	if (selector.matches(peer)) {
		return [];
	}
	switch (selector.kind) {
		case 'labels':
			return missingLabels(selector.selector.requirements, peer);
		case 'any':
			return nearest(selector.members.map((member) => missingOf(member, peer)));
		case 'cidr':
			return [{ what: 'peer address', expected: describeBlock(selector), found: whereIs(peer) }];
		case 'fqdn':
			return [{ what: 'peer name', expected: selector.text, found: learned(peer) }];
		case 'entity':
			return [{ what: 'peer', expected: selector.key, found: nameOf(peer) }];
	}
}

function missingLabels(requirements: readonly Requirement[], { labels }: PolicyIdentity): Missing[] {
	return requirements
		.map((one) => ({ one, selector: fromRequirements([one]) }))
		.filter(({ selector }) => !selector.matches(labels))
		.map(({ one: { source, key }, selector }) => {
			const values = labels.labels.filter((label) => label.key === key && [label.source, SOURCE_ANY].includes(source));
			const found = values.length === 0 ? `no label ${source}:${key}` : values.map(formatLabel).join(', ');
			// A pod has no reserved label: what it is tells more than what it lacks.
			const told = values.length === 0 && source === SOURCE_RESERVED ? labels.toStrings().join(' ') : found;
			return { what: 'peer label' as const, expected: selector.toString(), found: told };
		});
}

function describeBlock({ cidr, except }: CidrSelector): string {
	return except.length === 0 ? cidr.text : `${cidr.text} except ${except.map(({ text }) => text).join(', ')}`;
}

function whereIs(peer: PolicyIdentity): string {
	return prefixOf(peer.labels)?.text ?? `${nameOf(peer)}, told by labels and not by address`;
}

function learned({ labels, ...peer }: PolicyIdentity): string {
	const names = labels.labels.filter(({ source }) => source === SOURCE_FQDN).map(({ key }) => key);
	return names.length === 0 ? `${nameOf({ ...peer, labels })}, an address learned for no name` : names.join(', ');
}

function missingOfMatch(match: PortMatch, names: readonly NamedPort[], protocol: number, port: number): Missing[] {
	if (isNamed(match)) {
		return missingOfName(match, names, protocol, port);
	}
	if (!speaksOfProtocol(match, protocol)) {
		return [{ what: 'protocol', expected: describeSpan(match), found: describePort(protocol, port) }];
	}
	const inside = match.port <= port && port <= match.endPort;
	return inside ? [] : [{ what: 'port', expected: describeSpan(match), found: describePort(protocol, port) }];
}

function missingOfName(
	match: Extract<PortMatch, { name: string }>,
	names: readonly NamedPort[],
	protocol: number,
	port: number,
): Missing[] {
	const spans = spansOf([match], names);
	const wanted = `port ${match.name} of ${describeProtocol(match.protocol)}`;
	if (spans.length === 0) {
		return [{ what: 'port', expected: wanted, found: 'a destination that has no port of that name' }];
	}
	return nearest(spans.map((span) => missingOfMatch(span, [], protocol, port))).map((one) => ({
		...one,
		expected: `${wanted} (${one.expected})`,
	}));
}
