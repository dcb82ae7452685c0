import fc from 'fast-check';
import { ENTITIES } from '../../../../lib/documents/cilium-rule.js';
import {
	block,
	blockWithHoles,
	endpointSelector,
	ICMP_TYPES,
	maybe,
	merged,
	metadata,
	nodeSelector,
	peerSelector,
	portName,
	PORTS,
	range,
	some,
	type Plain,
} from './arbitrary-parts.js';

const NAMES = ['www.example.com', 'WWW.Example.com', 'api.example.com', 'example.com', 'a.b.example.com.'];
const PATTERNS = ['*', '*.example.com', '**.example.com', 'w*.example.com', '*.b.*.com', 'a*i.example.com', '*.org'];

const name = fc.oneof(
	fc.constantFrom(...NAMES).map((matchName) => ({ matchName })),
	fc.constantFrom(...PATTERNS).map((matchPattern) => ({ matchPattern })),
);
const service = fc.oneof(
	fc.constantFrom('clients', 'outer', 'mixed', 'gone').chain((serviceName) =>
		maybe('namespace', fc.constantFrom('default', 'other')).map((where) => ({
			k8sService: { serviceName, ...where },
		})),
	),
	fc.constantFrom('pods', 'addresses', 'none').chain((kind) =>
		maybe('namespace', fc.constantFrom('default', 'other')).map((where) => ({
			k8sServiceSelector: { selector: { matchLabels: { kind } }, ...where },
		})),
	),
);

type Way = 'from' | 'to';

/** None, or one member; Cilium refuses two. An empty list is legal, and means nobody. */
function peers(way: Way, names: boolean): fc.Arbitrary<Plain> {
	const member = (kind: string, list: fc.Arbitrary<unknown[]>) =>
		list.map((found): Plain => ({ [`${way}${kind}`]: found }));
	return fc.oneof(
		{ weight: 2, arbitrary: fc.constant({}) },
		{ weight: 4, arbitrary: member('Endpoints', some(peerSelector)) },
		{ weight: 2, arbitrary: member('Entities', some(fc.constantFrom(...ENTITIES))) },
		{ weight: 1, arbitrary: member('CIDR', some(block)) },
		{ weight: 2, arbitrary: member('CIDRSet', some(blockWithHoles)) },
		{ weight: 1, arbitrary: member('Nodes', some(nodeSelector)) },
		// Two may be there while one of them is empty.
		{ weight: 1, arbitrary: merged(member('Endpoints', some(peerSelector)), member('Entities', fc.constant([]))) },
		...(way === 'to' ? [{ weight: 1, arbitrary: member('Services', some(service, 1)) }] : []),
		...(names ? [{ weight: 2, arbitrary: member('FQDNs', some(name, 1)) }] : []),
	);
}

const number = fc.oneof(
	fc.constantFrom(...PORTS).map((port): Plain => ({ port })),
	range,
	fc.constant<Plain>({ port: 0 }),
	portName.map((port): Plain => ({ port })),
);
const protocol = fc.constantFrom('TCP', 'TCP', 'UDP', 'SCTP', 'ANY');
const port = merged(
	number.map(({ port: found, ...rest }) => ({ port: String(found), ...rest })),
	maybe('protocol', protocol),
);
const tcpPort = fc.constantFrom(...PORTS).map((found) => ({ port: String(found), protocol: 'TCP' }));

const plainEntry = some(port, 0).map((ports): Plain => ({ ports }));
const http = some(fc.constantFrom({ method: 'GET' }, { path: '/a' }, {})).map((found) => ({ rules: { http: found } }));
const inspected = merged(
	some(tcpPort, 1).map((ports): Plain => ({ ports })),
	fc.oneof(http, fc.constant({ serverNames: ['a.example.com'] })),
);
const dns = fc.constantFrom('UDP', 'ANY').map((found) => ({
	ports: [{ port: '53', protocol: found }],
	rules: { dns: [{ matchPattern: '*' }] },
}));

const icmp = some(fc.record({ family: fc.constantFrom('IPv4', 'IPv6'), type: fc.constantFrom(...ICMP_TYPES) }), 1).map(
	(fields) => ({ fields }),
);

function ports(way: Way, l7: boolean): fc.Arbitrary<Plain> {
	const entries = [plainEntry, ...(l7 ? [inspected] : []), ...(l7 && way === 'to' ? [dns] : [])];
	return fc.oneof(
		{ weight: 2, arbitrary: fc.constant({}) },
		{ weight: 4, arbitrary: some(fc.oneof(...entries)).map((toPorts) => ({ toPorts })) },
		{ weight: 1, arbitrary: some(icmp, 1, 2).map((icmps) => ({ icmps })) },
	);
}

const authentication = maybe('authentication', fc.constantFrom({ mode: 'required' }, { mode: 'disabled' }));

const allow = (way: Way, l7: boolean) => merged(peers(way, way === 'to'), ports(way, l7), authentication);
const deny = (way: Way) => merged(peers(way, false), ports(way, false));

function spec(subject: fc.Arbitrary<Plain>, l7: boolean): fc.Arbitrary<Plain> {
	const mode = merged(maybe('ingress', fc.boolean()), maybe('egress', fc.boolean()));
	const sections = merged(
		maybe('ingress', some(allow('from', l7))),
		maybe('egress', some(allow('to', l7))),
		maybe('ingressDeny', some(deny('from'), 0, 2)),
		maybe('egressDeny', some(deny('to'), 0, 2)),
	);
	return merged(subject, sections.map(atLeastOneRule), maybe('enableDefaultDeny', mode));
}

/** Cilium refuses a policy without any. */
function atLeastOneRule(sections: Plain): Plain {
	return Object.values(sections).some((rules) => (rules as unknown[]).length > 0)
		? sections
		: { ...sections, ingress: [{}] };
}

const forEndpoints = endpointSelector.map((found): Plain => ({ endpointSelector: found }));
const forNodes = nodeSelector.map((found): Plain => ({ nodeSelector: found }));

/** Names are given when all documents are there. */
function policy(kind: string, namespaced: boolean, body: fc.Arbitrary<Plain>): fc.Arbitrary<Plain> {
	const specs = fc.oneof(
		{ weight: 4, arbitrary: body.map((found): Plain => ({ spec: found })) },
		{ weight: 1, arbitrary: some(body, 1, 2).map((found): Plain => ({ specs: found })) },
	);
	return fc
		.tuple(metadata(namespaced), specs)
		.map(([found, rest]) => ({ apiVersion: 'cilium.io/v2', kind, metadata: found, ...rest }));
}

export const ciliumPolicy = policy('CiliumNetworkPolicy', true, spec(forEndpoints, true));
export const clusterwidePolicy = policy(
	'CiliumClusterwideNetworkPolicy',
	false,
	fc.oneof(
		{ weight: 6, arbitrary: spec(forEndpoints, true) },
		{ weight: 2, arbitrary: spec(forNodes, false) },
		{ weight: 1, arbitrary: spec(fc.constant({ endpointSelector: { matchLabels: { 'reserved:init': '' } } }), true) },
	),
);
