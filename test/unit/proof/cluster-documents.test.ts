import { AUDIT, clusterPolicy, cnp, documents, np } from './support/ask.js';
import { truthTable } from './support/table.js';

const others = '{ namespaces: { matchLabels: { kubernetes.io/metadata.name: other } } }';
const everyPod = '{ namespaces: {} }';
const rule = (action: string, peers: string, more = '') => `{ action: ${action}, from: [${peers}]${more} }`;
const to = (action: string, peers: string, more = '') => `{ action: ${action}, to: [${peers}]${more} }`;
const tcp = (port: string) => `, protocols: [{ tcp: { destinationPort: ${port} } }]`;

const admin = (rules: string, priority = 10, more = {}) =>
	clusterPolicy('Admin', priority, rules, { name: `admin-${priority}`, ...more });
const baseline = (rules: string, priority = 10) => clusterPolicy('Baseline', priority, rules, { name: 'baseline' });

truthTable('a ClusterNetworkPolicy', [
	[
		'isolates nobody',
		admin(`ingress: [${rule('Deny', others)}]`),
		{
			'web < stranger tcp/1': 'deny',
			'web < client tcp/1': 'allow',
			'web < world tcp/1': 'allow',
			'stranger < stranger tcp/1': 'allow',
		},
	],
	[
		'asks its rules in their order',
		admin(`ingress: [${rule('Accept', others)}, ${rule('Deny', everyPod)}]`),
		{ 'web < stranger tcp/1': 'allow', 'web < client tcp/1': 'deny' },
	],
	[
		'asks lower priorities first',
		documents(admin(`ingress: [${rule('Deny', everyPod)}]`, 20), admin(`ingress: [${rule('Accept', others)}]`, 10)),
		{ 'web < stranger tcp/1': 'allow', 'web < client tcp/1': 'deny' },
	],
	[
		'outdoes policies of namespaces, either way',
		documents(
			admin(`ingress: [${rule('Accept', others)}, ${rule('Deny', everyPod)}]`),
			cnp('ingress: [{ fromEntities: [cluster] }]', { name: 'two' }),
		),
		{
			'web < stranger tcp/1': 'allow',
			'web < client tcp/1': 'deny',
			'web < host tcp/1': 'allow',
			'web < world tcp/1': 'deny',
		},
	],
	[
		'accepts what a NetworkPolicy isolates',
		documents(admin(`ingress: [${rule('Accept', others)}]`), np('policyTypes: [Ingress]')),
		{ 'web < stranger tcp/1': 'allow', 'web < client tcp/1': 'deny' },
	],
	[
		'passes on to the policies of namespaces',
		documents(
			admin(`ingress: [${rule('Pass', others)}, ${rule('Deny', everyPod)}]`),
			np('ingress: [{ from: [{ namespaceSelector: {} }] }]'),
		),
		{ 'web < stranger tcp/1': 'allow', 'web < client tcp/1': 'deny' },
	],
	[
		'passes nothing further that has nobody to decide',
		admin(`ingress: [${rule('Pass', others)}, ${rule('Deny', everyPod)}]`),
		{ 'web < stranger tcp/1': 'allow' },
	],
	[
		'of equals, denies before it passes before it accepts',
		documents(
			clusterPolicy('Admin', 10, `ingress: [${rule('Accept', everyPod)}]`, { name: 'a' }),
			clusterPolicy('Admin', 10, `ingress: [${rule('Deny', others)}]`, { name: 'b' }),
		),
		{ 'web < stranger tcp/1': 'deny', 'web < client tcp/1': 'allow' },
	],
]);

truthTable('the baseline', [
	[
		'decides where nobody has',
		baseline(`ingress: [${rule('Deny', everyPod)}]`),
		{ 'web < client tcp/1': 'deny', 'web < world tcp/1': 'allow' },
	],
	[
		'is not asked where a policy isolates',
		documents(baseline(`ingress: [${rule('Accept', everyPod)}]`), np('policyTypes: [Ingress]')),
		{ 'web < client tcp/1': 'deny' },
	],
	[
		'is not asked where a policy has spoken',
		documents(
			baseline(`ingress: [${rule('Deny', everyPod)}]`),
			cnp('ingress: [{ fromEndpoints: [{ matchLabels: { app: client } }] }], enableDefaultDeny: { ingress: false }'),
		),
		{ 'web < client tcp/1': 'allow', 'web < stranger tcp/1': 'deny' },
	],
	[
		'is not asked where an admin has',
		documents(baseline(`ingress: [${rule('Deny', everyPod)}]`), admin(`ingress: [${rule('Accept', others)}]`)),
		{ 'web < stranger tcp/1': 'allow', 'web < client tcp/1': 'deny' },
	],
	[
		'is asked where an admin passes',
		documents(baseline(`ingress: [${rule('Deny', everyPod)}]`), admin(`ingress: [${rule('Pass', everyPod)}]`)),
		{ 'web < stranger tcp/1': 'deny' },
	],
	[
		'passes to nobody',
		baseline(`ingress: [${rule('Pass', everyPod)}, ${rule('Deny', everyPod)}]`),
		{ 'web < client tcp/1': 'allow' },
	],
	[
		'is asked where the isolation is audited, and that is reported',
		documents(
			baseline(`ingress: [${rule('Accept', others)}, ${rule('Deny', everyPod)}]`),
			np('policyTypes: [Ingress]', { annotations: AUDIT }),
		),
		{ 'web < stranger tcp/1': 'audit', 'web < client tcp/1': 'deny', 'web < host tcp/1': 'audit' },
	],
]);

