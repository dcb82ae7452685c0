import { parseAddress, parseCidr } from '../ipam/cidr.js';
import { list, object, optional, refine, required } from './check.js';
import { clusterMetadata, name } from './metadata.js';
import { oneOf, string } from './scalars.js';

export interface PodRoute {
	readonly destination: string;
	readonly gateway: string;
}

export interface PodNetworkSpec {
	readonly ipam: { readonly mode: 'multi-pool'; readonly pool: { readonly name: string } };
	readonly routes?: readonly PodRoute[];
}

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
				routes: optional(list(route)),
			}),
		),
	},
};

function familyOf(text: string): number | undefined {
	return (parseCidr(text) ?? parseAddress(text))?.family;
}
