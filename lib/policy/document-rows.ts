import { documentName, type CiliumNetworkPolicy, type HeddleDocument } from '../documents/document.js';
import { createReport, formatPath, type DocumentIssue } from '../documents/issue.js';
import type { LabelledIdentity } from '../labels/reserved.js';
import type { Selector } from '../labels/selector.js';
import { rulesOf, type PolicyRule, type PolicyRules } from './document-rules.js';
import type { Origins } from '../rules/origins.js';
import type { RuleRow, SetSpec } from './row.js';

/** Rows of documents all have this precedence: at equal precedence deny wins, as between documents it must. */
export const DOCUMENT_PRECEDENCE = 0;

/** All that documents say about one subject identity. */
export interface SubjectPolicy extends Omit<SetSpec, 'id'> {
	readonly identity: number;
}

export interface DocumentRows {
	/** By identity; identities that no policy selects are not there. Subjects of the same rules share one `rows`. */
	readonly subjects: ReadonlyMap<number, SubjectPolicy>;
	/** Selectors that match nothing: legal, and rarely meant. */
	readonly warnings: readonly DocumentIssue[];
}

interface Gathered {
	ingressDefaultDeny: boolean;
	egressDefaultDeny: boolean;
	readonly rules: PolicyRule[];
}

type Matcher = (selector: Selector) => readonly number[];

/** What policies mean for these identities. Documents of other kinds say nothing here. */
export function compileDocuments(
	documents: Iterable<HeddleDocument>,
	identities: readonly LabelledIdentity[],
	origins: Origins,
): DocumentRows {
	const matching = createMatcher(identities);
	const gathered = new Map<number, Gathered>();
	const warnings: DocumentIssue[] = [];
	for (const document of documents) {
		if (document.kind !== 'CiliumNetworkPolicy') {
			continue;
		}
		const policy = rulesOf(document, origins);
		for (const identity of matching(policy.subjects)) {
			gather(gathered, identity, policy);
		}
		warnings.push(...unmatched(document, policy, origins, matching));
	}
	const rowsOf = createExpansion(matching);
	const subjects = [...gathered].map(([identity, { rules, ...defaults }]) => ({
		identity,
		...defaults,
		rows: rowsOf(rules),
	}));
	return { subjects: new Map(subjects.map((subject) => [subject.identity, subject])), warnings };
}

function createMatcher(identities: readonly LabelledIdentity[]): Matcher {
	const known = new Map<string, readonly number[]>();
	return (selector) => {
		const key = selector.toString();
		const ids = known.get(key) ?? identities.filter(({ labels }) => selector.matches(labels)).map(({ id }) => id);
		known.set(key, ids);
		return ids;
	};
}

function gather(subjects: Map<number, Gathered>, identity: number, policy: PolicyRules): void {
	const subject = subjects.get(identity) ?? { ingressDefaultDeny: false, egressDefaultDeny: false, rules: [] };
	subjects.set(identity, subject);
	subject.ingressDefaultDeny ||= policy.ingressDefaultDeny;
	subject.egressDefaultDeny ||= policy.egressDefaultDeny;
	subject.rules.push(...policy.rules);
}

function createExpansion(matching: Matcher): (rules: readonly PolicyRule[]) => readonly RuleRow[] {
	const known = new Map<string, readonly RuleRow[]>();
	return (rules) => {
		const key = rules.map((rule) => rule.cookie).join();
		const rows = known.get(key) ?? rules.flatMap((rule) => expand(rule, matching));
		known.set(key, rows);
		return rows;
	};
}

function expand(rule: PolicyRule, matching: Matcher): RuleRow[] {
	const { direction, action, cookie } = rule;
	const peers = rule.peers === 'any' ? (['any'] as const) : [...new Set(rule.peers.flatMap(matching))];
	return peers.flatMap((peer) =>
		rule.ports.map((span) => ({ peer, direction, ...span, action, precedence: DOCUMENT_PRECEDENCE, cookie })),
	);
}

function unmatched(
	document: CiliumNetworkPolicy,
	policy: PolicyRules,
	origins: Origins,
	matching: Matcher,
): readonly DocumentIssue[] {
	const report = createReport(documentName(document), document.source);
	if (matching(policy.subjects).length === 0) {
		report.refuse(['spec', 'endpointSelector'], 'selects no endpoint');
	}
	for (const section of ['ingress', 'ingressDeny', 'egress', 'egressDeny'] as const) {
		document.spec[section]?.forEach((_, i) => {
			const path = ['spec', section, i];
			const rule = policy.rules.find(({ cookie }) => origins.get(cookie)?.path === formatPath(path));
			if (rule !== undefined && rule.peers !== 'any' && rule.peers.every((peer) => matching(peer).length === 0)) {
				report.refuse(path, 'selects no peer');
			}
		});
	}
	return report.issues;
}
