import { policyMetadata } from './audit.js';
import { fieldOf, list, listOf, object, optional, refine, required, type Check } from './check.js';
import type { Mapping, Place } from './check.js';
import { cidr, holesWithin } from './cidrs.js';
import type { KubernetesPeer, KubernetesPolicySpec, KubernetesPort } from './kubernetes-policy.js';
import { labelSelector } from './label-selector.js';
import { namespacedMetadata } from './metadata.js';
import { SCTP, TCP, UDP } from '../policy/protocols.js';
import { isPort, MAX_PORT, numberOrName } from './ports.js';
import { integer, oneOf } from './scalars.js';

const PROTOCOLS = { TCP, UDP, SCTP };

const port: Check<KubernetesPort> = refine(
	object(
		{
			protocol: optional(oneOf('TCP', 'UDP', 'SCTP')),
			port: optional(numberOrName),
			endPort: optional(integer(1, MAX_PORT)),
		},
		{ across: checkRange },
	),
	({ protocol = 'TCP', ...rest }) => ({ ...rest, protocol: PROTOCOLS[protocol] }),
);

const peer: Check<KubernetesPeer> = object(
	{
		podSelector: optional(labelSelector),
		namespaceSelector: optional(labelSelector),
		ipBlock: optional(object({ cidr: required(cidr), except: optional(list(cidr)) }, { across: holesWithin(true) })),
	},
	{ across: checkPeer },
);

const ports = optional(list(port));
const peers = optional(list(peer));

/** Of a policy without `spec`: every pod of the namespace, and nobody may reach them. */
export const EMPTY_SPEC: KubernetesPolicySpec = { policyTypes: ['Ingress'] };

export const policySpec: Check<KubernetesPolicySpec> = refine(
	object({
		podSelector: optional(labelSelector),
		policyTypes: optional(listOf(oneOf('Ingress', 'Egress'), 0, 2)),
		ingress: optional(list(object({ from: peers, ports }))),
		egress: optional(list(object({ to: peers, ports }))),
	}),
	(spec) => ({ ...spec, policyTypes: typesOf(spec) }),
);

export const networkPolicy = {
	fields: { metadata: required(policyMetadata(namespacedMetadata)), spec: optional(policySpec) },
	defaults: { spec: EMPTY_SPEC },
};

type Written = Omit<KubernetesPolicySpec, 'policyTypes'> & Partial<KubernetesPolicySpec>;

function typesOf({ policyTypes = [], egress = [] }: Written): KubernetesPolicySpec['policyTypes'] {
	if (policyTypes.length > 0) {
		return [...new Set(policyTypes)];
	}
	return egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
}

function checkRange(value: Mapping, { path, report }: Place): void {
	const first = fieldOf(value, 'port');
	const last = fieldOf(value, 'endPort');
	if (last === undefined) {
		return;
	}
	if (!isPort(first, 1)) {
		report.wrong([...path, 'endPort'], last, `none ${first === undefined ? 'without a port' : 'with a name'}`);
	} else if (typeof last === 'number' && last < first) {
		report.wrong([...path, 'endPort'], last, `at least ${first}, the port`);
	}
}

function checkPeer(value: Mapping, { path, report }: Place): void {
	const found = ['podSelector', 'namespaceSelector', 'ipBlock'].filter((name) => fieldOf(value, name) !== undefined);
	if (found.length === 0) {
		report.refuse(path, 'found no peer, expected podSelector, namespaceSelector or ipBlock');
	}
	if (found.length > 1 && found.includes('ipBlock')) {
		report.refuse([...path, 'ipBlock'], 'found beside selectors, expected alone; write an entry for each');
	}
}
