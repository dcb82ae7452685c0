import { namespaceOf, type HeddleDocument, type Node } from '../documents/document.js';
import type { PolicyService } from '../rules/context.js';
import { serviceOf, servicesOf } from '../rules/services.js';
import type { AgentParts } from './agent-parts.js';

/** Services and nodes of whom a change of documents tells something else. */
export interface TouchedPeers {
	/** `namespace/name` */
	readonly services: ReadonlySet<string>;
	readonly nodes: ReadonlySet<string>;
}

/** `documents`: as they were and as they are to be. */
export function peersTouched(documents: Iterable<HeddleDocument | undefined>): TouchedPeers {
	const services = new Set<string>();
	const nodes = new Set<string>();
	for (const document of documents) {
		if (document?.kind === 'Service') {
			services.add(`${namespaceOf(document)}/${document.metadata.name}`);
		} else if (document?.kind === 'EndpointSlice') {
			services.add(serviceOf(document));
		} else if (document?.kind === 'Node') {
			nodes.add(document.metadata.name);
		}
	}
	return { services, nodes };
}

/** Tells the datapath what the agent's documents say of these now. Within a transaction. */
export function refreshPeers(parts: AgentParts, { services, nodes }: TouchedPeers): void {
	if (services.size > 0) {
		refreshServices(parts, services);
	}
	nodes.forEach((name) => refreshNode(parts, name));
}

function refreshServices({ documents, datapath }: AgentParts, touched: ReadonlySet<string>): void {
	const keyOf = ({ namespace, name }: PolicyService) => `${namespace}/${name}`;
	const told = new Map(servicesOf(documents).map((service) => [keyOf(service), service]));
	const known = new Map(Array.from(datapath.policies.services, (service) => [keyOf(service), service]));
	for (const key of touched) {
		const service = told.get(key);
		if (service === undefined) {
			datapath.policies.services.delete(key);
		} else if (!isSame(service, known.get(key))) {
			datapath.policies.services.set(service);
		}
	}
}

/** A node of which no address is known is no way to anybody. */
function refreshNode({ documents, datapath }: AgentParts, name: string): void {
	const { nodes } = datapath.policies;
	const document = documents.find('Node', name);
	const node = document && describeNode(document);
	const known = [...nodes].find((one) => one.name === name);
	if (node === undefined || node.addresses.length === 0) {
		nodes.delete(name);
	} else if (!isSame(node, known)) {
		nodes.set(node);
	}
}

function describeNode({ metadata, status }: Node) {
	return { name: metadata.name, labels: metadata.labels ?? {}, addresses: status?.addresses ?? [] };
}

function isSame(a: object, b: object | undefined): boolean {
	const text = (value: object = {}) => JSON.stringify(Object.entries(value).sort(([x], [y]) => (x < y ? -1 : 1)));
	return b !== undefined && text(a) === text(b);
}
