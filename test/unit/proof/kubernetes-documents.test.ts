import { cnp, documents, mnp, np } from './support/ask.js';
import { truthTable } from './support/table.js';

const from = (peers: string, ports = '') => np(`ingress: [{ from: [${peers}]${ports} }]`);

truthTable('peers of a NetworkPolicy', [
	[
		'pods are those of its namespace',
		from('{ podSelector: { matchLabels: { app: client } } }'),
		{ 'web < client tcp/1': 'allow', 'web < stranger tcp/1': 'deny', 'web > client tcp/1': 'allow' },
	],
	[
		'an empty pod selector is every pod of it',
		from('{ podSelector: {} }'),
		{
			'web < client tcp/1': 'allow',
			'web < web tcp/1': 'allow',
			'web < stranger tcp/1': 'deny',
			'web < host tcp/1': 'deny',
		},
	],
	[
		'namespaces are all their pods',
		from('{ namespaceSelector: { matchLabels: { env: test } } }'),
		{ 'web < stranger tcp/1': 'allow', 'web < client tcp/1': 'deny' },
	],
	[
		'an empty namespace selector is every pod, and nobody else',
		from('{ namespaceSelector: {} }'),
		{
			'web < stranger tcp/1': 'allow',
			'web < client tcp/1': 'allow',
			'web < host tcp/1': 'deny',
			'web < world tcp/1': 'deny',
		},
	],
	[
		'namespaces that lack a label are namespaces all the same',
		from('{ namespaceSelector: { matchExpressions: [{ key: gone, operator: DoesNotExist }] } }'),
		{ 'web < stranger tcp/1': 'allow', 'web < host tcp/1': 'deny', 'web < ten tcp/1': 'deny' },
	],
	[
		'both selectors must hold',
		from('{ namespaceSelector: { matchLabels: { env: test } }, podSelector: { matchLabels: { app: web } } }'),
		{ 'web < stranger tcp/1': 'deny', 'web < web tcp/1': 'deny' },
	],
	[
		'every namespace has its name as a label',
		from('{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: other } } }'),
		{ 'web < stranger tcp/1': 'allow', 'web < client tcp/1': 'deny' },
	],
	[
		'several peers are any of them',
		from('{ podSelector: { matchLabels: { app: client } } }, { ipBlock: { cidr: 10.0.0.0/8, except: [10.1.0.0/16] } }'),
		{ 'web < client tcp/1': 'allow', 'web < ten tcp/1': 'allow', 'web < tenOne tcp/1': 'deny' },
	],
	[
		'no list is everyone',
		np('ingress: [{}]'),
		{ 'web < client tcp/1': 'allow', 'web < world tcp/1': 'allow', 'web < host gre': 'allow' },
	],
	['an empty list is everyone', from(''), { 'web < client tcp/1': 'allow', 'web < world tcp/1': 'allow' }],
]);

truthTable('ipBlock', [
	[
		'means what is outside',
		from('{ ipBlock: { cidr: 10.0.0.0/8 } }'),
		{ 'web < ten tcp/1': 'allow', 'web < client tcp/1': 'deny' },
	],
	[
		'means pods by address where that is asked for, if all their addresses lie in it',
		from('{ ipBlock: { cidr: 10.1.0.0/16 } }'),
		{
			'web < tenOne tcp/1': 'allow',
			'web < web tcp/1': 'allow',
			'web < client tcp/1': 'deny',
			'web < stranger tcp/1': 'deny',
		},
		{ ipBlocks: 'endpoints' },
	],
	[
		'and in no exception',
		from('{ ipBlock: { cidr: 10.0.0.0/8, except: [10.2.0.0/16] } }'),
		{ 'web < web tcp/1': 'allow', 'web < client tcp/1': 'deny' },
		{ ipBlocks: 'endpoints' },
	],
	[
		'counts addresses of its family only',
		from('{ ipBlock: { cidr: "fd00:1::/32" } }'),
		{ 'web < web tcp/1': 'allow', 'web < client tcp/1': 'deny' },
		{ ipBlocks: 'endpoints' },
	],
]);

