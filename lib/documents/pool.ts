import { parseCidr } from '../ipam/cidr.js';
import { boolean, integer, list, object, optional, refine, required, string, type Check, type Place } from './check.js';
import { clusterMetadata } from './metadata.js';

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
}

const cidr4 = string(/^/, 'an IPv4 CIDR');
const cidr6 = string(/^/, 'an IPv6 CIDR');

export const podIpPool = {
	metadata: required(clusterMetadata),
	spec: required(
		refine(
			object({
				ipv4: optional(family(4, 32, cidr4)),
				ipv6: optional(family(6, 128, cidr6)),
				allowFirstIP: optional(boolean),
				allowLastIP: optional(boolean),
			}),
			(spec: PoolSpec, { path, report }) =>
				spec.ipv4 === undefined && spec.ipv6 === undefined
					? report.refuse(path, 'missing addresses, expected ipv4 or ipv6')
					: spec,
		),
	),
};

function family(version: 4 | 6, bits: number, text: Check<string>): Check<PoolFamily> {
	const fields = object({ cidrs: required(list(text)), maskSize: required(integer(1, bits)) });
	return refine(fields, (found: PoolFamily, place) => (checkCidrs(found, version, place) ? found : undefined));
}

function checkCidrs({ cidrs, maskSize }: PoolFamily, version: 4 | 6, { path, report }: Place): boolean {
	const before = report.issues.length;
	if (cidrs.length === 0) {
		report.refuse([...path, 'cidrs'], 'empty, expected at least one CIDR');
	}
	cidrs.forEach((text, i) => {
		const parsed = parseCidr(text);
		if (parsed?.family !== version) {
			report.wrong([...path, 'cidrs', i], text, `an IPv${version} CIDR`);
		} else if (parsed.prefix > maskSize) {
			report.wrong([...path, 'maskSize'], maskSize, `at least ${parsed.prefix}, the length of ${text}`);
		}
	});
	return report.issues.length === before;
}
