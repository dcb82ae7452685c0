import { tryParseAddress } from '../addresses/address.js';
import { SCTP, TCP, UDP } from '../policy/protocols.js';
import type { NamedPort } from '../rules/policy-identity.js';
import { fieldOf, isMapping, itemsOf, list, object, optional, refine, required, type Check } from './check.js';
import { name, namespacedMetadata, type Metadata } from './metadata.js';
import { NAME, NAME_LENGTH } from './names.js';
import { CONTAINER_IGNORED, POD_SPEC_IGNORED } from './pod-fields.js';
import { MAX_PORT, portName } from './ports.js';
import { integer, oneOf, string } from './scalars.js';

export const NETWORKS_ANNOTATION = 'network.v1alpha1.isovalent.com/pod-networks';

const PROTOCOLS = { TCP, UDP, SCTP };

export interface PodContainerPort {
	readonly name?: string;
	readonly containerPort: number;
	readonly protocol?: 'TCP' | 'UDP' | 'SCTP';
}

export interface PodContainer {
	readonly name?: string;
	readonly ports?: readonly PodContainerPort[];
	/** `Always`: a container that starts first and stays. */
	readonly restartPolicy?: string;
}

export interface PodSpec {
	readonly serviceAccountName?: string;
	readonly containers?: readonly PodContainer[];
	readonly initContainers?: readonly PodContainer[];
}

/** What a cluster has found out about a pod. */
export interface PodStatus {
	readonly podIPs: readonly string[];
}

const port: Check<PodContainerPort> = object(
	{
		name: optional(portName),
		containerPort: required(integer(1, MAX_PORT)),
		protocol: optional(oneOf('TCP', 'UDP', 'SCTP')),
	},
	{ ignored: ['hostIP', 'hostPort'] },
);

const container: Check<PodContainer> = object(
	{ name: optional(string()), ports: optional(list(port)), restartPolicy: optional(string()) },
	{ ignored: CONTAINER_IGNORED },
);

const spec: Check<PodSpec> = object(
	{
		serviceAccountName: optional(name),
		containers: optional(list(container)),
		initContainers: optional(list(container)),
	},
	{
		ignored: [...POD_SPEC_IGNORED, 'hostNetwork'],
		across: (value, { path, report }) => {
			const found = fieldOf(value, 'hostNetwork');
			if (found !== undefined && found !== false) {
				report.wrong([...path, 'hostNetwork'], found, 'false: a pod on the network of the host has no endpoint');
			}
		},
	},
);

const metadata: Check<Metadata> = refine(namespacedMetadata, (found: Metadata, { path, report }) => {
	const names = splitNetworks(found);
	const wrong = names.find((text) => text.length > NAME_LENGTH || !NAME.test(text));
	const at = [...path, 'annotations', NETWORKS_ANNOTATION];
	if (wrong !== undefined) {
		return report.wrong(at, wrong, 'names of networks with commas between them');
	}
	return new Set(names).size === names.length ? found : report.wrong(at, names.join(), 'every network once');
});

/** Lenient: it is not the user's, and only addresses in it count. */
const status: Check<PodStatus> = (value) => {
	const found = isMapping(value) ? [fieldOf(value, 'podIP'), ...itemsOf(value, 'podIPs').map(addressIn)] : [];
	const addresses = found.filter((text) => typeof text === 'string' && tryParseAddress(text) !== undefined);
	return { podIPs: [...new Set(addresses as string[])] };
};

export const pod = {
	fields: { metadata: required(metadata), spec: optional(spec), status: optional(status) },
};

/** The networks that a pod asks for, the primary one first. */
export function networksOf(document: { readonly metadata: Metadata }): readonly string[] {
	return splitNetworks(document.metadata);
}

/** Ports that the pod's containers have given a name; of several with the same one, the first, as in Kubernetes. */
export function namedPortsOf(document: { readonly spec?: PodSpec }): readonly NamedPort[] {
	const { containers = [], initContainers = [] } = document.spec ?? {};
	const staying = initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always');
	const named = new Map<string, NamedPort>();
	for (const { name: text, containerPort, protocol = 'TCP' } of [...containers, ...staying].flatMap(portsOf)) {
		const key = `${text} ${protocol}`;
		if (text !== undefined && !named.has(key)) {
			named.set(key, { name: text, protocol: PROTOCOLS[protocol], port: containerPort });
		}
	}
	return [...named.values()];
}

/** The addresses that a cluster has given the pod, where the document tells. */
export function addressesOf(document: { readonly status?: PodStatus }): readonly string[] {
	return document.status?.podIPs ?? [];
}

function portsOf({ ports = [] }: PodContainer): readonly PodContainerPort[] {
	return ports;
}

function addressIn(value: unknown): unknown {
	return isMapping(value) ? fieldOf(value, 'ip') : undefined;
}

function splitNetworks(found: Metadata): string[] {
	const text = found.annotations?.[NETWORKS_ANNOTATION];
	return text === undefined ? ['default'] : text.split(',').map((part) => part.trim());
}
