import { namespaceOf, type HeddleDocument, type Namespace, type Pod } from '../documents/document.js';
import { addressesOf, namedPortsOf, networksOf } from '../documents/pod.js';
import type { LabelSet } from '../labels/label-set.js';
import { remoteNodeLabels } from '../labels/node-labels.js';
import { DEFAULT_NETWORK, podIdentityLabels } from '../labels/pod-labels.js';
import type { NamedPort } from './policy-identity.js';

/** What documents tell of everyone who has the same labels. */
export interface IdentityDraft {
	readonly labels: LabelSet;
	/** The first is what people call it. */
	readonly names: string[];
	readonly ports: Map<string, NamedPort>;
	readonly addresses: Set<string>;
}

/**
 * One for all pods and networks, and all nodes, of equal labels. In the order of the labels, so that what follows from
 * the order does not depend on that of the documents.
 */
export function draftIdentities(documents: Iterable<HeddleDocument>): IdentityDraft[] {
	const all = [...documents];
	const drafts = new Map<string, IdentityDraft>();
	const draftOf = (labels: LabelSet): IdentityDraft => {
		const draft = drafts.get(labels.key) ?? { labels, names: [], ports: new Map(), addresses: new Set() };
		drafts.set(labels.key, draft);
		return draft;
	};
	const namespaces = namespaceLabels(all);
	for (const document of all) {
		if (document.kind === 'Pod') {
			draftPod(document, namespaces, draftOf);
		} else if (document.kind === 'Node') {
			draftOf(remoteNodeLabels(document.metadata.labels)).names.push(`node/${document.metadata.name}`);
		}
	}
	return [...drafts.values()].sort((a, b) => (a.labels.key < b.labels.key ? -1 : 1));
}

type NamespaceLabels = ReadonlyMap<string, Readonly<Record<string, string>>>;

function namespaceLabels(documents: readonly HeddleDocument[]): NamespaceLabels {
	const found = documents.filter((document): document is Namespace => document.kind === 'Namespace');
	return new Map(found.map(({ metadata }) => [metadata.name, metadata.labels ?? {}]));
}

function draftPod(pod: Pod, namespaces: NamespaceLabels, draftOf: (labels: LabelSet) => IdentityDraft): void {
	const name = `${namespaceOf(pod)}/${pod.metadata.name}`;
	networksOf(pod).forEach((network, i) => {
		const draft = draftOf(podLabels(pod, network, namespaces));
		draft.names.push(...(i === 0 ? [name] : []), `${name}@${network}`);
		namedPortsOf(pod).forEach((port) => draft.ports.set(Object.values(port).join(), port));
		// A pod's status tells the addresses of the cluster's own network.
		const addresses = network === DEFAULT_NETWORK ? addressesOf(pod) : [];
		addresses.forEach((address) => draft.addresses.add(address));
	});
}

function podLabels(pod: Pod, network: string, namespaces: NamespaceLabels): LabelSet {
	const namespace = namespaceOf(pod);
	const serviceAccount = pod.spec?.serviceAccountName;
	return podIdentityLabels({
		namespace,
		network,
		labels: pod.metadata.labels ?? {},
		namespaceLabels: namespaces.get(namespace) ?? {},
		...(serviceAccount === undefined ? {} : { serviceAccount }),
	});
}
