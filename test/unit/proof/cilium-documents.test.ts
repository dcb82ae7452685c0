import { AUDIT, ccnp, cnp, documents } from './support/ask.js';
import { truthTable } from './support/table.js';

const fromClient = 'fromEndpoints: [{ matchLabels: { app: client } }]';
const tcp80 = 'toPorts: [{ ports: [{ port: "80", protocol: TCP }] }]';

truthTable('peers of a CiliumNetworkPolicy', [
	[
		"endpoints are those of the policy's own namespace",
		cnp(`ingress: [{ ${fromClient} }]`),
		{
			'web < client tcp/1': 'allow',
			'web < stranger tcp/1': 'deny',
			'web < client icmp/8': 'allow',
			'web > client tcp/1': 'allow',
		},
	],
	[
		'a selector that names a namespace is of that one',
		cnp('ingress: [{ fromEndpoints: [{ matchLabels: { "k8s:io.kubernetes.pod.namespace": other } }] }]'),
		{ 'web < client tcp/1': 'deny', 'web < stranger tcp/1': 'allow' },
	],
	[
		'a selector that asks for any namespace is of all',
		cnp(
			'ingress: [{ fromEndpoints: [{ matchExpressions: [{ key: io.kubernetes.pod.namespace, operator: Exists }] }] }]',
		),
		{
			'web < client tcp/1': 'allow',
			'web < stranger tcp/1': 'allow',
			'web < host tcp/1': 'deny',
			'web < ten tcp/1': 'deny',
		},
	],
	[
		'a selector by labels of namespaces is of those',
		cnp('ingress: [{ fromEndpoints: [{ matchLabels: { "io.cilium.k8s.namespace.labels.env": test } }] }]'),
		{ 'web < client tcp/1': 'deny', 'web < stranger tcp/1': 'allow' },
	],
	[
		'a selector of something reserved is in no namespace',
		cnp('ingress: [{ fromEndpoints: [{ matchLabels: { "reserved:host": "" } }] }]'),
		{ 'web < client tcp/1': 'deny', 'web < host tcp/1': 'allow' },
	],
	[
		'an empty selector is every endpoint of the namespace, and nobody else',
		cnp('ingress: [{ fromEndpoints: [{}] }]'),
		{
			'web < client tcp/1': 'allow',
			'web < blue tcp/1': 'allow',
			'web < stranger tcp/1': 'deny',
			'web < world tcp/1': 'deny',
		},
	],
	['an empty list is nobody', cnp(`ingress: [{ fromEndpoints: [], ${tcp80} }]`), { 'web < client tcp/80': 'deny' }],
	[
		'no list is everyone, where there are ports',
		cnp(`ingress: [{ ${tcp80} }]`),
		{
			'web < client tcp/80': 'allow',
			'web < world tcp/80': 'allow',
			'web < ten tcp/80': 'allow',
			'web < ten tcp/81': 'deny',
		},
	],
	[
		'a rule of nothing allows nothing',
		cnp('ingress: [{}]'),
		{ 'web < client tcp/80': 'deny', 'web > client tcp/80': 'allow' },
	],
	[
		'a label of a source is of that source only',
		cnp('ingress: [{ fromEndpoints: [{ matchLabels: { "cni:com.isovalent.v1alpha1.network.attachment": blue } }] }]'),
		{ 'web < blue tcp/1': 'allow', 'web < client tcp/1': 'deny' },
	],
	[
		'NotIn holds where there is no such label',
		cnp('ingress: [{ fromEndpoints: [{ matchExpressions: [{ key: tier, operator: NotIn, values: [front] }] }] }]'),
		{ 'web < client tcp/1': 'allow', 'web < web tcp/1': 'deny', 'web < stranger tcp/1': 'deny' },
	],
]);

