// TEMPORARY scaffolding by the lead, to be replaced whole by the rules helper.
import { documentName, namespaceOf, specsOf, type PolicyDocument } from '../documents/document.js';
import { formatPath } from '../documents/issue.js';
import { createSelector, inNamespace, scopePeers } from '../labels/selector.js';
import { PORT_PROTOCOLS } from '../policy/protocols.js';
import type { RuleContext } from './context.js';
import { byLabels } from './identity-selector.js';
import type { PolicyRule, PolicyRules, PortMatch } from './rule.js';
export function rulesOf(document: PolicyDocument, context: RuleContext): readonly PolicyRules[] {
	if (document.kind !== 'CiliumNetworkPolicy') return [];
	return specsOf(document).map(({ path, spec }) => {
		const ns = namespaceOf(document);
		const rules: PolicyRule[] = [];
		for (const [name, direction, action] of [['ingress', 'ingress', 'allow'], ['ingressDeny', 'ingress', 'deny'], ['egress', 'egress', 'allow'], ['egressDeny', 'egress', 'deny']] as const) {
			((spec as any)[name] ?? []).forEach((rule: any, i: number) => {
				const p = [...path, name, i];
				const sel = direction === 'ingress' ? rule.fromEndpoints : rule.toEndpoints;
				const every = rule.toPorts === undefined || rule.toPorts.length === 0;
				if (sel === undefined && every) return;
				const peers = sel?.map((s: any) => byLabels(scopePeers(createSelector(s), ns))) ?? 'any';
				const ports: PortMatch[] = every ? [{ protocol: 'any', port: 0, endPort: 65535 }] : rule.toPorts.flatMap((t: any) => t.ports ?? []).flatMap((q: any) => q.port !== 0 ? [{ protocol: q.protocol, port: q.port, endPort: q.endPort ?? q.port }] : (q.protocol === 'any' ? PORT_PROTOCOLS : [q.protocol]).map((x: number) => ({ protocol: x, port: 0, endPort: 65535 })));
				if (peers.length === 0 || ports.length === 0) return;
				const line = document.source.locate(p)?.line;
				const file = document.source.file;
				const cookie = context.origins.cookieOf({ document: documentName(document), path: formatPath(p), ...(file === undefined ? {} : { file }), ...(line === undefined ? {} : { line }) });
				rules.push({ direction, action, audit: false, tier: 'normal', precedence: 0, peers, ports, cookie });
			});
		}
		const any = (...l: any[]) => l.some((x) => x !== undefined && x.length > 0);
		return {
			subjects: byLabels(inNamespace(createSelector(spec.endpointSelector ?? {}), ns)),
			defaults: { ingress: spec.enableDefaultDeny?.ingress ?? any(spec.ingress, spec.ingressDeny) ? 'deny' : 'allow', egress: spec.enableDefaultDeny?.egress ?? any(spec.egress, spec.egressDeny) ? 'deny' : 'allow' },
			rules,
		};
	});
}
