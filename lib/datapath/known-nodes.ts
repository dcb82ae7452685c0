import * as abi from '../abi/generated.js';
import { bitsOf, parsePrefix, type Prefix } from '../addresses/prefix.js';
import { HeddleError, invalidArgument } from '../errors.js';
import { remoteNodeLabels } from '../labels/node-labels.js';
import { imply, type CidrClaimParts } from './cidr-claims.js';
import type { Core } from './core.js';
import { labelsOf } from './labels.js';
import type { Identity } from './types.js';

/** Another node than ours: ours is `reserved:host`, whatever else is said of its addresses. */
export interface NodeOptions {
	readonly name: string;
	/** For `fromNodes` and `toNodes`. @default none */
	readonly labels?: Readonly<Record<string, string>>;
	/** Of the node itself, not of its pods. */
	readonly addresses: readonly string[];
}

export type PolicyNode = Required<NodeOptions>;

/**
 * Nodes by name. On every network their addresses have an identity of the labels `reserved:remote-node` and `node:…`,
 * before that of a CIDR or a name. They survive a restart of a pinned datapath.
 */
export interface KnownNodes extends Iterable<PolicyNode> {
	readonly size: number;
	/**
	 * Adds the node, or replaces the one of its name. An address that several nodes are said to have is that of the one
	 * set last. @throws ERR_INVALID_ARGUMENT, ERR_INVALID_ADDRESS, ERR_MAP_FULL, ERR_EXHAUSTED
	 */
	set(node: NodeOptions): void;
	/** false: there is none. */
	delete(name: string): boolean;
}

export interface NodeEngine extends KnownNodes {
	/** Tells a network that is new. Within a change. */
	spread(network: number): void;
	/** Within a change. */
	restore(): void;
}

export interface NodeParts extends CidrClaimParts {
	readonly core: Core;
}

interface Known {
	readonly record: number;
	readonly node: PolicyNode;
	readonly prefixes: readonly Prefix[];
	readonly identity: Identity;
}

interface NodeRecord {
	readonly node: PolicyNode;
}

/* Between services and learned names: see known-services.ts, learned-names.ts. */
const FIRST_NODE = 0xd000_0000;
const LAST_NODE = 0xdfff_ffff;

export function createKnownNodes(parts: NodeParts): NodeEngine {
	const { core, identities } = parts;
	const { changes } = core;
	const nodes = new Map<string, Known>();
	let nextRecord = FIRST_NODE;

	/** The one set last. */
	function ownerOf(text: string): Known | undefined {
		return [...nodes.values()].findLast(({ prefixes }) => prefixes.some((prefix) => prefix.text === text));
	}

	function assign(name: string, known: Known | undefined): void {
		nodes.delete(name);
		if (known !== undefined) {
			nodes.set(name, known);
		}
	}

	function remember(record: number, node: PolicyNode | undefined): void {
		if (node === undefined) {
			core.records.delete(abi.RecordKind.Policy, record);
		} else {
			core.records.put(abi.RecordKind.Policy, record, { node });
		}
	}

	function know(record: number, node: PolicyNode): Known {
		const identity = identities.acquire(labelsOf(remoteNodeLabels(node.labels)), 'cidr');
		return { record, node, prefixes: node.addresses.map((text) => parsePrefix(text)!), identity };
	}

	/** Within a change. What policies say of an identity is in the kernel before an address leads to it. */
	function put(name: string, next: Known | undefined): void {
		const before = [...nodes];
		const former = nodes.get(name);
		assign(name, next);
		changes.undo(() => {
			nodes.clear();
			before.forEach(([key, value]) => nodes.set(key, value));
		});
		for (const prefix of [...(former?.prefixes ?? []), ...(next?.prefixes ?? [])]) {
			changes.later(() => imply(parts, 'node', prefix, ownerOf(prefix.text)?.identity.id));
		}
		if (former !== undefined) {
			changes.last(() => identities.release(former.identity));
		}
	}

	function change(name: string, node: PolicyNode | undefined): void {
		const former = nodes.get(name);
		const record = former?.record ?? nextRecord++;
		changes.run(() => {
			put(name, node && know(record, node));
			remember(record, node);
			changes.undo(() => remember(record, former?.node));
		});
	}

	return {
		get size() {
			return nodes.size;
		},
		set(options) {
			core.assertOpen();
			const node = checkNode(options);
			change(node.name, node);
		},
		delete(name) {
			core.assertOpen();
			const found = nodes.has(name);
			if (found) {
				change(name, undefined);
			}
			return found;
		},
		spread(network) {
			for (const { prefixes } of nodes.values()) {
				for (const prefix of prefixes) {
					imply({ ...parts, networks: () => [network] }, 'node', prefix, ownerOf(prefix.text)?.identity.id);
				}
			}
		},
		restore() {
			for (const { id, value } of core.records.all<NodeRecord>(abi.RecordKind.Policy)) {
				if (id >= FIRST_NODE && id <= LAST_NODE) {
					put(value.node.name, know(id, value.node));
					nextRecord = Math.max(nextRecord, id + 1);
				}
			}
		},
		*[Symbol.iterator]() {
			for (const { node } of nodes.values()) {
				yield node;
			}
		},
	};
}

function checkNode({ name, labels = {}, addresses }: NodeOptions): PolicyNode {
	if (typeof name !== 'string' || name === '') {
		throw invalidArgument('name', name, 'the name of a node');
	}
	if (!Array.isArray(addresses)) {
		throw invalidArgument('addresses', addresses, 'an array of addresses');
	}
	for (const [key, value] of Object.entries(labels)) {
		if (typeof value !== 'string') {
			throw invalidArgument(`labels['${key}']`, value, 'a string');
		}
	}
	addresses.forEach(checkAddress);
	return { name, labels: { ...labels }, addresses: [...addresses] };
}

function checkAddress(text: unknown, i: number): void {
	const prefix = typeof text === 'string' ? parsePrefix(text) : undefined;
	if (prefix === undefined || prefix.length !== bitsOf(prefix.family)) {
		const field = `addresses[${i}]`;
		throw new HeddleError('ERR_INVALID_ADDRESS', `${field}: found ${String(text)}, expected an IP address`, {
			field,
			found: text,
		});
	}
}