truthTable('subjects and peers of a ClusterNetworkPolicy', [
	[
		'pods of namespaces',
		admin(
			`ingress: [${rule('Deny', '{ pods: { namespaceSelector: {}, podSelector: { matchLabels: { app: client } } } }')}]`,
		),
		{ 'web < client tcp/1': 'deny', 'web < stranger tcp/1': 'deny', 'web < web tcp/1': 'allow' },
	],
	[
		'nodes',
		admin(`egress: [${to('Deny', '{ nodes: { matchLabels: { role: worker } } }')}]`),
		{ 'web > worker tcp/1': 'deny', 'web > master tcp/1': 'allow', 'web > client tcp/1': 'allow' },
	],
	[
		'networks, outside',
		admin(`egress: [${to('Deny', '{ networks: [10.1.0.0/16, "fd00::/8"] }')}]`),
		{
			'web > tenOne tcp/1': 'deny',
			'web > ten tcp/1': 'allow',
			'web > sixOne tcp/1': 'deny',
			'web > client tcp/1': 'allow',
		},
	],
	[
		'networks, of pods too where that is asked for: one address is enough to deny',
		admin(`egress: [${to('Deny', '{ networks: [10.1.0.0/16] }')}]`),
		{ 'web > client tcp/1': 'deny', 'web > web tcp/1': 'deny', 'web > stranger tcp/1': 'allow' },
		{ ipBlocks: 'endpoints' },
	],
	[
		'and to accept, all must lie in it',
		admin(`egress: [${to('Accept', '{ networks: [10.1.0.0/16] }')}, ${to('Deny', everyPod)}]`),
		{ 'web > web tcp/1': 'allow', 'web > client tcp/1': 'deny' },
		{ ipBlocks: 'endpoints' },
	],
	[
		'domain names: the star is any number of labels',
		admin(
			`egress: [${to('Accept', '{ domainNames: ["*.example.com"] }')}, ${to('Deny', '{ networks: ["0.0.0.0/0"] }')}]`,
		),
		{ 'web > example tcp/1': 'allow', 'web > deep tcp/1': 'allow', 'web > ten tcp/1': 'deny' },
	],
	[
		'a domain name is that name',
		admin(`egress: [${to('Accept', '{ domainNames: [example.com] }')}, ${to('Deny', '{ networks: ["0.0.0.0/0"] }')}]`),
		{ 'web > example tcp/1': 'deny' },
	],
]);

truthTable('ports of a ClusterNetworkPolicy', [
	[
		'a number',
		admin(`ingress: [${rule('Deny', everyPod, tcp('{ number: 80 }'))}]`),
		{ 'web < client tcp/80': 'deny', 'web < client tcp/81': 'allow', 'web < client udp/80': 'allow' },
	],
	[
		'a range',
		admin(`ingress: [${rule('Deny', everyPod, tcp('{ range: { start: 80, end: 90 } }'))}]`),
		{
			'web < client tcp/79': 'allow',
			'web < client tcp/80': 'deny',
			'web < client tcp/90': 'deny',
			'web < client tcp/91': 'allow',
		},
	],
	[
		'a name, of whatever protocol',
		admin(`ingress: [${rule('Deny', everyPod, ', protocols: [{ destinationNamedPort: dns }]')}]`),
		{ 'web < client udp/53': 'deny', 'web < client tcp/5353': 'deny', 'web < client tcp/53': 'allow' },
	],
]);

truthTable('a ClusterNetworkPolicy of a later version', [
	[
		'accepts nothing by a rule with a peer it does not know',
		admin(`ingress: [${rule('Accept', `${others}, { later: {} }`)}, ${rule('Deny', everyPod)}]`),
		{ 'web < stranger tcp/1': 'deny' },
	],
	[
		'denies everything by such a rule that denies',
		admin(`ingress: [${rule('Deny', '{ later: {} }')}]`),
		{ 'web < client tcp/1': 'deny', 'web < world gre': 'deny', 'web > client tcp/1': 'allow' },
	],
	[
		'denies everything by such a rule that passes',
		admin(`ingress: [${rule('Pass', '{ later: {} }')}]`),
		{ 'web < host tcp/1': 'deny' },
	],
]);