truthTable('who a Cilium policy is for', [
	[
		'endpoints of its own namespace',
		cnp('ingress: [{}]', { namespace: 'other' }),
		{ 'web < client tcp/1': 'allow', 'stranger < client tcp/1': 'allow' },
	],
	[
		'cluster-wide: endpoints of every namespace, and no node',
		ccnp('endpointSelector: {}, ingress: [{}]'),
		{
			'web < client tcp/1': 'deny',
			'stranger < client tcp/1': 'deny',
			'worker < client tcp/1': 'allow',
			'host < client tcp/1': 'allow',
		},
	],
	[
		'by nodeSelector: nodes by their labels, and no endpoint',
		ccnp('nodeSelector: { matchLabels: { role: worker } }, ingress: [{}]'),
		{ 'worker < client tcp/1': 'deny', 'master < client tcp/1': 'allow', 'web < client tcp/1': 'allow' },
	],
	[
		'cluster-wide: an empty peer is every endpoint of every namespace, and nobody outside',
		ccnp('endpointSelector: { matchLabels: { app: web } }, ingress: [{ fromEndpoints: [{}] }]'),
		{
			'web < client tcp/1': 'allow',
			'web < stranger tcp/1': 'allow',
			'web < world tcp/1': 'deny',
			'web < host tcp/1': 'deny',
		},
	],
]);

const entity = (name: string) => cnp(`egress: [{ toEntities: [${name}] }]`);

truthTable('entities', [
	[
		'all',
		entity('all'),
		{
			'web > client tcp/1': 'allow',
			'web > world tcp/1': 'allow',
			'web > ten tcp/1': 'allow',
			'web > host tcp/1': 'allow',
		},
	],
	['none', entity('none'), { 'web > client tcp/1': 'deny', 'web > world tcp/1': 'deny', 'web > host tcp/1': 'deny' }],
	[
		'world is all that is outside, by address or by name',
		entity('world'),
		{
			'web > world tcp/1': 'allow',
			'web > world-ipv4 tcp/1': 'allow',
			'web > world-ipv6 tcp/1': 'allow',
			'web > ten tcp/1': 'allow',
			'web > six tcp/1': 'allow',
			'web > example tcp/1': 'allow',
			'web > client tcp/1': 'deny',
			'web > host tcp/1': 'deny',
			'web > worker tcp/1': 'deny',
		},
	],
	[
		'world-ipv4',
		entity('world-ipv4'),
		{
			'web > world-ipv4 tcp/1': 'allow',
			'web > ten tcp/1': 'allow',
			'web > six tcp/1': 'deny',
			'web > world-ipv6 tcp/1': 'deny',
		},
	],
	[
		'world-ipv6',
		entity('world-ipv6'),
		{
			'web > world-ipv6 tcp/1': 'allow',
			'web > six tcp/1': 'allow',
			'web > ten tcp/1': 'deny',
			'web > world-ipv4 tcp/1': 'deny',
		},
	],
	[
		'cluster is all that is not outside',
		entity('cluster'),
		{
			'web > client tcp/1': 'allow',
			'web > stranger tcp/1': 'allow',
			'web > host tcp/1': 'allow',
			'web > worker tcp/1': 'allow',
			'web > kube-apiserver tcp/1': 'allow',
			'web > unmanaged tcp/1': 'allow',
			'web > init tcp/1': 'allow',
			'web > world tcp/1': 'deny',
			'web > ten tcp/1': 'deny',
			'web > example tcp/1': 'deny',
		},
	],
	['host is this node', entity('host'), { 'web > host tcp/1': 'allow', 'web > worker tcp/1': 'deny' }],
	[
		"remote-node is every other, the API server's among them",
		entity('remote-node'),
		{
			'web > worker tcp/1': 'allow',
			'web > remote-node tcp/1': 'allow',
			'web > kube-apiserver tcp/1': 'allow',
			'web > host tcp/1': 'deny',
		},
	],
	[
		'kube-apiserver',
		entity('kube-apiserver'),
		{ 'web > kube-apiserver tcp/1': 'allow', 'web > remote-node tcp/1': 'deny' },
	],
	[
		'several are any of them',
		entity('init, health, unmanaged, ingress'),
		{
			'web > init tcp/1': 'allow',
			'web > health tcp/1': 'allow',
			'web > unmanaged tcp/1': 'allow',
			'web > ingress tcp/1': 'allow',
			'web > host tcp/1': 'deny',
		},
	],
]);

