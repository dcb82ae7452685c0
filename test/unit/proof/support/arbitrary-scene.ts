import fc from 'fast-check';
import { stringify } from 'yaml';
import { ReservedIdentity } from '../../../../lib/abi/generated.js';
import { createLabelSet } from '../../../../lib/labels/label-set.js';
import { podIdentityLabels } from '../../../../lib/labels/pod-labels.js';
import { RESERVED_IDENTITIES } from '../../../../lib/labels/reserved.js';
import { DIRECT_ROW_COOKIE, type RuleRow } from '../../../../lib/policy/row.js';
import type { IpBlocks, PolicyService } from '../../../../lib/rules/context.js';
import type { NamedPort, PolicyIdentity } from '../../../../lib/rules/policy-identity.js';
import { ciliumPolicy, clusterwidePolicy } from './arbitrary-cilium.js';
import { clusterPolicy, multiNetworkPolicy, networkPolicy } from './arbitrary-kubernetes.js';
import { app, BLOCKS, NAMESPACES, NETWORKS, type Plain } from './arbitrary-parts.js';

/** A whole world: documents, all that they can be about, and rows by hand. */
export interface Scene {
	readonly documents: readonly Plain[];
	readonly pods: readonly PolicyIdentity[];
	/** Pods among them, and some that only policies of their own kind are for. */
	readonly subjects: readonly PolicyIdentity[];
	/** Subjects among them. */
	readonly identities: readonly PolicyIdentity[];
	readonly services: readonly PolicyService[];
	readonly ipBlocks: IpBlocks;
	/** Rows by hand of the first pod. */
	readonly direct: readonly RuleRow[];
}

const SERVICES: readonly PolicyService[] = [
	{ namespace: 'other', name: 'clients', labels: { kind: 'pods' }, selector: { app: 'client' }, addresses: [] },
	{
		namespace: 'default',
		name: 'clients',
		labels: { kind: 'pods' },
		selector: { app: 'client', tier: 'front' },
		addresses: [],
	},
	{ namespace: 'default', name: 'outer', labels: { kind: 'addresses' }, addresses: ['10.1.2.3', 'fd00:1::1'] },
	{ namespace: 'other', name: 'mixed', labels: { kind: 'addresses' }, selector: {}, addresses: ['10.1.2.3'] },
];

const NAMED_PORTS: readonly NamedPort[] = [
	{ name: 'http', protocol: 6, port: 80 },
	{ name: 'http', protocol: 6, port: 8080 },
	{ name: 'dns', protocol: 17, port: 53 },
	{ name: 'dns', protocol: 6, port: 53 },
];
const ADDRESSES = ['10.1.2.3', '10.1.9.9', '10.9.9.9', '192.168.1.1', 'fd00:1::1', 'fd00:2::1'];

const pod = fc.record({
	namespace: fc.constantFrom(...Object.keys(NAMESPACES)),
	labels: fc.record({ app, tier: fc.constantFrom('front', 'back') }, { requiredKeys: [] }),
	network: fc.constantFrom(...NETWORKS, 'default', 'default'),
	namedPorts: fc.subarray([...NAMED_PORTS]),
	addresses: fc.subarray(ADDRESSES),
});

/** Equal labels, equal identity. */
const pods = fc.array(pod, { minLength: 1, maxLength: 6 }).map((found) => {
	const distinct = new Map<string, Omit<PolicyIdentity, 'id'>>();
	for (const { namespace, labels, network, ...rest } of found) {
		const set = podIdentityLabels({ namespace, labels, network, namespaceLabels: NAMESPACES[namespace]! });
		distinct.set(set.key, { labels: set, ...rest });
	}
	return [...distinct.values()].map((identity, i): PolicyIdentity => ({ id: 256 + i, ...identity }));
});

const world = (text: string) => `reserved:world-ipv${text.includes(':') ? 6 : 4}`;
const OUTSIDE: readonly (readonly string[])[] = [
	...[...BLOCKS, 'fd00:1::1/128'].map((text) => [`cidr:${text}`, world(text)]),
	['fqdn:www.example.com', 'reserved:world-ipv4'],
	['fqdn:api.example.com', 'fqdn:example.com', 'cidr:10.0.0.0/8', 'reserved:world-ipv4'],
	['fqdn:a.b.example.com', 'cidr:fd00::/8', 'reserved:world-ipv6'],
	['fqdn:other.org', 'reserved:world-ipv6'],
	['reserved:remote-node', 'node:role=worker', 'node:zone=a'],
	['reserved:remote-node', 'node:role=master'],
];
const STANDING: readonly PolicyIdentity[] = [
	...RESERVED_IDENTITIES,
	...OUTSIDE.map((labels, i) => ({ id: 0x0100_0000 + i, labels: createLabelSet(labels) })),
];

/** This node, one of the others, and endpoints that are being initialised. */
function isSubject({ id, labels }: PolicyIdentity): boolean {
	return id === ReservedIdentity.Host || id === ReservedIdentity.Init || labels.get('node', 'role') === 'worker';
}

const ports = fc.constantFrom([0, 65535], [80, 80], [53, 90], [443, 65535], [8 << 8, (8 << 8) | 255]);
const directRow = fc
	.record({
		peer: fc.constantFrom<number | 'any'>('any', 1, 256, 257, 0x0100_0001),
		direction: fc.constantFrom('ingress', 'egress'),
		protocol: fc.constantFrom<number | 'any'>('any', 6, 17, 1),
		range: ports,
		action: fc.constantFrom('allow', 'allow', 'deny'),
		precedence: fc.constantFrom(0, 0, 1, -1),
	})
	.map(({ range: [port = 0, endPort = 65535], ...rest }) => ({ ...rest, port, endPort }));
const direct = fc
	.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.array(directRow, { maxLength: 4 }) })
	.map((rows) => rows.map((row, i): RuleRow => ({ ...row, cookie: (DIRECT_ROW_COOKIE | (i + 1)) >>> 0 })));

const document = fc.oneof(
	{ weight: 4, arbitrary: ciliumPolicy },
	{ weight: 2, arbitrary: clusterwidePolicy },
	{ weight: 3, arbitrary: networkPolicy },
	{ weight: 2, arbitrary: multiNetworkPolicy },
	{ weight: 3, arbitrary: clusterPolicy },
);

export const anyScene: fc.Arbitrary<Scene> = fc
	.record({
		documents: fc.array(document, { minLength: 1, maxLength: 6 }),
		pods,
		direct,
		ipBlocks: fc.constantFrom<IpBlocks>('external', 'external', 'endpoints'),
	})
	.map(({ documents, ...rest }) => {
		const scene = {
			...rest,
			documents: documents.map((each, i) => ({ ...each, metadata: { name: `p${i}`, ...(each['metadata'] as Plain) } })),
			identities: [...rest.pods, ...STANDING],
			subjects: [...rest.pods, ...STANDING.filter(isSubject)],
			services: SERVICES,
		};
		return { ...scene, [fc.toStringMethod]: () => describeScene(scene) };
	});

/** So that a counterexample can be read, and given to the command line. */
export function describeScene({ documents, pods: own, direct: rows, ipBlocks }: Scene): string {
	const told = own.map(({ id, labels, namedPorts, addresses }) => ({
		id,
		labels: labels.toStrings(),
		namedPorts,
		addresses,
	}));
	return ['', ...documents.map((one) => stringify(one)), stringify({ pods: told, direct: rows, ipBlocks })].join(
		'---\n',
	);
}
