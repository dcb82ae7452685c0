import fc from 'fast-check';

/* Parts of documents, as YAML would hold them. Few values, so that documents and identities meet often. */

export type Plain = Readonly<Record<string, unknown>>;

export const BLOCKS = [
	'0.0.0.0/0',
	'10.0.0.0/8',
	'10.1.0.0/16',
	'10.1.2.0/24',
	'10.1.2.3/32',
	'192.168.0.0/16',
	'::/0',
	'fd00::/8',
	'fd00:1::/32',
];
/** Blocks that lie within another, strictly. */
const WITHIN: Readonly<Record<string, readonly string[]>> = {
	'0.0.0.0/0': ['10.0.0.0/8', '10.1.0.0/16', '192.168.0.0/16'],
	'10.0.0.0/8': ['10.1.0.0/16', '10.1.2.0/24', '10.1.2.3/32'],
	'10.1.0.0/16': ['10.1.2.0/24', '10.1.2.3/32'],
	'::/0': ['fd00::/8', 'fd00:1::/32'],
	'fd00::/8': ['fd00:1::/32'],
};
export const NAMESPACES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
	default: { env: 'prod' },
	other: { env: 'test', team: 'a' },
};
export const NETWORKS = ['default', 'blue', 'red'];
export const APPS = ['web', 'client', 'db'];
export const PORTS = [1, 53, 80, 81, 90, 443, 8080, 65535];
export const PORT_NAMES = ['http', 'dns'];
export const ICMP_TYPES = [0, 8, 128];

export const app = fc.constantFrom(...APPS);
export const block = fc.constantFrom(...BLOCKS);
export const portName = fc.constantFrom(...PORT_NAMES);

/** Half the time absent. */
export function maybe<T>(key: string, value: fc.Arbitrary<T>): fc.Arbitrary<Plain> {
	return fc.option(value, { nil: undefined }).map((found) => (found === undefined ? {} : { [key]: found }));
}

export function merged(...parts: readonly fc.Arbitrary<Plain>[]): fc.Arbitrary<Plain> {
	return fc.tuple(...parts).map((found) => Object.assign({}, ...found) as Plain);
}

export function some<T>(item: fc.Arbitrary<T>, minLength = 0, maxLength = 3): fc.Arbitrary<T[]> {
	return fc.array(item, { minLength, maxLength });
}

export const blockWithHoles: fc.Arbitrary<Plain> = block.chain((cidr) =>
	merged(fc.constant({ cidr }), maybe('except', fc.subarray([...(WITHIN[cidr] ?? [])]))),
);

export const range: fc.Arbitrary<Plain> = fc
	.tuple(fc.constantFrom(...PORTS), fc.constantFrom(...PORTS))
	.map(([a, b]) => ({ port: Math.min(a, b), endPort: Math.max(a, b) }));

function selectorOf(labels: fc.Arbitrary<Plain>, expressions: fc.Arbitrary<Plain>): fc.Arbitrary<Plain> {
	return fc.oneof(
		{ weight: 3, arbitrary: labels.map((matchLabels) => ({ matchLabels })) },
		{ weight: 2, arbitrary: some(expressions, 1, 2).map((matchExpressions) => ({ matchExpressions })) },
		{ weight: 1, arbitrary: fc.constant({}) },
	);
}

function expression(key: fc.Arbitrary<string>, value: fc.Arbitrary<string>): fc.Arbitrary<Plain> {
	return fc.oneof(
		fc.record({
			key,
			operator: fc.constantFrom('In', 'NotIn'),
			values: fc.uniqueArray(value, { minLength: 1, maxLength: 2 }),
		}),
		fc.record({ key, operator: fc.constantFrom('Exists', 'DoesNotExist') }),
	);
}

const label = (key: fc.Arbitrary<string>, value: fc.Arbitrary<string>) =>
	fc.tuple(key, value).map(([name, found]): Plain => ({ [name]: found }));

/** Of pods, as Kubernetes writes them. */
export const podSelector = selectorOf(
	label(fc.constant('app'), app),
	expression(fc.constantFrom('app', 'tier'), fc.oneof(app, fc.constant('front'))),
);
export const namespaceSelector = selectorOf(
	fc.oneof(
		label(fc.constant('env'), fc.constantFrom('prod', 'test')),
		label(fc.constant('kubernetes.io/metadata.name'), fc.constantFrom('default', 'other')),
	),
	expression(fc.constantFrom('env', 'team'), fc.constantFrom('prod', 'test', 'a')),
);
export const nodeSelector = selectorOf(
	label(fc.constant('role'), fc.constantFrom('worker', 'master')),
	expression(fc.constantFrom('role', 'zone'), fc.constantFrom('worker', 'a')),
);

const NETWORK_LABEL = 'cni:com.isovalent.v1alpha1.network.attachment';

/** Of the endpoints of a policy's own namespace. */
export const endpointSelector = selectorOf(
	fc.oneof(
		label(fc.constantFrom('app', 'k8s:app', 'any:app'), app),
		label(fc.constant(NETWORK_LABEL), fc.constantFrom('blue', 'red')),
	),
	expression(fc.constantFrom('app', 'k8s:app', 'tier', 'cni:app', NETWORK_LABEL), fc.oneof(app, fc.constant('front'))),
);
const elsewhere = selectorOf(
	fc.oneof(
		label(
			fc.constantFrom('k8s:io.kubernetes.pod.namespace', 'io.kubernetes.pod.namespace'),
			fc.constantFrom('default', 'other'),
		),
		label(fc.constant('k8s:io.cilium.k8s.namespace.labels.env'), fc.constantFrom('prod', 'test')),
		label(fc.constantFrom('reserved:host', 'reserved:remote-node', 'reserved:world', 'reserved:init'), fc.constant('')),
		label(fc.constantFrom('cidr:10.0.0.0/8', 'cidr:10.1.0.0/16'), fc.constant('')),
	),
	expression(
		fc.constantFrom(
			'io.kubernetes.pod.namespace',
			'io.cilium.k8s.namespace.labels.team',
			'reserved:host',
			'reserved:world-ipv4',
		),
		fc.constantFrom('default', 'a'),
	),
);
export const peerSelector = fc.oneof({ weight: 3, arbitrary: endpointSelector }, { weight: 2, arbitrary: elsewhere });

export function metadata(namespaced: boolean): fc.Arbitrary<Plain> {
	const namespace = fc.constantFrom('default', 'default', 'other');
	const audit = fc.constantFrom('true', 'true', 'false').map((mode) => ({ 'policy.heddle.io/audit-mode': mode }));
	const annotated = fc.oneof(
		{ weight: 4, arbitrary: fc.constant({}) },
		{ weight: 1, arbitrary: audit.map((annotations) => ({ annotations })) },
	);
	return namespaced ? merged(maybe('namespace', namespace), annotated) : annotated;
}