truthTable('addresses', [
	[
		'a CIDR is what lies in it, outside; endpoints and nodes are never meant',
		cnp('egress: [{ toCIDR: [10.0.0.0/8] }]'),
		{
			'web > ten tcp/1': 'allow',
			'web > tenOne tcp/1': 'allow',
			'web > tenOneHost tcp/1': 'allow',
			'web > six tcp/1': 'deny',
			'web > world-ipv4 tcp/1': 'deny',
			'web > client tcp/1': 'deny',
			'web > host tcp/1': 'deny',
		},
	],
	[
		'a longer CIDR is not the shorter one around it',
		cnp('egress: [{ toCIDR: [10.1.0.0/16] }]'),
		{ 'web > ten tcp/1': 'deny', 'web > tenOne tcp/1': 'allow' },
	],
	[
		'what is excepted is not meant',
		cnp('ingress: [{ fromCIDRSet: [{ cidr: 10.0.0.0/8, except: [10.1.0.0/16] }] }]'),
		{ 'web < ten tcp/1': 'allow', 'web < tenOne tcp/1': 'deny', 'web < tenOneHost tcp/1': 'deny' },
	],
	[
		'an exception of one entry is not one of another',
		cnp('ingress: [{ fromCIDRSet: [{ cidr: 10.0.0.0/8, except: [10.1.0.0/16] }, { cidr: 10.1.0.9/32 }] }]'),
		{ 'web < tenOne tcp/1': 'deny', 'web < tenOneHost tcp/1': 'allow' },
	],
	[
		'the whole of a family is the rest of the world, too',
		cnp('egress: [{ toCIDR: [0.0.0.0/0] }]'),
		{
			'web > world-ipv4 tcp/1': 'allow',
			'web > world tcp/1': 'allow',
			'web > example tcp/1': 'allow',
			'web > world-ipv6 tcp/1': 'deny',
			'web > six tcp/1': 'deny',
		},
	],
	[
		'IPv6',
		cnp('egress: [{ toCIDRSet: [{ cidr: "fd00::/8", except: ["fd00:1::/32"] }] }]'),
		{ 'web > six tcp/1': 'allow', 'web > sixOne tcp/1': 'deny', 'web > ten tcp/1': 'deny' },
	],
]);

truthTable('names, services and nodes', [
	[
		'a name is that name',
		cnp('egress: [{ toFQDNs: [{ matchName: WWW.example.com }] }]'),
		{ 'web > example tcp/1': 'allow', 'web > deep tcp/1': 'deny', 'web > world-ipv4 tcp/1': 'deny' },
	],
	[
		'a star is within a label',
		cnp('egress: [{ toFQDNs: [{ matchPattern: "*.example.com" }] }]'),
		{ 'web > example tcp/1': 'allow', 'web > deep tcp/1': 'deny' },
	],
	[
		'two stars are any number of labels',
		cnp('egress: [{ toFQDNs: [{ matchPattern: "**.example.com" }] }]'),
		{ 'web > example tcp/1': 'allow', 'web > deep tcp/1': 'allow' },
	],
	[
		'a star alone is every name, and nothing without one',
		cnp('egress: [{ toFQDNs: [{ matchPattern: "*" }] }]'),
		{ 'web > deep tcp/1': 'allow', 'web > ten tcp/1': 'deny' },
	],
	[
		'a service is the pods behind it',
		cnp('egress: [{ toServices: [{ k8sService: { serviceName: clients, namespace: other } }] }]'),
		{ 'web > stranger tcp/1': 'allow', 'web > client tcp/1': 'deny', 'web > tenOneHost tcp/1': 'deny' },
	],
	[
		'a service without a selector is its addresses',
		cnp('egress: [{ toServices: [{ k8sService: { serviceName: outer, namespace: default } }] }]'),
		{ 'web > tenOneHost tcp/1': 'allow', 'web > tenOne tcp/1': 'deny' },
	],
	[
		'services by their labels',
		cnp('egress: [{ toServices: [{ k8sServiceSelector: { selector: { matchLabels: { kind: pods } } } }] }]'),
		{ 'web > stranger tcp/1': 'allow', 'web > tenOneHost tcp/1': 'deny' },
	],
	[
		'a service that nobody knows is nobody',
		cnp('egress: [{ toServices: [{ k8sService: { serviceName: gone, namespace: other } }] }]'),
		{ 'web > stranger tcp/1': 'deny' },
	],
	[
		'nodes by their labels',
		cnp('ingress: [{ fromNodes: [{ matchLabels: { role: worker } }] }]'),
		{ 'web < worker tcp/1': 'allow', 'web < master tcp/1': 'deny', 'web < client tcp/1': 'deny' },
	],
]);

