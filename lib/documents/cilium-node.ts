import { cidr } from './cidrs.js';
import {
	fieldOf,
	isMapping,
	itemsOf,
	list,
	object,
	optional,
	required,
	type Check,
	type Mapping,
	type Place,
} from './check.js';
import { refuseOverlaps } from './cidr-lists.js';
import { clusterMetadata, name } from './metadata.js';
import { integer } from './scalars.js';

/** Blocks of one pool that a cluster's operator granted a node. */
export interface CiliumNodePoolAllocation {
	readonly pool: string;
	readonly cidrs: readonly string[];
}

/** What a node asks of a pool: addresses. */
export interface CiliumNodePoolRequest {
	readonly pool: string;
	readonly needed: { readonly 'ipv4-addrs'?: number; readonly 'ipv6-addrs'?: number };
}

export interface CiliumNodePools {
	/** The node's own words; an agent reads them not. */
	readonly requested?: readonly CiliumNodePoolRequest[];
	readonly allocated?: readonly CiliumNodePoolAllocation[];
}

export interface CiliumNodeSpec {
	readonly ipam?: { readonly pools?: CiliumNodePools };
}

const count = integer(0, Number.MAX_SAFE_INTEGER);

const request: Check<CiliumNodePoolRequest> = object({
	pool: required(name),
	needed: required(object({ 'ipv4-addrs': optional(count), 'ipv6-addrs': optional(count) })),
});

const allocation: Check<CiliumNodePoolAllocation> = object(
	{ pool: required(name), cidrs: required(list(cidr)) },
	{
		across: (found, { path, report }) => refuseOverlaps(itemsOf(found, 'cidrs'), { path: [...path, 'cidrs'], report }),
	},
);

function refuseTwice(found: Mapping, { path, report }: Place): void {
	const names = itemsOf(found, 'allocated').map((one) => (isMapping(one) ? fieldOf(one, 'pool') : undefined));
	names.forEach((pool, i) => {
		if (pool !== undefined && names.indexOf(pool) < i) {
			report.wrong([...path, 'allocated', i, 'pool'], pool, 'every pool once');
		}
	});
}

const pools: Check<CiliumNodePools> = object(
	{ requested: optional(list(request)), allocated: optional(list(allocation)) },
	{ across: refuseTwice },
);

/** Of other modes of IPAM, and of clouds. */
const IPAM_IGNORED = [
	'podCIDRs',
	'pod-cidr-allocation-threshold',
	'pod-cidr-release-threshold',
	'pool',
	'ipv6-pool',
	'static-ip-tags',
	'min-allocate',
	'max-allocate',
	'max-above-watermark',
	'pre-allocate',
];

const SPEC_IGNORED = [
	'addresses',
	'alibaba-cloud',
	'azure',
	'bootid',
	'encryption',
	'eni',
	'health',
	'ingress',
	'instance-id',
	'nodeidentity',
];

export const ciliumNode = {
	fields: {
		metadata: required(clusterMetadata),
		spec: optional(
			object(
				{ ipam: optional(object({ pools: optional(pools) }, { ignored: IPAM_IGNORED })) },
				{ ignored: SPEC_IGNORED },
			),
		),
	},
};
