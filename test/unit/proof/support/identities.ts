import { createLabelSet } from '../../../../lib/labels/label-set.js';
import { podIdentityLabels } from '../../../../lib/labels/pod-labels.js';
import { RESERVED_IDENTITIES } from '../../../../lib/labels/reserved.js';
import type { NamedPort, PolicyIdentity } from '../../../../lib/rules/policy-identity.js';

const NAMESPACES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
	default: { env: 'prod' },
	other: { env: 'test' },
};

function pod(
	namespace: string,
	labels: Readonly<Record<string, string>>,
	more: {
		readonly network?: string;
		readonly namedPorts?: readonly NamedPort[];
		readonly addresses?: readonly string[];
	} = {},
): Omit<PolicyIdentity, 'id'> {
	const { network = 'default', ...rest } = more;
	const namespaceLabels = NAMESPACES[namespace] ?? {};
	return { labels: podIdentityLabels({ namespace, labels, network, namespaceLabels }), ...rest };
}

function outside(...labels: string[]): Omit<PolicyIdentity, 'id'> {
	return { labels: createLabelSet(labels) };
}

const OWN: Readonly<Record<string, Omit<PolicyIdentity, 'id'>>> = {
	web: pod(
		'default',
		{ app: 'web', tier: 'front' },
		{
			namedPorts: [
				{ name: 'http', protocol: 6, port: 80 },
				{ name: 'dns', protocol: 17, port: 53 },
				{ name: 'dns', protocol: 6, port: 5353 },
			],
			addresses: ['10.1.0.1', 'fd00:1::1'],
		},
	),
	client: pod('default', { app: 'client' }, { addresses: ['10.1.0.2', '10.2.0.2'] }),
	stranger: pod(
		'other',
		{ app: 'client' },
		{
			namedPorts: [{ name: 'http', protocol: 6, port: 8080 }],
			addresses: ['192.168.0.1'],
		},
	),
	blue: pod('default', { app: 'web' }, { network: 'blue', addresses: ['10.1.0.1'] }),
	worker: outside('reserved:remote-node', 'node:role=worker', 'node:zone=a'),
	master: outside('reserved:remote-node', 'node:role=master'),
	ten: outside('cidr:10.0.0.0/8', 'reserved:world-ipv4'),
	tenOne: outside('cidr:10.1.0.0/16', 'reserved:world-ipv4'),
	tenOneHost: outside('cidr:10.1.0.9/32', 'reserved:world-ipv4'),
	six: outside('cidr:fd00::/8', 'reserved:world-ipv6'),
	sixOne: outside('cidr:fd00:1::/32', 'reserved:world-ipv6'),
	example: outside('fqdn:www.example.com', 'reserved:world-ipv4'),
	deep: outside('fqdn:a.b.example.com', 'cidr:10.0.0.0/8', 'reserved:world-ipv4'),
};

const RESERVED: Readonly<Record<number, string>> = {
	1: 'host',
	2: 'world',
	3: 'unmanaged',
	4: 'health',
	5: 'init',
	6: 'remote-node',
	7: 'kube-apiserver',
	8: 'ingress',
	9: 'world-ipv4',
	10: 'world-ipv6',
};

/** By the names that the tests' questions use. */
export const IDENTITIES: ReadonlyMap<string, PolicyIdentity> = new Map([
	...RESERVED_IDENTITIES.map((identity) => [RESERVED[identity.id]!, identity] as const),
	...Object.entries(OWN).map(([name, own], i) => [name, { id: 256 + i, ...own }] as const),
]);

export function identity(name: string): PolicyIdentity {
	const known = IDENTITIES.get(name);
	if (known === undefined) {
		throw new Error(`${name}: no such identity in this test`);
	}
	return known;
}
