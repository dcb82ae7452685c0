import { contains, parsePrefix, type Prefix } from '../addresses/prefix.js';
import { isPolicy, type HeddleDocument } from '../documents/document.js';
import { createLabelSet, type LabelSet } from '../labels/label-set.js';
import { RESERVED_IDENTITIES } from '../labels/reserved.js';
import { cidrsOf } from './cidrs.js';
import type { PolicyService } from './context.js';
import { prefixOf, SOURCE_FQDN } from './identity-selector.js';
import { createOrigins } from './origins.js';
import { draftIdentities, type IdentityDraft } from './pod-drafts.js';
import type { PolicyIdentity } from './policy-identity.js';
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
	 * entity (`host`, `world-ipv4`, …), node (`node/name`) or IP address, which is the pod's that has it, or the longest
	 * block's around it.
	 */
	find(ref: string): PolicyIdentity | undefined;
}

const FIRST_POD = 256;
const FIRST_CIDR = 0x0100_0000;

/** `more`: identities that no document tells of, such as names' addresses. They keep their numbers. */
export function worldOf(documents: Iterable<HeddleDocument>, more: Iterable<PolicyIdentity> = []): PolicyWorld {
	const all = [...documents];
	const services = servicesOf(all);
	const drafts = draftIdentities(all);
	const given = [...RESERVED_IDENTITIES, ...more];
	const known = new Map(given.map((identity) => [identity.labels.key, identity]));
	const numbers = createNumbers(given);
	const pods = drafts.map((draft) => known.get(draft.labels.key) ?? identityOf(draft, numbers(FIRST_POD)));
	const blocks = blocksOf(all, services).map((prefix): PolicyIdentity => {
		const labels = blockLabels(prefix);
		return known.get(labels.key) ?? { id: numbers(FIRST_CIDR), labels };
	});
	const identities = [...new Set([...given, ...pods, ...blocks])];
	const names = namesOf(drafts, pods);
	const firstNames = new Map(drafts.map(({ names: [first] }, i) => [pods[i]!, first]));
	RESERVED_IDENTITIES.forEach((identity) => firstNames.delete(identity));
	const byId = new Map(identities.map((identity) => [identity.id, identity]));
	return {
		identities,
		services,
		nameOf: (id) => firstNames.get(byId.get(id)!),
		find: (ref) =>
			names.get(ref) ??
			names.get(`default/${ref}`) ??
			(/^\d+$/.test(ref) ? byId.get(Number(ref)) : undefined) ??
			byEntity(ref) ??
			byAddress(identities, ref),
	};
}

/** The next number from `first` that is not in use. */
function createNumbers(given: readonly PolicyIdentity[]): (first: number) => number {
	const used = new Set(given.map(({ id }) => id));
	const next = new Map<number, number>();
	return (first) => {
		let id = next.get(first) ?? first;
		while (used.has(id)) {
			id++;
		}
		next.set(first, id + 1);
		return id;
	};
}

function identityOf({ labels, ports, addresses }: IdentityDraft, id: number): PolicyIdentity {
	return {
		id,
		labels,
		...(ports.size === 0 ? {} : { namedPorts: [...ports.values()] }),
		...(addresses.size === 0 ? {} : { addresses: [...addresses] }),
	};
}

function namesOf(drafts: readonly IdentityDraft[], pods: readonly PolicyIdentity[]): Map<string, PolicyIdentity> {
	return new Map(drafts.flatMap(({ names }, i) => names.map((name) => [name, pods[i]!] as const)));
}

/** A whole family needs none of its own: what no other block has is the world's. */
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

function byEntity(name: string): PolicyIdentity | undefined {
	return RESERVED_IDENTITIES.find(({ labels }) => labels.labels[0]?.key === name);
}

function byAddress(identities: readonly PolicyIdentity[], ref: string): PolicyIdentity | undefined {
	const address = parsePrefix(ref);
	if (address === undefined || ref.includes('/')) {
		return undefined;
	}
	const owner = identities.find(({ addresses = [] }) =>
		addresses.some((own) => parsePrefix(own)?.text === address.text),
	);
	return owner ?? blockAround(identities, address) ?? byEntity(`world-ipv${address.family}`);
}

/** The longest; what was learned for a name is no block, though it may lie in one. */
function blockAround(identities: readonly PolicyIdentity[], address: Prefix): PolicyIdentity | undefined {
	let longest: PolicyIdentity | undefined;
	let length = -1;
	for (const identity of identities) {
		const prefix = isLearned(identity) ? undefined : prefixOf(identity.labels);
		if (prefix !== undefined && prefix.length > length && contains(prefix, address)) {
			longest = identity;
			length = prefix.length;
		}
	}
	return longest;
}

function isLearned({ labels }: PolicyIdentity): boolean {
	return labels.labels.some(({ source }) => source === SOURCE_FQDN);
}
