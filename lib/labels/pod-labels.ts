import { createLabelSet, type LabelSet } from './label-set.js';
import { SOURCE_CNI, SOURCE_K8S, type Label } from './label.js';

export const NAMESPACE_LABEL = 'io.kubernetes.pod.namespace';
export const NAMESPACE_META_PREFIX = 'io.cilium.k8s.namespace.labels.';
export const SERVICE_ACCOUNT_LABEL = 'io.cilium.k8s.policy.serviceaccount';
export const CLUSTER_LABEL = 'io.cilium.k8s.policy.cluster';
/** On every endpoint of a network other than the default one. */
export const NETWORK_LABEL = 'com.isovalent.v1alpha1.network.attachment';

export const DEFAULT_NETWORK = 'default';

/** What gives an endpoint of a pod its identity. */
export interface PodIdentity {
	readonly namespace: string;
	readonly labels: Readonly<Record<string, string>>;
	readonly network: string;
	/** @default 'default' */
	readonly serviceAccount?: string;
	/** @default 'default' */
	readonly cluster?: string;
	/** Labels of the namespace beside `kubernetes.io/metadata.name`. */
	readonly namespaceLabels?: Readonly<Record<string, string>>;
}

/** The labels of one endpoint of a pod: two endpoints of one pod on two networks are two identities. */
export function podIdentityLabels(pod: PodIdentity): LabelSet {
	const { namespace, network, serviceAccount = 'default', cluster = 'default' } = pod;
	const namespaceLabels = { ...pod.namespaceLabels, 'kubernetes.io/metadata.name': namespace };
	const own: Record<string, string> = {
		...pod.labels,
		[CLUSTER_LABEL]: cluster,
		[SERVICE_ACCOUNT_LABEL]: serviceAccount,
		[NAMESPACE_LABEL]: namespace,
	};
	for (const [key, value] of Object.entries(namespaceLabels)) {
		own[NAMESPACE_META_PREFIX + key] = value;
	}
	const labels: Label[] = Object.entries(own).map(([key, value]) => ({ source: SOURCE_K8S, key, value }));
	if (network !== DEFAULT_NETWORK) {
		labels.push({ source: SOURCE_CNI, key: NETWORK_LABEL, value: network });
	}
	return createLabelSet(labels);
}
