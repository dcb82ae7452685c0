import type { Label } from '../labels/label.js';
import { SOURCE_CNI, SOURCE_K8S, SOURCE_RESERVED } from '../labels/label.js';
import { NAMESPACE_LABEL, NETWORK_LABEL } from '../labels/pod-labels.js';
import type { LabelSelector } from '../labels/selector.js';
import { bitsOf, parsePrefix } from '../addresses/prefix.js';
import { readDocuments } from '../documents/parse.js';
import { prefixOf } from '../rules/identity-selector.js';
import { isEndpoint } from './ends.js';
import type { SeenEnd } from './flow-like.js';

/** Pods that are meant to be the same: a namespace, and labels without those of single pods. */
export interface Workload {
	readonly kind: 'workload';
	readonly key: string;
	readonly namespace: string;
	/** As selectors write them: without `k8s:`, with any other source. */
	readonly labels: Readonly<Record<string, string>>;
}

/** Who is not a workload. `entity`: by the name that rules give it. */
export interface Outsider {
	readonly kind: 'entity' | 'address';
	readonly key: string;
	readonly name: string;
}

/** Of single pods, or of one revision of them. */
const PASSING = [
	'pod-template-hash',
	'controller-revision-hash',
	'pod-template-generation',
	'controller-uid',
	'job-name',
	'batch.kubernetes.io/controller-uid',
	'batch.kubernetes.io/job-name',
	'batch.kubernetes.io/job-completion-index',
	'statefulset.kubernetes.io/pod-name',
	'apps.kubernetes.io/pod-index',
];
/** Of the cluster's own, beside a pod's. */
const DERIVED = ['io.cilium.', 'io.kubernetes.', 'topology.kubernetes.io/'];
const WORLD = ['world', 'world-ipv4', 'world-ipv6'];
/** A node that is also the API server is told as that. */
const FIRST = 'kube-apiserver';

/** A text says why there is no telling. */
export type WhoIs = (end: SeenEnd) => Workload | Outsider | string;

/** Flows are many, ends are few: each is looked at once. */
export function createWhoIs(): WhoIs {
	const known = new Map<string, ReturnType<WhoIs>>();
	return (end) => {
		const key = `${end.labels.key} ${end.address ?? ''}`;
		const answer = known.get(key) ?? identify(end);
		known.set(key, answer);
		return answer;
	};
}

function identify(end: SeenEnd): ReturnType<WhoIs> {
	const { labels, address } = end;
	if (labels.labels.length > 0 && isEndpoint(labels)) {
		return workloadOf(labels.labels);
	}
	const names = labels.labels.filter(({ source }) => source === SOURCE_RESERVED).map(({ key }) => key);
	const entity = names.includes(FIRST) ? FIRST : names.find((name) => !WORLD.includes(name));
	if (entity !== undefined) {
		return { kind: 'entity', key: `entity ${entity}`, name: entity };
	}
	const block = address === undefined ? undefined : parsePrefix(address);
	if (block !== undefined && block.length === bitsOf(block.family)) {
		return { kind: 'address', key: `address ${block.text}`, name: block.text };
	}
	const known = prefixOf(labels);
	return known === undefined
		? 'found neither labels nor an address'
		: { kind: 'address', key: `address ${known.text}`, name: known.text };
}

function workloadOf(all: readonly Label[]): Workload | string {
	const namespace = all.find(({ source, key }) => source === SOURCE_K8S && key === NAMESPACE_LABEL)?.value;
	if (namespace === undefined) {
		return `found no label k8s:${NAMESPACE_LABEL}, by which policies know their pods`;
	}
	const kept = all.filter(({ key }) => !PASSING.includes(key) && !DERIVED.some((prefix) => key.startsWith(prefix)));
	const labels = Object.fromEntries(
		kept.map(({ source, key, value }) => [source === SOURCE_K8S ? key : `${source}:${key}`, value]),
	);
	const [issue] = readDocuments([probe(namespace, labels)]).issues;
	return issue === undefined
		? { kind: 'workload', key: JSON.stringify([namespace, Object.entries(labels).sort()]), namespace, labels }
		: `found labels that no policy can name: ${issue.message}`;
}

/** Flows may tell labels that documents may not have. */
function probe(namespace: string, labels: Readonly<Record<string, string>>): Record<string, unknown> {
	const spec = { endpointSelector: { matchLabels: labels }, ingress: [{}] };
	return { apiVersion: 'cilium.io/v2', kind: 'CiliumNetworkPolicy', metadata: { name: 'probe', namespace }, spec };
}

/**
 * The workload and none of the others: what has all its labels and more is told apart by a label that the workload
 * has not.
 */
export function selectorFor({ key, namespace, labels }: Workload, all: Iterable<Workload>): LabelSelector {
	const strangers = new Set<string>();
	const larger = [...all].filter(
		(other) => other.key !== key && other.namespace === namespace && hasAll(other, labels),
	);
	for (const other of larger) {
		const more = Object.keys(other.labels).filter((name) => !Object.hasOwn(labels, name));
		if (!more.some((name) => strangers.has(name))) {
			strangers.add(more.sort()[0]!);
		}
	}
	const matchExpressions = [...strangers].sort().map((name) => ({ key: name, operator: 'DoesNotExist' as const }));
	return {
		...(Object.keys(labels).length === 0 ? {} : { matchLabels: sorted(labels) }),
		...(matchExpressions.length === 0 ? {} : { matchExpressions }),
	};
}

function hasAll({ labels: found }: Workload, labels: Readonly<Record<string, string>>): boolean {
	return Object.entries(labels).every(([name, value]) => Object.hasOwn(found, name) && found[name] === value);
}

function sorted(labels: Readonly<Record<string, string>>): Record<string, string> {
	return Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const NAMING = ['app.kubernetes.io/name', 'k8s-app', 'app', 'name', 'component', 'run'];

/** What its policy is called; of several of the same name, with a number. */
export function policyName({ labels }: Workload, taken: (name: string) => boolean): string {
	const naming = NAMING.map((key) => labels[key]).find((value) => value !== undefined && value !== '');
	const network = labels[`${SOURCE_CNI}:${NETWORK_LABEL}`];
	const [first = 'pods'] = Object.entries(labels)
		.filter(([key, value]) => !key.includes(':') && value !== '')
		.map(([, value]) => value);
	const text = [naming ?? first, network].filter((part) => part !== undefined).join('-');
	const base =
		text
			.toLowerCase()
			.replace(/[^a-z0-9.-]+/g, '-')
			.replace(/[.-]*\.[.-]*/g, '.')
			.replace(/^[.-]+|[.-]+$/g, '') || 'pods';
	let name = base;
	for (let i = 2; taken(name); i++) {
		name = `${base}-${i}`;
	}
	return name;
}