const ports = (list: string) => cnp(`ingress: [{ ${fromClient}, toPorts: [{ ports: [${list}] }] }]`);

truthTable('ports', [
	[
		'a port of a protocol',
		ports('{ port: "80", protocol: TCP }'),
		{
			'web < client tcp/80': 'allow',
			'web < client udp/80': 'deny',
			'web < client tcp/81': 'deny',
			'web < client icmp/0': 'deny',
			'web < stranger tcp/80': 'deny',
		},
	],
	[
		'a range',
		ports('{ port: "80", endPort: 90, protocol: UDP }'),
		{
			'web < client udp/79': 'deny',
			'web < client udp/80': 'allow',
			'web < client udp/90': 'allow',
			'web < client udp/91': 'deny',
		},
	],
	[
		'ANY is TCP, UDP and SCTP',
		ports('{ port: "80", protocol: ANY }'),
		{
			'web < client tcp/80': 'allow',
			'web < client udp/80': 'allow',
			'web < client sctp/80': 'allow',
			'web < client gre': 'deny',
		},
	],
	[
		'port 0 is every port of the protocol',
		ports('{ port: "0", protocol: TCP }'),
		{ 'web < client tcp/65535': 'allow', 'web < client udp/1': 'deny' },
	],
	[
		'port 0 of ANY is every port, and no ICMP',
		ports('{ port: "0", protocol: ANY }'),
		{
			'web < client tcp/1': 'allow',
			'web < client sctp/1': 'allow',
			'web < client icmp/8': 'deny',
			'web < client gre': 'deny',
		},
	],
	[
		'an entry that lists no port is none',
		cnp(`ingress: [{ ${fromClient}, toPorts: [{ ports: [] }] }]`),
		{ 'web < client tcp/80': 'deny' },
	],
	[
		'a name is the port that the destination calls so: of an ingress rule, the subject',
		ports('{ port: http, protocol: TCP }'),
		{ 'web < client tcp/80': 'allow', 'web < client tcp/8080': 'deny', 'web < client udp/80': 'deny' },
	],
	[
		'of an egress rule, the peer',
		cnp('egress: [{ toEntities: [cluster], toPorts: [{ ports: [{ port: http, protocol: TCP }] }] }]'),
		{
			'web > stranger tcp/8080': 'allow',
			'web > stranger tcp/80': 'deny',
			'web > web tcp/80': 'allow',
			'web > client tcp/80': 'deny',
		},
	],
	[
		'a name of ANY is of each protocol that has it',
		ports('{ port: dns, protocol: ANY }'),
		{ 'web < client udp/53': 'allow', 'web < client tcp/5353': 'allow', 'web < client tcp/53': 'deny' },
	],
	[
		'ICMP types, with every code',
		cnp('ingress: [{ icmps: [{ fields: [{ type: 8, family: IPv4 }, { type: 128, family: IPv6 }] }] }]'),
		{
			'web < world icmp/8': 'allow',
			'web < world icmp/0': 'deny',
			'web < six icmpv6/128': 'allow',
			'web < six icmpv6/8': 'deny',
			'web < world tcp/2048': 'deny',
		},
	],
]);

const http = 'toPorts: [{ ports: [{ port: "80", protocol: TCP }], rules: { http: [{ method: GET }] } }]';

