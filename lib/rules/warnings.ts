import type { CiliumEgressRule } from '../documents/cilium-rule.js';
import { documentName, specsOf, type PolicyDocument } from '../documents/document.js';
import { createReport, formatPath, type DocumentIssue, type DocumentPath, type Report } from '../documents/issue.js';
import { NETWORK_LABEL } from '../labels/pod-labels.js';
import { SOURCE_RESERVED } from '../labels/label.js';
import type { IdentitySelector, LabelsSelector } from './identity-selector.js';
import type { Origins } from './origins.js';
import type { PolicyRule, PolicyRules } from './rule.js';

type Selects = (selector: IdentitySelector) => boolean;

const NO_PEER = 'selects no peer';

/** What of a document selects nothing at the moment: legal, and rarely meant. `selects`: whether a selector has members. */
export function unmatched(
	document: PolicyDocument,
	policies: readonly PolicyRules[],
	origins: Pick<Origins, 'get'>,
	selects: Selects,
): readonly DocumentIssue[] {
	const report = createReport(documentName(document), document.source);
	const subjects = pathsOf(document);
	policies.forEach((policy, i) => {
		const { path, what } = subjects[i] ?? { path: ['spec'], what: 'endpoint' };
		if (!selects(policy.subjects)) {
			report.refuse(path, `selects no ${what}`);
		}
		for (const [, { at, peers }] of peersByRule(policy.rules, origins)) {
			tellPeers(report, at, peers, selects);
		}
	});
	tellServices(document, policies, origins, report);
	return report.issues;
}

interface Subjects {
	readonly path: DocumentPath;
	readonly what: string;
}

/** Where each policy says whom it is for. */
function pathsOf(document: PolicyDocument): Subjects[] {
	switch (document.kind) {
		case 'CiliumNetworkPolicy':
		case 'CiliumClusterwideNetworkPolicy':
			return specsOf(document).map(({ path, spec }) =>
				spec.nodeSelector === undefined
					? { path: [...path, 'endpointSelector'], what: 'endpoint' }
					: { path: [...path, 'nodeSelector'], what: 'node' },
			);
		case 'ClusterNetworkPolicy':
			return [{ path: ['spec', 'subject'], what: 'endpoint' }];
		default:
			return [{ path: ['spec', 'podSelector'], what: 'endpoint' }];
	}
}

interface RulePeers {
	readonly at: DocumentPath;
	readonly peers: PolicyRule['peers'];
}

/** A rule of the document may be several here, all of the same peers. */
function peersByRule(rules: readonly PolicyRule[], origins: Pick<Origins, 'get'>): Map<string, RulePeers> {
	const found = new Map<string, RulePeers>();
	for (const { peers, cookie } of rules) {
		const at = ruleOf(origins.get(cookie)?.path ?? '');
		found.set(formatPath(at), { at, peers });
	}
	return found;
}

/** Names are learned when they are asked for, later: that nobody has one yet says nothing. */
function tellPeers(report: Report, at: DocumentPath, peers: PolicyRule['peers'], selects: Selects): void {
	if (peers === 'any' || peers.some(({ kind }) => kind === 'fqdn')) {
		return;
	}
	const empty = peers.filter((selector) => !selects(selector));
	if (empty.length === peers.length) {
		report.refuse(at, NO_PEER);
		return;
	}
	for (const { selector } of empty.filter(isOneOfDocument)) {
		report.refuse(at, `${selector.toString()} ${NO_PEER}`);
	}
}

/** Of one item in the document there may be several: one a kind of node, one a way to be on a network. */
function isOneOfDocument(selector: IdentitySelector): selector is LabelsSelector {
	return (
		selector.kind === 'labels' &&
		!selector.selector.requirements.some(({ source, key }) => source === SOURCE_RESERVED || key === NETWORK_LABEL)
	);
}

/** Services that nobody knows have nobody behind them, so there is no rule to ask. */
function tellServices(
	document: PolicyDocument,
	policies: readonly PolicyRules[],
	origins: Pick<Origins, 'get'>,
	report: Report,
): void {
	if (document.kind !== 'CiliumNetworkPolicy' && document.kind !== 'CiliumClusterwideNetworkPolicy') {
		return;
	}
	const known = new Set(policies.flatMap(({ rules }) => [...peersByRule(rules, origins).keys()]));
	for (const { path, spec } of specsOf(document)) {
		for (const section of ['egress', 'egressDeny'] as const) {
			spec[section]?.forEach(({ toServices = [] }: CiliumEgressRule, i) => {
				const at = [...path, section, i];
				if (toServices.length > 0 && !known.has(formatPath(at))) {
					report.refuse(at, NO_PEER);
				}
			});
		}
	}
}

/** `spec.ingress[0].toPorts[1]`: the rule it belongs to is `spec.ingress[0]`. */
function ruleOf(path: string): DocumentPath {
	const parts = path.split(/\.|(?=\[)/).map((part) => (part.startsWith('[') ? Number(part.slice(1, -1)) : part));
	const ports = parts.indexOf('toPorts');
	return ports === -1 ? parts : parts.slice(0, ports);
}