truthTable('isolation by a NetworkPolicy', [
	[
		'Ingress, without rules',
		np('policyTypes: [Ingress]'),
		{ 'web < client tcp/1': 'deny', 'web > client tcp/1': 'allow' },
	],
	[
		'Egress',
		np('policyTypes: [Egress], egress: [{ to: [{ podSelector: { matchLabels: { app: client } } }] }]'),
		{ 'web > client tcp/1': 'allow', 'web > host tcp/1': 'deny', 'web < client tcp/1': 'allow' },
	],
	['no types: Ingress', np('ingress: []'), { 'web < client tcp/1': 'deny', 'web > client tcp/1': 'allow' }],
	[
		'no types, but egress rules: both',
		np('egress: [{}]'),
		{ 'web < client tcp/1': 'deny', 'web > client tcp/1': 'allow', 'web > world tcp/1': 'allow' },
	],
	[
		'rules of a type that is not listed say nothing',
		np('policyTypes: [Egress], ingress: [{}]'),
		{ 'web < client tcp/1': 'allow', 'web > client tcp/1': 'deny' },
	],
	[
		'it adds up with policies of Cilium',
		documents(
			np('ingress: [{ from: [{ podSelector: { matchLabels: { app: client } } }] }]'),
			cnp('ingressDeny: [{ fromEntities: [all], toPorts: [{ ports: [{ port: "80", protocol: TCP }] }] }]', {
				name: 'two',
			}),
		),
		{ 'web < client tcp/80': 'deny', 'web < client tcp/81': 'allow' },
	],
]);

const ports = (list: string) => np(`ingress: [{ ports: [${list}] }]`);

truthTable('ports of a NetworkPolicy', [
	[
		'are TCP unless said otherwise',
		ports('{ port: 80 }'),
		{ 'web < world tcp/80': 'allow', 'web < world udp/80': 'deny', 'web < world tcp/81': 'deny' },
	],
	[
		'a protocol alone is all its ports',
		ports('{ protocol: UDP }'),
		{ 'web < world udp/1': 'allow', 'web < world tcp/1': 'deny', 'web < world icmp/8': 'deny' },
	],
	[
		'a range',
		ports('{ port: 80, endPort: 90 }'),
		{
			'web < world tcp/79': 'deny',
			'web < world tcp/80': 'allow',
			'web < world tcp/90': 'allow',
			'web < world tcp/91': 'deny',
		},
	],
	[
		'a name of the pod that is connected to',
		ports('{ port: dns, protocol: UDP }'),
		{ 'web < world udp/53': 'allow', 'web < world tcp/5353': 'deny' },
	],
	['an empty list is everything', np('ingress: [{ ports: [] }]'), { 'web < world gre': 'allow' }],
]);

truthTable('a MultiNetworkPolicy', [
	[
		'is for the pods on its networks',
		mnp('blue', 'policyTypes: [Ingress]'),
		{ 'blue < blue tcp/1': 'deny', 'web < client tcp/1': 'allow' },
	],
	[
		'names networks with or without a namespace',
		mnp('default/red, default/blue', 'policyTypes: [Ingress]'),
		{ 'blue < blue tcp/1': 'deny', 'web < client tcp/1': 'allow' },
	],
	[
		'has peers on its networks',
		mnp('blue', 'ingress: [{ from: [{ podSelector: {} }] }]'),
		{ 'blue < blue tcp/1': 'allow', 'blue < client tcp/1': 'deny' },
	],
	[
		'may be for the default network',
		mnp('default', 'ingress: [{ from: [{ podSelector: {} }] }]'),
		{ 'web < client tcp/1': 'allow', 'web < blue tcp/1': 'deny', 'blue < client tcp/1': 'allow' },
	],
	[
		'has peers by address',
		mnp('blue', 'ingress: [{ from: [{ ipBlock: { cidr: 10.0.0.0/8 } }] }]'),
		{ 'blue < ten tcp/1': 'allow', 'blue < six tcp/1': 'deny' },
	],
	[
		'has peers by namespace',
		mnp('default', 'ingress: [{ from: [{ namespaceSelector: { matchLabels: { env: test } } }] }]'),
		{ 'web < stranger tcp/1': 'allow', 'web < client tcp/1': 'deny' },
	],
]);