truthTable('what rules make together', [
	[
		'L7 rules redirect',
		cnp(`ingress: [{ ${fromClient}, ${http} }]`),
		{ 'web < client tcp/80': 'redirect', 'web < client tcp/81': 'deny' },
	],
	[
		'an empty list of L7 rules asks for nothing',
		cnp(`ingress: [{ ${fromClient}, toPorts: [{ ports: [{ port: "80", protocol: TCP }], rules: { http: [] } }] }]`),
		{ 'web < client tcp/80': 'allow' },
	],
	[
		'an allow without L7 voids them, on the same peer and port',
		cnp(`ingress: [{ ${http} }, { ${fromClient} }]`),
		{ 'web < client tcp/80': 'allow', 'web < stranger tcp/80': 'redirect' },
	],
	[
		'server names redirect',
		cnp('egress: [{ toPorts: [{ ports: [{ port: "443", protocol: TCP }], serverNames: [a.example.com] }] }]'),
		{ 'web > world tcp/443': 'redirect' },
	],
	[
		'rules add up, over policies',
		documents(cnp(`ingress: [{ ${fromClient} }]`), cnp('ingress: [{ fromEntities: [host] }]', { name: 'two' })),
		{ 'web < client tcp/1': 'allow', 'web < host tcp/1': 'allow', 'web < world tcp/1': 'deny' },
	],
	[
		'a denial outdoes every allow',
		cnp(`ingress: [{ fromEntities: [all] }], ingressDeny: [{ ${fromClient}, ${tcp80} }]`),
		{ 'web < client tcp/80': 'deny', 'web < client tcp/81': 'allow', 'web < stranger tcp/80': 'allow' },
	],
	[
		'denials alone deny by default, too',
		cnp(`ingressDeny: [{ ${fromClient} }]`),
		{ 'web < stranger tcp/1': 'deny', 'web > client tcp/1': 'allow' },
	],
	[
		'enableDefaultDeny: false leaves the rest alone',
		cnp(`ingressDeny: [{ ${fromClient} }], enableDefaultDeny: { ingress: false }`),
		{ 'web < stranger tcp/1': 'allow', 'web < client tcp/1': 'deny' },
	],
	[
		'enableDefaultDeny: true isolates without rules',
		cnp(`ingress: [{ ${fromClient} }], enableDefaultDeny: { egress: true }`),
		{ 'web > client tcp/1': 'deny' },
	],
	[
		'one policy that isolates is enough',
		documents(
			cnp(`ingress: [{ ${fromClient} }], enableDefaultDeny: { ingress: false }`),
			cnp('ingress: [{}]', { name: 'two' }),
		),
		{ 'web < client tcp/1': 'allow', 'web < stranger tcp/1': 'deny' },
	],
]);

truthTable('audit mode of a policy', [
	[
		'what it denies is forwarded and reported',
		cnp(`ingress: [{ fromEntities: [all] }], ingressDeny: [{ ${fromClient} }]`, { annotations: AUDIT }),
		{ 'web < client tcp/1': 'audit', 'web < host tcp/1': 'allow' },
	],
	[
		'its default deny as well',
		cnp(`ingress: [{ ${fromClient} }]`, { annotations: AUDIT }),
		{ 'web < client tcp/1': 'allow', 'web < host tcp/1': 'audit' },
	],
	[
		"another policy's denial stands",
		documents(cnp('ingress: [{}]', { annotations: AUDIT }), cnp(`ingress: [{ ${fromClient} }]`, { name: 'two' })),
		{ 'web < client tcp/1': 'allow', 'web < host tcp/1': 'deny' },
	],
	[
		'an L7 rule stands',
		documents(
			cnp(`ingressDeny: [{ ${fromClient} }]`, { annotations: AUDIT }),
			cnp(`ingress: [{ ${http} }]`, { name: 'two' }),
		),
		{ 'web < client tcp/80': 'redirect', 'web < client tcp/81': 'deny' },
	],
	[
		'"false" is no audit mode',
		cnp('ingress: [{}]', { annotations: 'policy.heddle.io/audit-mode: "false"' }),
		{ 'web < client tcp/1': 'deny' },
	],
]);
