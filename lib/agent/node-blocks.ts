import type { CiliumNode } from '../documents/document.js';
import { createReport, type DocumentIssue } from '../documents/issue.js';
import { createGrantedIpam, type GrantedBlocks, type GrantedIpam } from '../ipam/granted-ipam.js';
import type { NodePools } from '../ipam/node-spec.js';
import type { Store, StoreChange } from '../store/store.js';
import type { OperatorIpamOptions } from './ipam-options.js';
import type { Undo } from './undo.js';

const KIND = 'ipam';
const KEY = 'blocks';

/** This node's blocks, where a cluster's operator grants them. */
export interface NodeBlocks {
	readonly nodeName: string;
	readonly ipam: GrantedIpam;
	/** What its CiliumNode grants now, or nothing without one; warnings name blocks that cannot go yet. */
	put(document: CiliumNode | undefined, undo: Undo): readonly DocumentIssue[];
	/** What the state file is to know, beside documents. */
	changes(): StoreChange[];
	/** After pods came or went: gives back what is too much, and tells what has changed. */
	settle(): void;
}

export function createNodeBlocks(store: Store, { onNodePools, nodeName, ...options }: OperatorIpamOptions): NodeBlocks {
	const former = store.all(KIND).get(KEY) as GrantedBlocks | undefined;
	const ipam = createGrantedIpam({ ...options, ...(former === undefined ? {} : { blocks: former }) });
	let written = JSON.stringify(former);
	let told = '';

	const changeTo = (blocks: GrantedBlocks): StoreChange => ({ kind: KIND, key: KEY, value: blocks });

	function write(blocks: GrantedBlocks): void {
		const text = JSON.stringify(blocks);
		if (text !== written) {
			store.write([changeTo(blocks)]);
			written = text;
		}
	}

	function tell(pools: NodePools): void {
		const text = JSON.stringify(pools);
		if (text !== told) {
			told = text;
			onNodePools?.(pools);
		}
	}

	return {
		nodeName,
		ipam,
		put(document, undo) {
			const { refused, undo: takeBack } = ipam.grant(document?.spec?.ipam?.pools?.allocated ?? []);
			undo.add(takeBack);
			if (document === undefined) {
				return [];
			}
			const report = createReport(`CiliumNode ${nodeName}`, document.source);
			refused.forEach((error) => report.warn(['spec', 'ipam', 'pools', 'allocated'], error.message, error.found));
			return report.warnings;
		},
		changes: () => [changeTo(ipam.blocks)],
		settle() {
			try {
				// On disk before anybody is told: a block that somebody else may have is not used again.
				ipam.releaseExcess(write);
				write(ipam.blocks);
			} catch {
				// A full disk: they stay ours until the next turn.
			}
			tell(ipam.nodePools());
		},
	};
}

/** A CiliumNode that nobody looks at was most likely meant to be. */
export function unreadNode(document: CiliumNode): readonly DocumentIssue[] {
	const report = createReport(`CiliumNode ${document.metadata.name}`, document.source);
	report.warn(['spec', 'ipam'], "not read: this agent carves its blocks itself (ipam.mode 'embedded')");
	return report.warnings;
}
