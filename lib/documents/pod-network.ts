import { parseAddress, parseCidr } from '../ipam/cidr.js';
import { rangeOf } from '../ipam/range.js';
import { list, object, optional, refine, required, type Place } from './check.js';
import { clusterMetadata, name } from './metadata.js';
import { integer, oneOf, string } from './scalars.js';

export interface PodRoute {
	readonly destination: string;
	readonly gateway: string;
}

export interface PodNetworkSpec {
	readonly ipam: { readonly mode: 'multi-pool'; readonly pool: { readonly name: string } };
	readonly routes?: readonly PodRoute[];
	/** Bytes, of interfaces that come. @default the agent's */
	readonly mtu?: number;
}

/** Every link of a network that may carry IPv6 takes at least this (RFC 8200, 5). */
export const MIN_MTU = 1280;
export const MAX_MTU = 65_535;

const destination = refine(string(), (text, { path, report }) =>
	parseCidr(text) === undefined ? report.wrong(path, text, 'a CIDR') : text,
);
const gateway = refine(string(), (text, { path, report }) =>
	parseAddress(text) === undefined ? report.wrong(path, text, 'an IP address') : text,
);

const route = object(
	{ destination: required(destination), gateway: required(gateway) },
	{
		across: ({ destination: to, gateway: via }, { path, report }) => {
			const families = [to, via].map((text) => (typeof text === 'string' ? familyOf(text) : undefined));
			if (families[0] !== families[1] && !families.includes(undefined)) {
				report.wrong([...path, 'gateway'], via, `an address of the family of ${String(to)}`);
			}
		},
	},
);

export const podNetwork = {
	fields: {
		metadata: required(clusterMetadata),
		spec: required(
			object({
				ipam: required(
					object({ mode: required(oneOf('multi-pool')), pool: required(object({ name: required(name) })) }),
				),
				routes: optional(refine(list(route), refuseTwice)),
				mtu: optional(integer(MIN_MTU, MAX_MTU)),
			}),
		),
	},
};

function refuseTwice(routes: readonly PodRoute[], { path, report }: Place): readonly PodRoute[] | undefined {
	const prefixes = routes.map(({ destination: text }) => JSON.stringify(prefixOf(text)));
	const twice = prefixes.findIndex((prefix, i) => prefixes.indexOf(prefix) < i);
	return twice === -1
		? routes
		: report.wrong([...path, twice, 'destination'], routes[twice]!.destination, 'every destination once');
}

function prefixOf(text: string): unknown {
	return [String(rangeOf(text).first), parseCidr(text)?.family, parseCidr(text)?.prefix];
}

function familyOf(text: string): number | undefined {
	return (parseCidr(text) ?? parseAddress(text))?.family;
}
