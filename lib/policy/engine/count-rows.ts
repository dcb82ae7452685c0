import type { PolicyRule, PortMatch } from '../../rules/rule.js';
import type { LivePolicy, LiveRule } from './live-policy.js';

/** A change counted in rows: one a subject, peer and port. */
export interface RowCount {
	readonly added: number;
	readonly removed: number;
	readonly unchanged: number;
}

/** What a policy says, as it is now; selectors that are released no longer follow the identities. */
export interface PolicySnapshot {
	readonly subjects: ReadonlySet<number>;
	readonly rules: readonly LiveRule[];
}

export function snapshot(policies: readonly LivePolicy[], isSubject: (identity: number) => boolean): PolicySnapshot[] {
	return policies.map(({ subjects, rules }) => ({
		subjects: new Set([...subjects.members].filter(isSubject)),
		rules,
	}));
}

/** Rules are told by their cookies: the same place in the same document. */
export function countChange(before: readonly PolicySnapshot[], after: readonly PolicySnapshot[]): RowCount {
	const total = { added: 0, removed: 0, unchanged: 0 };
	for (let i = 0; i < Math.max(before.length, after.length); i++) {
		const old = before[i] ?? NOTHING;
		const next = after[i] ?? NOTHING;
		const both = [...old.subjects].filter((identity) => next.subjects.has(identity)).length;
		const unchanged = both * common(old.rules, next.rules);
		total.unchanged += unchanged;
		total.added += next.subjects.size * sum(next.rules.map(rowCount)) - unchanged;
		total.removed += old.subjects.size * sum(old.rules.map(rowCount)) - unchanged;
	}
	return total;
}

const NOTHING: PolicySnapshot = { subjects: new Set(), rules: [] };

function common(before: readonly LiveRule[], after: readonly LiveRule[]): number {
	const known = new Map(before.map((rule) => [rule.rule.cookie, rule]));
	return sum(
		after.map((rule) => {
			const old = known.get(rule.rule.cookie);
			return old === undefined || !sameAction(old.rule, rule.rule)
				? 0
				: commonPeers(old, rule) * commonPorts(old, rule);
		}),
	);
}

function sameAction(a: PolicyRule, b: PolicyRule): boolean {
	return (
		a.direction === b.direction &&
		a.action === b.action &&
		a.audit === b.audit &&
		a.tier === b.tier &&
		a.precedence === b.precedence
	);
}

function commonPeers(a: LiveRule, b: LiveRule): number {
	if (a.peers === 'any' || b.peers === 'any') {
		return a.peers === b.peers ? 1 : 0;
	}
	const peers = membersOf(a);
	return [...membersOf(b)].filter((identity) => peers.has(identity)).length;
}

function commonPorts(a: LiveRule, b: LiveRule): number {
	const ports = new Set(a.rule.ports.map(portText));
	return b.rule.ports.filter((port) => ports.has(portText(port))).length;
}

function rowCount(rule: LiveRule): number {
	return (rule.peers === 'any' ? 1 : membersOf(rule).size) * rule.rule.ports.length;
}

function membersOf({ peers }: LiveRule): ReadonlySet<number> {
	if (peers === 'any' || peers.length === 0) {
		return new Set();
	}
	return peers.length === 1 ? peers[0]!.members : new Set(peers.flatMap(({ members }) => [...members]));
}

function portText(match: PortMatch): string {
	return Object.values(match).join(' ');
}

function sum(numbers: readonly number[]): number {
	return numbers.reduce((total, one) => total + one, 0);
}
