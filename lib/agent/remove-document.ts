import { documentName, isPolicy, POLICY_KINDS } from '../documents/document.js';
import type { HeddleDocument, PolicyKind } from '../documents/document.js';
import { refName } from '../datapath/policy-input.js';
import { HeddleError } from '../errors.js';
import { DEFAULT_NETWORK } from '../labels/pod-labels.js';
import type { DocumentRef } from './agent.js';
import type { AgentParts } from './agent-parts.js';
import { documentChange } from './document-table.js';
import { peersTouched, refreshPeers } from './known-peers.js';
import { relabelRows } from './relabel.js';
import { createUndo } from './undo.js';

/** @throws ERR_POOL_IN_USE, ERR_IN_USE, ERR_STORE_* */
export async function removeDocument(parts: AgentParts, ref: DocumentRef): Promise<boolean> {
	const name = nameOf(ref);
	const document = parts.documents.get(name) ?? parts.datapath.policies.get(name);
	if (document === undefined) {
		return false;
	}
	// What is written first is what a process that ends in between is found to have meant.
	if (isPolicy(document)) {
		parts.store.write([documentChange(name, undefined)]);
		return parts.datapath.policies.delete(name);
	}
	await removePlain(parts, name, document);
	return true;
}

function nameOf(ref: DocumentRef): string {
	if (typeof ref === 'string' || ref.kind === undefined || POLICY_KINDS.includes(ref.kind as PolicyKind)) {
		return refName(ref as Parameters<typeof refName>[0]);
	}
	return documentName({ kind: ref.kind, metadata: { name: ref.name, namespace: ref.namespace ?? 'default' } });
}

async function removePlain(parts: AgentParts, name: string, document: HeddleDocument): Promise<void> {
	const undo = createUndo();
	try {
		if (document.kind === 'CiliumPodIPPool') {
			parts.ipam.removePool(document.metadata.name);
			undo.add(() => parts.ipam.addPool(document.metadata.name, document.spec));
		}
		if (document.kind === 'CiliumNode' && document.metadata.name === parts.blocks?.nodeName) {
			parts.blocks.put(undefined, undo);
		}
		if (document.kind === 'IsovalentPodNetwork') {
			refuseUsed(parts, document.metadata.name);
		}
		// Peers before it is written: a process that ends in between begins with the document, and tells of it again.
		setDocument(parts, document, undefined);
		undo.add(() => setDocument(parts, document, document));
		parts.store.write([documentChange(name, undefined), ...(parts.blocks?.changes() ?? [])]);
		undo.add(() => parts.store.write([documentChange(name, document)]));
		if (document.kind === 'Namespace') {
			const rows = parts.table.inNamespace(document.metadata.name);
			parts.datapath.transaction(() => relabelRows(parts, rows, undo));
		}
		if (document.kind === 'IsovalentPodNetwork') {
			await removeNetwork(parts, document.metadata.name);
		}
	} catch (error) {
		undo.run();
		throw error;
	}
}

function setDocument(parts: AgentParts, former: HeddleDocument, next: HeddleDocument | undefined): void {
	parts.documents.set(documentName(former), next);
	parts.datapath.transaction(() => refreshPeers(parts, peersTouched([former])));
}

function refuseUsed({ table }: AgentParts, network: string): void {
	const users = [...table].filter(({ attachments }) => attachments.some((one) => one.network === network));
	if (users[0] !== undefined) {
		throw new HeddleError(
			'ERR_IN_USE',
			`network '${network}': found ${users.length} pods on it such as ${users[0].id}, expected none`,
			{ field: 'network', found: users.length },
		);
	}
}

/** `default` stays, without its document. */
async function removeNetwork({ networks, datapath }: AgentParts, name: string): Promise<void> {
	if (name === DEFAULT_NETWORK) {
		datapath.networks.default.setGateways({});
	} else {
		await datapath.networks.get(name)?.remove();
	}
	networks.set(name, undefined);
}
