import { bitsOf, contains, parsePrefix, type Prefix } from '../addresses/prefix.js';
import {
	isPolicy,
	namespaceOf,
	type HeddleDocument,
	type Namespace,
	type Node,
	type Pod,
} from '../documents/document.js';
import { namedPortsOf, networksOf } from '../documents/pod.js';
import { createLabelSet, type LabelSet } from '../labels/label-set.js';
import { podIdentityLabels } from '../labels/pod-labels.js';
import { RESERVED_IDENTITIES } from '../labels/reserved.js';
import { cidrsOf } from './cidrs.js';
import type { PolicyService } from './context.js';
import { prefixOf } from './identity-selector.js';
import { createOrigins } from './origins.js';
import type { NamedPort, PolicyIdentity } from './policy-identity.js';
import { rulesOf } from './rules-of.js';
import { servicesOf } from './services.js';

/** All that policies can be about, told by documents alone: no kernel, no datapath. */
export interface PolicyWorld {
	/** Reserved ones, one a label set of pods and networks, nodes, and one a block of addresses that a policy names. */
	readonly identities: readonly PolicyIdentity[];
	readonly services: readonly PolicyService[];
	/** What people call an identity, where it is a pod's: `default/client`, `default/client@jupiter`. */
	nameOf(id: number): string | undefined;
	/**
	 * By pod (`namespace/name`, or `name` in namespace `default`, with `@network` for another than the first), number,
	 * entity (`host`, `world-ipv4`, …), node (`node/name`) or IP address, which is the longest block's around it.
	 */
	find(ref: string): PolicyIdentity | undefined;
}

const FIRST_POD = 256;
const FIRST_CIDR = 0x0100_0000;

interface Draft {
	readonly labels: LabelSet;
	readonly names: string[];
	readonly ports: Map<string, NamedPort>;
}

export function worldOf(documents: Iterable<HeddleDocument>): PolicyWorld {
	const all = [...documents];
	const services = servicesOf(all);
	const drafts = draftsOf(all);
	const pods = drafts.map(({ labels, ports }, i): PolicyIdentity => {
		const namedPorts = [...ports.values()];
		return { id: FIRST_POD + i, labels, ...(namedPorts.length === 0 ? {} : { namedPorts }) };
	});
	const blocks = blocksOf(all, services).map((prefix, i): PolicyIdentity => ({
		id: FIRST_CIDR + i,
		labels: blockLabels(prefix),
	}));
	const identities = [...RESERVED_IDENTITIES, ...pods, ...blocks];
	const named = new Map(drafts.flatMap(({ names }, i) => names.map((name) => [name, pods[i]!] as const)));
	return {
		identities,
		services,
		nameOf: (id) => drafts[id - FIRST_POD]?.names[0],
		find: (ref) =>
			named.get(ref) ??
			named.get(`default/${ref}`) ??
			byNumber(identities, ref) ??
			byEntity(ref) ??
			byAddress(blocks, ref),
	};
}

/** Equal labels, equal identity; in the order of their labels, so that numbers do not depend on the documents' order. */
function draftsOf(documents: readonly HeddleDocument[]): Draft[] {
	const drafts = new Map<string, Draft>();
	const add = (labels: LabelSet, names: readonly string[], ports: readonly NamedPort[] = []) => {
		const draft = drafts.get(labels.key) ?? { labels, names: [], ports: new Map<string, NamedPort>() };
		drafts.set(labels.key, draft);
		draft.names.push(...names);
		ports.forEach((port) => draft.ports.set(Object.values(port).join(), port));
	};
	const namespaces = ofKind<Namespace>(documents, 'Namespace');
	for (const pod of ofKind<Pod>(documents, 'Pod')) {
		const name = `${namespaceOf(pod)}/${pod.metadata.name}`;
		networksOf(pod).forEach((network, i) =>
			add(
				podLabels(pod, network, namespaces),
				i === 0 ? [name, `${name}@${network}`] : [`${name}@${network}`],
				namedPortsOf(pod),
			),
		);
	}
	for (const node of ofKind<Node>(documents, 'Node')) {
		add(nodeLabels(node), [`node/${node.metadata.name}`]);
	}
	return [...drafts.values()].sort((a, b) => (a.labels.key < b.labels.key ? -1 : 1));
}

function ofKind<D extends HeddleDocument>(documents: readonly HeddleDocument[], kind: D['kind']): D[] {
	return documents.filter((document): document is D => document.kind === kind);
}

function podLabels(pod: Pod, network: string, namespaces: readonly Namespace[]): LabelSet {
	const namespace = namespaceOf(pod);
	const { labels: namespaceLabels = {} } =
		namespaces.find(({ metadata }) => metadata.name === namespace)?.metadata ?? {};
	const serviceAccount = pod.spec?.serviceAccountName;
	return podIdentityLabels({
		namespace,
		network,
		labels: pod.metadata.labels ?? {},
		namespaceLabels,
		...(serviceAccount === undefined ? {} : { serviceAccount }),
	});
}

/** Another node than ours, with its labels as selectors of nodes ask for them. */
function nodeLabels({ metadata }: Node): LabelSet {
	const own = Object.entries(metadata.labels ?? {}).map(([key, value]) => ({ source: 'node', key, value }));
	return createLabelSet([{ source: 'reserved', key: 'remote-node', value: '' }, ...own]);
}

function blocksOf(documents: readonly HeddleDocument[], services: readonly PolicyService[]): Prefix[] {
	const context = { origins: createOrigins(), services, ipBlocks: 'external' as const };
	const rules = documents.filter(isPolicy).flatMap((document) => rulesOf(document, context));
	return cidrsOf(rules)
		.filter(({ length }) => length > 0)
		.sort((a, b) => (a.text < b.text ? -1 : 1));
}

function blockLabels({ text, family }: Prefix): LabelSet {
	return createLabelSet({ [`cidr:${text}`]: '', [`reserved:world-ipv${family}`]: '' });
}

function byNumber(identities: readonly PolicyIdentity[], ref: string): PolicyIdentity | undefined {
	return /^\d+$/.test(ref) ? identities.find(({ id }) => id === Number(ref)) : undefined;
}

function byEntity(name: string): PolicyIdentity | undefined {
	return RESERVED_IDENTITIES.find(({ labels }) => labels.labels.length > 0 && labels.labels[0]!.key === name);
}

function byAddress(blocks: readonly PolicyIdentity[], ref: string): PolicyIdentity | undefined {
	const address = parsePrefix(ref);
	if (address === undefined || address.length !== bitsOf(address.family)) {
		return undefined;
	}
	const around = blocks.filter(({ labels }) => contains(prefixOf(labels)!, address));
	around.sort((a, b) => prefixOf(b.labels)!.length - prefixOf(a.labels)!.length);
	return around[0] ?? byEntity(`world-ipv${address.family}`);
}
