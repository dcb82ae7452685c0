import { parseCidr } from '../ipam/cidr.js';
import { earlierOverlaps } from '../ipam/range.js';
import { fieldOf, itemsOf, listOf, object, optional, required, type Check, type Mapping, type Place } from './check.js';
import type { LabelSelector } from '../labels/selector.js';
import { atLeastOne } from './exactly-one.js';
import { labelSelector } from './label-selector.js';
import { clusterMetadata } from './metadata.js';
import { boolean, integer, string } from './scalars.js';

/** The addresses of one family of a pool, see `CiliumPodIPPool`. */
export interface PoolFamily {
	readonly cidrs: readonly string[];
	/** Length of the prefix of the blocks that are carved from the CIDRs. */
	readonly maskSize: number;
}

export interface PoolSpec {
	readonly ipv4?: PoolFamily;
	readonly ipv6?: PoolFamily;
	/** The first address of each carved block is given out. @default false */
	readonly allowFirstIP?: boolean;
	/** The last address of each carved block is given out. @default false */
	readonly allowLastIP?: boolean;
	/** Pods that get addresses from here without naming it; with `namespaceSelector` too, those that both match. */
	readonly podSelector?: LabelSelector;
	readonly namespaceSelector?: LabelSelector;
}

const MAX_CIDRS = 1000;

export const podIpPool = {
	fields: {
		metadata: required(clusterMetadata),
		spec: required(
			object(
				{
					ipv4: optional(family(4, 32)),
					ipv6: optional(family(6, 128)),
					allowFirstIP: optional(boolean),
					allowLastIP: optional(boolean),
					podSelector: optional(labelSelector),
					namespaceSelector: optional(labelSelector),
				},
				{ across: (value, place) => atLeastOne(value, place, 'ipv4', 'ipv6') },
			),
		),
	},
};

function family(version: 4 | 6, bits: number): Check<PoolFamily> {
	return object(
		{
			cidrs: required(listOf(string(), 1, MAX_CIDRS)),
			maskSize: required(integer(1, bits)),
		},
		{ across: (found, place) => checkCidrs(found, version, place) },
	);
}

function checkCidrs(found: Mapping, version: 4 | 6, { path, report }: Place): void {
	const maskSize = fieldOf(found, 'maskSize');
	const texts = itemsOf(found, 'cidrs');
	const others = earlierOverlaps(texts.map((text) => (isCidrOf(text, version) ? text : undefined)));
	texts.forEach((text, i) => {
		const parsed = typeof text === 'string' ? parseCidr(text) : undefined;
		if (typeof text === 'string' && parsed?.family !== version) {
			report.wrong([...path, 'cidrs', i], text, `an IPv${version} CIDR`);
		} else if (parsed !== undefined && typeof maskSize === 'number' && parsed.prefix > maskSize) {
			report.wrong([...path, 'maskSize'], maskSize, `at least ${parsed.prefix}, the length of ${text}`);
		}
		if (others[i] !== undefined) {
			report.wrong([...path, 'cidrs', i], text, `no address of ${others[i]}`);
		}
	});
}

function isCidrOf(text: unknown, version: 4 | 6): text is string {
	return typeof text === 'string' && parseCidr(text)?.family === version;
}
