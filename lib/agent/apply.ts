import { isPolicy, namespaceOf, POLICY_KINDS } from '../documents/document.js';
import type { DocumentKind, HeddleDocument, PolicyDocument } from '../documents/document.js';
import type { DocumentIssue } from '../documents/issue.js';
import { readInputs } from '../datapath/policy-input.js';
import { POD_KIND } from '../pods/pod-table.js';
import { refuseUsedGateways } from '../pods/gateways.js';
import { gatewaysOf } from '../pods/pod-networks.js';
import type { PodRow } from '../pods/pod-row.js';
import { reroute, withRoutes } from '../pods/reroute.js';
import type { StoreChange } from '../store/store.js';
import type { AgentInput } from './agent.js';
import type { AgentParts } from './agent-parts.js';
import { describePod, documentChange } from './document-table.js';
import { unreadNode } from './node-blocks.js';
import { peersTouched, refreshPeers } from './known-peers.js';
import { relabelRows } from './relabel.js';
import { createUndo, type Undo } from './undo.js';

type AgentDocument = Extract<
	HeddleDocument,
	| {
			kind:
				| 'CiliumPodIPPool'
				| 'CiliumNode'
				| 'IsovalentPodNetwork'
				| 'Namespace'
				| 'Node'
				| 'Service'
				| 'EndpointSlice'
				| 'Pod';
	  }
	| PolicyDocument
>;

export const AGENT_KINDS: readonly DocumentKind[] = [
	'CiliumPodIPPool',
	'CiliumNode',
	'IsovalentPodNetwork',
	'Namespace',
	'Node',
	'Service',
	'EndpointSlice',
	'Pod',
	...POLICY_KINDS,
];

/** Of these, what pods are on depends: pools before networks, networks before pods, policies last. */
export interface DocumentEdit {
	readonly name: string;
	/** Undefined: it goes. */
	readonly document: AgentDocument | undefined;
}

export function applyInputs(
	parts: AgentParts,
	inputs: readonly AgentInput[],
): { readonly warnings: readonly DocumentIssue[] } {
	const { documents, warnings } = readInputs(inputs, isAgentDocument, AGENT_KINDS);
	const edits = Array.from(documents, ([name, document]) => ({ name, document }));
	return { warnings: [...warnings, ...applyEdits(parts, edits)] };
}

/** All or nothing: pools and routes are put back by hand, everything in the kernel's maps by the datapath. */
export function applyEdits(parts: AgentParts, edits: readonly DocumentEdit[]): readonly DocumentIssue[] {
	const undo = createUndo();
	try {
		return parts.datapath.transaction(() => editAll(parts, edits, undo));
	} catch (error) {
		undo.run();
		throw error;
	}
}

function editAll(parts: AgentParts, edits: readonly DocumentEdit[], undo: Undo): readonly DocumentIssue[] {
	const former = edits.map(({ name }) => documentChange(name, knownDocument(parts, name)));
	const plain = edits.filter(({ document }) => document !== undefined && !isPolicy(document));
	const touched = peersTouched(plain.flatMap(({ name, document }) => [document, parts.documents.get(name)]));
	const told = AGENT_KINDS.flatMap((kind) =>
		plain.filter(({ document }) => document?.kind === kind).flatMap((edit) => applyEdit(parts, edit, undo)),
	);
	const rows = changedRows(parts, plain);
	rerouteAll(parts, rows, undo);
	const before = rows.map(({ id }) => parts.table.get(id)!);
	relabelRows(parts, rows, undo);
	refreshPeers(parts, touched);
	const policies = edits.flatMap(({ document }) => (document !== undefined && isPolicy(document) ? [document] : []));
	const { warnings } = parts.datapath.policies.apply(...policies);
	parts.store.write([
		...edits.map(({ name, document }) => documentChange(name, document)),
		...rows.map(rowChange),
		...(parts.blocks?.changes() ?? []),
	]);
	undo.add(() => parts.store.write([...former, ...before.map(rowChange)]));
	return [...told, ...warnings];
}

