import { documentName, specsOf, type PolicyDocument } from '../documents/document.js';
import { createReport, formatPath, type DocumentIssue, type DocumentPath } from '../documents/issue.js';
import type { IdentitySelector } from './identity-selector.js';
import type { Origins } from './origins.js';
import type { PolicyRules } from './rule.js';

/** What of a document selects nothing at the moment: legal, and rarely meant. `selects`: whether a selector has members. */
export function unmatched(
	document: PolicyDocument,
	policies: readonly PolicyRules[],
	origins: Pick<Origins, 'get'>,
	selects: (selector: IdentitySelector) => boolean,
): readonly DocumentIssue[] {
	const report = createReport(documentName(document), document.source);
	const specs = pathsOf(document);
	policies.forEach(({ subjects, rules }, i) => {
		if (!selects(subjects)) {
			report.refuse(specs[i] ?? ['spec'], 'selects no endpoint');
		}
		const told = new Set<string>();
		for (const { peers, cookie } of rules) {
			const path = ruleOf(origins.get(cookie)?.path ?? '');
			if (peers !== 'any' && !told.has(formatPath(path)) && !peers.some(selects)) {
				told.add(formatPath(path));
				report.refuse(path, 'selects no peer');
			}
		}
	});
	return report.issues;
}

/** Where each policy says whom it is for. */
function pathsOf(document: PolicyDocument): DocumentPath[] {
	switch (document.kind) {
		case 'CiliumNetworkPolicy':
		case 'CiliumClusterwideNetworkPolicy':
			return specsOf(document).map(({ path, spec }) => [
				...path,
				spec.nodeSelector === undefined ? 'endpointSelector' : 'nodeSelector',
			]);
		case 'ClusterNetworkPolicy':
			return [['spec', 'subject']];
		default:
			return [['spec', 'podSelector']];
	}
}

/** `spec.ingress[0].toPorts[1]`: the rule it belongs to is `spec.ingress[0]`. */
function ruleOf(path: string): DocumentPath {
	const parts = path.split(/\.|(?=\[)/).map((part) => (part.startsWith('[') ? Number(part.slice(1, -1)) : part));
	const ports = parts.indexOf('toPorts');
	return ports === -1 ? parts : parts.slice(0, ports);
}
