/** Policies and the identities they are about, as documents that users write. */
import { createLabelSet } from '../../lib/labels/label-set.js';
import { podIdentityLabels } from '../../lib/labels/pod-labels.js';
import { RESERVED_IDENTITIES } from '../../lib/labels/reserved.js';
import type { PolicyIdentity } from '../../lib/rules/policy-identity.js';

export interface PolicySize {
	readonly policies: number;
	readonly identities: number;
}

export const full: PolicySize = { policies: 1000, identities: 10_000 };
export const tenth: PolicySize = { policies: 100, identities: 1000 };

const firstIdentity = 256;
const appsPerNamespace = 10;
const versions = 10;
/** Policies are about one application of one namespace; so many identities share a namespace. */
const perNamespace = appsPerNamespace * versions;

/** Labels of one identity: namespace, application and version tell them apart. */
export function identityOf(id: number, number: number): PolicyIdentity {
	const labels = podIdentityLabels({
		namespace: `ns-${Math.floor(number / perNamespace)}`,
		network: 'default',
		labels: {
			app: `app-${Math.floor(number / versions) % appsPerNamespace}`,
			version: `v${number % versions}`,
			tier: number % 3 === 0 ? 'front' : 'back',
		},
	});
	return { id, labels };
}

export function identitiesOf({ identities }: PolicySize): PolicyIdentity[] {
	const pods = Array.from({ length: identities }, (_, i) => identityOf(firstIdentity + i, i));
	return [...RESERVED_IDENTITIES, ...pods];
}

/** Four rules a policy: an application, a namespace, an entity, a block with a hole. */
export function policyOf(number: number, { identities }: PolicySize, port = 8080): Record<string, unknown> {
	const namespaces = Math.ceil(identities / perNamespace);
	const namespace = `ns-${number % namespaces}`;
	const app = (shift: number) => `app-${(Math.floor(number / namespaces) + shift) % appsPerNamespace}`;
	const elsewhere = `ns-${(number + 7) % namespaces}`;
	const tcp = (...ports: number[]) => [{ ports: ports.map((one) => ({ port: String(one), protocol: 'TCP' })) }];
	return {
		apiVersion: 'cilium.io/v2',
		kind: 'CiliumNetworkPolicy',
		metadata: { name: `policy-${number}`, namespace },
		spec: {
			endpointSelector: { matchLabels: { app: app(0) } },
			ingress: [
				{ fromEndpoints: [{ matchLabels: { app: app(1) } }], toPorts: tcp(port, 8443) },
				{
					fromEndpoints: [{ matchLabels: { app: app(2), 'k8s:io.kubernetes.pod.namespace': elsewhere } }],
					toPorts: tcp(9090),
				},
			],
			egress: [
				{ toEntities: ['host'] },
				{ toCIDRSet: [{ cidr: '10.0.0.0/8', except: [`10.${number % 200}.0.0/16`] }], toPorts: tcp(443) },
			],
		},
	};
}

export function cidrIdentity(id: number, cidr: string): PolicyIdentity {
	return { id, labels: createLabelSet({ [`cidr:${cidr}`]: '', 'reserved:world-ipv4': '' }) };
}
