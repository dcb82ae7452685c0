import type { FlowEndpoint } from '../../flows/flow.js';
import { CLUSTER_LABEL, NAMESPACE_LABEL } from '../../labels/pod-labels.js';
import type { EndpointMessage } from '../messages/flow-message.js';

/**
 * The label that tells an end's network. Hubble has no field for it; a label is what every client shows and can filter by
 * (`hubble observe --label heddle:network=blue`), while an extension of an unknown type breaks its JSON output.
 */
export const NETWORK_LABEL_PREFIX = 'heddle:network=';

const CLUSTER_PREFIX = `k8s:${CLUSTER_LABEL}=`;
const NAMESPACE_PREFIX = `k8s:${NAMESPACE_LABEL}=`;

export function endpointMessage(end: FlowEndpoint, clusterName: string): EndpointMessage {
	const known = messages.get(end);
	if (known?.clusterName === clusterName) {
		return known.message;
	}
	const message = translate(end, clusterName);
	messages.set(end, { clusterName, message });
	return message;
}

/** Flows share their ends. */
const messages = new WeakMap<FlowEndpoint, { readonly clusterName: string; readonly message: EndpointMessage }>();

function translate(end: FlowEndpoint, clusterName: string): EndpointMessage {
	return {
		ID: end.endpointId,
		identity: end.identity,
		namespace: namespaceOf(end),
		labels: [...end.labels, NETWORK_LABEL_PREFIX + end.network],
		pod_name: end.pod,
		cluster_name: clusterOf(end) ?? (end.endpointId === undefined ? undefined : clusterName),
	};
}

/** Of pods on other nodes only their identity is known. */
export function namespaceOf({ namespace, labels }: FlowEndpoint): string | undefined {
	return namespace ?? valueOf(labels, NAMESPACE_PREFIX);
}

export function clusterOf({ labels }: FlowEndpoint): string | undefined {
	return valueOf(labels, CLUSTER_PREFIX);
}

function valueOf(labels: readonly string[], prefix: string): string | undefined {
	return labels.find((label) => label.startsWith(prefix))?.slice(prefix.length);
}
