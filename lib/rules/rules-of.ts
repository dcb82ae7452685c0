import type { PolicyDocument } from '../documents/document.js';
import { ciliumRules } from './cilium-rules.js';
import { clusterRules } from './cluster-rules.js';
import type { RuleContext } from './context.js';
import { kubernetesRules } from './kubernetes-rules.js';
import type { PolicyRules } from './rule.js';

/** What a document says, before any identity is known: one a spec. */
export function rulesOf(document: PolicyDocument, context: RuleContext): readonly PolicyRules[] {
	switch (document.kind) {
		case 'CiliumNetworkPolicy':
		case 'CiliumClusterwideNetworkPolicy':
			return ciliumRules(document, context);
		case 'NetworkPolicy':
		case 'MultiNetworkPolicy':
			return [kubernetesRules(document, context)];
		case 'ClusterNetworkPolicy':
			return [clusterRules(document, context)];
	}
}