function knownDocument({ documents, datapath }: AgentParts, name: string): HeddleDocument | undefined {
	return documents.get(name) ?? datapath.policies.get(name);
}

function rowChange(row: PodRow): StoreChange {
	return { kind: POD_KIND, key: row.id, value: row };
}

/** @returns warnings */
export function applyEdit(parts: AgentParts, { name, document }: DocumentEdit, undo: Undo): readonly DocumentIssue[] {
	const former = parts.documents.get(name);
	let warnings: readonly DocumentIssue[] = [];
	if (document?.kind === 'CiliumPodIPPool') {
		putPool(parts, document, undo);
	} else if (document?.kind === 'IsovalentPodNetwork') {
		putNetwork(parts, document, undo);
	} else if (document?.kind === 'CiliumNode') {
		warnings = putNode(parts, document, undo);
	}
	parts.documents.set(name, document);
	undo.add(() => parts.documents.set(name, former));
	return warnings;
}

function putNode({ blocks }: AgentParts, document: Node, undo: Undo): readonly DocumentIssue[] {
	if (blocks === undefined) {
		return unreadNode(document);
	}
	return document.metadata.name === blocks.nodeName ? blocks.put(document, undo) : [];
}

function putPool({ ipam, documents }: AgentParts, { metadata: { name }, spec }: Pool, undo: Undo): void {
	const former = documents.find('CiliumPodIPPool', name);
	if (former === undefined) {
		ipam.addPool(name, spec);
		undo.add(() => void ipam.removePool(name));
	} else {
		ipam.updatePool(name, spec);
		undo.add(() => ipam.updatePool(name, former.spec));
	}
}

function putNetwork(parts: AgentParts, { metadata: { name }, spec }: Network, undo: Undo): void {
	const { networks, datapath, documents, ipam } = parts;
	const former = documents.find('IsovalentPodNetwork', name)?.spec;
	const before = networks.has(name) ? networks.get(name) : undefined;
	networks.set(name, spec);
	undo.add(() => networks.set(name, former));
	refuseUsedGateways(networks.get(name), before, ipam.allocations());
	const gateways = gatewaysOf(networks.get(name));
	const known = datapath.networks.get(name);
	if (known === undefined) {
		datapath.networks.create(name, { gateways });
	} else {
		known.setGateways(gateways);
	}
}

/** Rows of pods whose routes or labels are others now. */
function changedRows(parts: AgentParts, edits: readonly DocumentEdit[]): PodRow[] {
	const rows = new Map<string, PodRow>();
	const rerouted = edits.some(({ document }) => document?.kind === 'IsovalentPodNetwork');
	for (const row of rerouted ? parts.table : []) {
		const next = withRoutes(parts.networks, row);
		if (next !== row) {
			rows.set(row.id, next);
		}
	}
	for (const { document } of edits) {
		if (document?.kind === 'Namespace') {
			parts.table.inNamespace(document.metadata.name).forEach((row) => rows.set(row.id, rows.get(row.id) ?? row));
		}
		if (document?.kind === 'Pod') {
			for (const row of parts.table.named(namespaceOf(document), document.metadata.name)) {
				const { labels = {}, serviceAccount } = describePod(document);
				const pod = { ...row.pod, labels, ...(serviceAccount === undefined ? {} : { serviceAccount }) };
				rows.set(row.id, { ...(rows.get(row.id) ?? row), pod });
			}
		}
	}
	return [...rows.values()];
}

function rerouteAll({ table }: AgentParts, rows: readonly PodRow[], undo: Undo): void {
	for (const row of rows) {
		const former = table.get(row.id)!;
		undo.add(() => reroute(row, former));
		reroute(former, row);
	}
}

type Pool = Extract<HeddleDocument, { kind: 'CiliumPodIPPool' }>;
type Node = Extract<HeddleDocument, { kind: 'CiliumNode' }>;
type Network = Extract<HeddleDocument, { kind: 'IsovalentPodNetwork' }>;

export function isAgentDocument(document: HeddleDocument): document is AgentDocument {
	return AGENT_KINDS.includes(document.kind);
}
