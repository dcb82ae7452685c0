import { hostname } from 'node:os';

import { invalidArgument } from '../errors.js';
import type { NodePools } from '../ipam/node-spec.js';

/** Where the blocks of pools come from. */
export interface AgentIpamOptions {
	/**
	 * `embedded`: the agent carves them out of the CIDRs of its CiliumPodIPPool documents. `multi-pool`, as Cilium's option
	 * `ipam`: a cluster's operator grants them in `spec.ipam.pools.allocated` of this node's CiliumNode document, and what
	 * pools say of CIDRs is the operator's affair. @default 'embedded'
	 */
	readonly mode?: 'embedded' | 'multi-pool';
	/** Of the CiliumNode; for `multi-pool` alone, as all that follows. @default the host's name */
	readonly nodeName?: string;
	/** Addresses held ready by pool, as Cilium's `ipam-multi-pool-pre-allocation`; each 0..65536. @default { default: 8 } */
	readonly preAllocation?: Readonly<Record<string, number>>;
	/** Of pools of which no document and no block says. @default ['ipv4'] */
	readonly families?: readonly ('ipv4' | 'ipv6')[];
	/** Called when what the node requests or holds is other than before; `agent.ipam.nodePools()` tells it at any time. */
	readonly onNodePools?: (pools: NodePools) => void;
}

export interface OperatorIpamOptions extends Omit<AgentIpamOptions, 'mode'> {
	readonly nodeName: string;
}

const FAMILIES: readonly unknown[] = ['ipv4', 'ipv6'];

/** Undefined: embedded. @throws ERR_INVALID_ARGUMENT naming the option */
export function checkIpamOptions({ mode = 'embedded', ...more }: AgentIpamOptions): OperatorIpamOptions | undefined {
	if (mode !== 'embedded' && mode !== 'multi-pool') {
		throw invalidArgument('ipam.mode', mode, "'embedded' or 'multi-pool'");
	}
	const { nodeName = hostname(), families, preAllocation } = more;
	if (mode === 'embedded') {
		const [other] = Object.keys(more);
		if (other !== undefined) {
			throw invalidArgument(`ipam.${other}`, more[other as keyof typeof more], "nothing without mode 'multi-pool'");
		}
		return undefined;
	}
	if (typeof nodeName !== 'string' || nodeName === '') {
		throw invalidArgument('ipam.nodeName', nodeName, 'a name');
	}
	if (families !== undefined && (!Array.isArray(families) || families.length === 0 || !families.every(isFamily))) {
		throw invalidArgument('ipam.families', families, "'ipv4', 'ipv6' or both");
	}
	if (preAllocation !== undefined && (typeof preAllocation !== 'object' || preAllocation === null)) {
		throw invalidArgument('ipam.preAllocation', preAllocation, 'an object of numbers by pool');
	}
	return { ...more, nodeName };
}

function isFamily(family: unknown): boolean {
	return FAMILIES.includes(family);
}
