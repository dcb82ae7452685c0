import { createLabelSet } from '../../../../lib/labels/label-set.js';
import { podIdentityLabels, type PodIdentity } from '../../../../lib/labels/pod-labels.js';
import { RESERVED_IDENTITIES } from '../../../../lib/labels/reserved.js';
import type { IdentitySelector } from '../../../../lib/rules/identity-selector.js';
import type { PolicyIdentity } from '../../../../lib/rules/policy-identity.js';

/* Everyone that the tests' selectors are asked about, by name. */

const NAMESPACES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
	default: { env: 'prod' },
	other: { env: 'test', team: 'a' },
};

type Traits = Omit<PolicyIdentity, 'id'>;

function pod(labels: PodIdentity['labels'], where: Partial<PodIdentity> = {}, addresses: string[] = []): Traits {
	const { namespace = 'default', network = 'default' } = where;
	const namespaceLabels = NAMESPACES[namespace]!;
	return { labels: podIdentityLabels({ labels, namespace, network, namespaceLabels, ...where }), addresses };
}

const labelled = (...labels: string[]): Traits => ({ labels: createLabelSet(labels) });
const block = (cidr: string): Traits => labelled(`cidr:${cidr}`, `reserved:world-ipv${cidr.includes(':') ? 6 : 4}`);

const CAST: Readonly<Record<string, Traits>> = {
	web: pod({ app: 'web', tier: 'front' }, {}, ['10.1.0.1', 'fd00:1::1']),
	client: pod({ app: 'client' }, {}, ['10.1.0.2', '192.168.0.2']),
	stranger: pod({ app: 'client' }, { namespace: 'other' }, ['10.1.2.3']),
	'web@blue': pod({ app: 'web' }, { network: 'blue' }),
	'client@red': pod({ app: 'client' }, { network: 'red' }),
	worker: labelled('reserved:remote-node', 'node:role=worker'),
	master: labelled('reserved:remote-node', 'node:role=master'),
	'10.0.0.0/8': block('10.0.0.0/8'),
	'10.1.0.0/16': block('10.1.0.0/16'),
	'10.1.2.3/32': block('10.1.2.3/32'),
	'192.168.0.0/16': block('192.168.0.0/16'),
	'fd00::/8': block('fd00::/8'),
	'fd00:1::/32': block('fd00:1::/32'),
	'www.example.com': labelled('fqdn:www.example.com', 'reserved:world-ipv4'),
	'a.b.example.com': labelled('fqdn:a.b.example.com', 'reserved:world-ipv6'),
	'example.com in 10.0.0.0/8': labelled('fqdn:example.com', 'cidr:10.0.0.0/8', 'reserved:world-ipv4'),
};

export const PODS = ['web', 'client', 'stranger', 'web@blue', 'client@red'];
export const OWN_PODS = PODS.filter((name) => name !== 'stranger');
export const NODES = ['remote-node', 'kube-apiserver', 'worker', 'master'];

const RESERVED = new Map(RESERVED_IDENTITIES.map(({ id, labels }) => [id, labels.labels[0]!.key]));

const EVERYONE: ReadonlyMap<string, PolicyIdentity> = new Map([
	...RESERVED_IDENTITIES.map((identity) => [RESERVED.get(identity.id)!, identity] as const),
	...Object.entries(CAST).map(([name, traits], i) => [name, { id: 256 + i, ...traits }] as const),
]);

export const NAMES = [...EVERYONE.keys()].sort();
export const WORLD = NAMES.filter((name) =>
	EVERYONE.get(name)!.labels.labels.some(({ source, key }) => source === 'reserved' && key.startsWith('world')),
);
export const CLUSTER = NAMES.filter((name) => !WORLD.includes(name));

/** Names of all that one of the selectors matches, sorted. */
export function whoIs(selectors: readonly IdentitySelector[] | 'any'): string[] {
	return NAMES.filter(
		(name) => selectors === 'any' || selectors.some((selector) => selector.matches(EVERYONE.get(name)!)),
	);
}
