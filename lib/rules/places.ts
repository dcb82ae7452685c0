import { SOURCE_ANY, SOURCE_CNI, SOURCE_K8S, SOURCE_RESERVED } from '../labels/label.js';
import { DEFAULT_NETWORK, NAMESPACE_LABEL, NAMESPACE_META_PREFIX, NETWORK_LABEL } from '../labels/pod-labels.js';
import {
	createSelector,
	fromRequirements,
	type LabelSelector,
	type Requirement,
	type Selector,
} from '../labels/selector.js';

/* What Kubernetes and Cilium say by namespaces and kinds of objects, as requirements on an identity's labels. */

export const IS_POD: Requirement = { source: SOURCE_K8S, key: NAMESPACE_LABEL, operator: 'Exists', values: [] };
/** Both the node that we are on and all others, whose labels are theirs. */
const REMOTE_NODE = 'remote-node';
const NODE_KEYS = ['host', REMOTE_NODE];
/** Blocks of addresses and names have one of these beside their own label. */
const OUTSIDE_KEYS = ['world', 'world-ipv4', 'world-ipv6'];

export function inNamespaceNamed(namespace: string): Requirement {
	return { source: SOURCE_K8S, key: NAMESPACE_LABEL, operator: 'In', values: [namespace] };
}

/** Labels as Kubernetes' objects have them: no source is named. `prefix`: where we keep them. */
export function ofKubernetes(selector: LabelSelector, prefix = ''): Requirement[] {
	const { matchLabels = {}, matchExpressions = [] } = selector;
	const exact = Object.entries(matchLabels).map(([key, value]) => ({ key, operator: 'In' as const, values: [value] }));
	return [...exact, ...matchExpressions].map(({ key, operator, values = [] }) => ({
		source: SOURCE_K8S,
		key: prefix + key,
		operator,
		values: [...values].sort(),
	}));
}

/** Pods by their labels, in one namespace. */
export function podsOf(pods: LabelSelector, namespace: string): Requirement[] {
	return [...ofKubernetes(pods), inNamespaceNamed(namespace)];
}

/** Pods by their labels, in namespaces by theirs. */
export function podsInNamespaces(namespaces: LabelSelector, pods: LabelSelector = {}): Requirement[] {
	return [IS_POD, ...ofKubernetes(pods), ...ofKubernetes(namespaces, NAMESPACE_META_PREFIX)];
}

/** Endpoints of these networks: one label names the network, and is missing on the default one. */
export function onNetworks(names: readonly string[]): Requirement[][] {
	const others = names.filter((name) => name !== DEFAULT_NETWORK).sort();
	const label = { source: SOURCE_CNI, key: NETWORK_LABEL };
	return [
		...(others.length === 0 ? [] : [[{ ...label, operator: 'In' as const, values: others }]]),
		...(names.includes(DEFAULT_NETWORK) ? [[{ ...label, operator: 'DoesNotExist' as const, values: [] }]] : []),
	];
}

/** One selector a kind of node. */
export function nodes(selector: LabelSelector): Selector[] {
	return NODE_KEYS.map((key) => nodesOf(selector, key));
}

/** Other nodes than the peer's own, as Cilium has it where a rule names nodes as peers. */
export function remoteNodes(selector: LabelSelector): Selector {
	return nodesOf(selector, REMOTE_NODE);
}

function nodesOf(selector: LabelSelector, key: string): Selector {
	const { requirements } = createSelector(selector);
	return fromRequirements([...requirements, { source: SOURCE_RESERVED, key, operator: 'Exists', values: [] }]);
}

/** What policy can be enforced on by a selector of endpoints: neither nodes, nor what is outside. */
export function endpointsOnly(): Requirement[] {
	return [...NODE_KEYS, ...OUTSIDE_KEYS].map((key) => ({
		source: SOURCE_RESERVED,
		key,
		operator: 'DoesNotExist',
		values: [],
	}));
}

/** True where a selector says by itself in which namespaces it looks, or that it looks in none. */
export function isLocated({ requirements }: Selector, byLabels: boolean): boolean {
	return requirements.some(({ source, key }) => {
		const ofPods = source === SOURCE_K8S || source === SOURCE_ANY;
		return (
			source === SOURCE_RESERVED ||
			(ofPods && (key === NAMESPACE_LABEL || (byLabels && key.startsWith(NAMESPACE_META_PREFIX))))
		);
	});
}
