import { isPolicy, type HeddleDocument, type PolicyDocument } from '../documents/document.js';
import { readCilium } from './cilium-reading.js';
import { readCluster } from './cluster-reading.js';
import { readKubernetes } from './kubernetes-reading.js';
import type { ProofWorld } from './question.js';
import type { Reading } from './statement.js';

const AUDIT_MODE = 'policy.heddle.io/audit-mode';

/** All that the documents of a world say. */
export function readingsOf(world: ProofWorld): Reading[] {
	return world.documents.filter(isPolicy).flatMap((policy) => read(policy, world));
}

function read(policy: PolicyDocument, world: ProofWorld): Reading[] {
	const audit = isAudited(policy);
	switch (policy.kind) {
		case 'CiliumNetworkPolicy':
		case 'CiliumClusterwideNetworkPolicy':
			return readCilium(policy, world, audit);
		case 'NetworkPolicy':
		case 'MultiNetworkPolicy':
			return [readKubernetes(policy, world, audit)];
		case 'ClusterNetworkPolicy':
			return [readCluster(policy, world, audit)];
	}
}

function isAudited({ metadata }: HeddleDocument): boolean {
	return metadata.annotations?.[AUDIT_MODE] === 'true';
}
