import fc from 'fast-check';
import {
	block,
	blockWithHoles,
	maybe,
	merged,
	metadata,
	namespaceSelector,
	NETWORKS,
	nodeSelector,
	podSelector,
	portName,
	PORTS,
	range,
	some,
	type Plain,
} from './arbitrary-parts.js';

const peer: fc.Arbitrary<Plain> = fc.oneof(
	podSelector.map((found) => ({ podSelector: found })),
	namespaceSelector.map((found) => ({ namespaceSelector: found })),
	fc.record({ podSelector, namespaceSelector }),
	blockWithHoles.map((ipBlock) => ({ ipBlock })),
);
const protocol = fc.constantFrom('TCP', 'UDP', 'SCTP');
const port = merged(
	fc.oneof(
		fc.constantFrom(...PORTS).map((found): Plain => ({ port: found })),
		range,
		portName.map((found): Plain => ({ port: found })),
		fc.constant<Plain>({}),
	),
	maybe('protocol', protocol),
);
const rule = (peers: 'from' | 'to') => merged(maybe(peers, some(peer)), maybe('ports', some(port)));

const spec = merged(
	fc
		.oneof({ weight: 3, arbitrary: podSelector }, { weight: 1, arbitrary: fc.constant({}) })
		.map((found) => ({ podSelector: found })),
	maybe('ingress', some(rule('from'))),
	maybe('egress', some(rule('to'))),
	maybe('policyTypes', fc.constantFrom(['Ingress'], ['Egress'], ['Ingress', 'Egress'])),
);

export const networkPolicy = fc.tuple(metadata(true), spec).map(([found, body]): Plain => ({
	apiVersion: 'networking.k8s.io/v1',
	kind: 'NetworkPolicy',
	metadata: found,
	spec: body,
}));

export const multiNetworkPolicy = fc
	.tuple(metadata(true), spec, fc.subarray(NETWORKS, { minLength: 1 }), fc.boolean())
	.map(([found, body, networks, qualified]): Plain => {
		const listed = networks.map((name) => (qualified ? `default/${name}` : name)).join(', ');
		const annotations = { ...(found['annotations'] as Plain | undefined), 'k8s.v1.cni.cncf.io/policy-for': listed };
		const apiVersion = 'k8s.cni.cncf.io/v1beta1';
		return { apiVersion, kind: 'MultiNetworkPolicy', metadata: { ...found, annotations }, spec: body };
	});

const podPeer: fc.Arbitrary<Plain> = fc.oneof(
	namespaceSelector.map((namespaces) => ({ namespaces })),
	fc.record({ namespaceSelector, podSelector }).map((pods) => ({ pods })),
);
/** Of a version to come. */
const unknownPeer = fc.constant<Plain>({ laterPeers: {} });
const clusterPeer = fc.oneof({ weight: 12, arbitrary: podPeer }, { weight: 1, arbitrary: unknownPeer });
const outerPeer: fc.Arbitrary<Plain> = fc.oneof(
	nodeSelector.map((nodes) => ({ nodes })),
	fc.uniqueArray(block, { minLength: 1, maxLength: 3 }).map((networks) => ({ networks })),
);
const domain = fc
	.uniqueArray(fc.constantFrom('*.example.com', 'example.com', 'www.example.com.', '*.b.example.com'), {
		minLength: 1,
		maxLength: 2,
	})
	.map((domainNames): Plain => ({ domainNames }));

const destinationPort: fc.Arbitrary<Plain> = fc.oneof(
	fc.constantFrom(...PORTS).map((number) => ({ number })),
	range
		.filter((found) => found['port'] !== found['endPort'])
		.map((found) => ({ range: { start: found['port'], end: found['endPort'] } })),
);
const transport: fc.Arbitrary<Plain> = fc
	.tuple(fc.constantFrom('tcp', 'udp', 'sctp'), destinationPort)
	.map(([name, found]) => ({ [name]: { destinationPort: found } }));
const named: fc.Arbitrary<Plain> = portName.map((destinationNamedPort) => ({ destinationNamedPort }));

const someProtocols = (one: fc.Arbitrary<Plain>) => maybe('protocols', some(one, 1));
const action = (...actions: string[]) => fc.constantFrom(...actions).map((found): Plain => ({ action: found }));
const anyAction = action('Accept', 'Deny', 'Pass');
const list = (key: string, one: fc.Arbitrary<Plain>) => some(one, 1, 2).map((found): Plain => ({ [key]: found }));

const ingressRule = merged(anyAction, list('from', clusterPeer), someProtocols(fc.oneof(transport, named)));
const egressRule = fc.oneof(
	merged(anyAction, list('to', clusterPeer), someProtocols(fc.oneof(transport, named))),
	merged(anyAction, list('to', fc.oneof(podPeer, outerPeer)), someProtocols(transport)),
	merged(action('Accept'), list('to', fc.oneof(domain, outerPeer)), someProtocols(transport)),
);

const clusterSpec = merged(
	fc.record({
		tier: fc.constantFrom('Admin', 'Admin', 'Baseline'),
		priority: fc.constantFrom(0, 10, 10, 11, 1000),
		subject: podPeer,
	}),
	maybe('ingress', some(ingressRule, 0, 4)),
	maybe('egress', some(egressRule, 0, 4)),
);

export const clusterPolicy = fc.tuple(metadata(false), clusterSpec).map(([found, spec]): Plain => ({
	apiVersion: 'policy.networking.k8s.io/v1alpha2',
	kind: 'ClusterNetworkPolicy',
	metadata: found,
	spec,
}));
