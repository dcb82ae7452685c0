import { parseAddress, parseCidr } from '../ipam/cidr.js';
import { list, object, oneOf, optional, refine, required, string } from './check.js';
import { clusterMetadata, NAME, NAME_MEANING } from './metadata.js';

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

const route = refine(
	object({ destination: required(destination), gateway: required(gateway) }),
	(found: PodRoute, { path, report }) =>
		parseCidr(found.destination)?.family === parseAddress(found.gateway)?.family
			? found
			: report.wrong([...path, 'gateway'], found.gateway, `an address of the family of ${found.destination}`),
);

export const podNetwork = {
	metadata: required(clusterMetadata),
	spec: required(
		object({
			ipam: required(
				object({
					mode: required(oneOf('multi-pool')),
					pool: required(object({ name: required(string(NAME, NAME_MEANING)) })),
				}),
			),
			routes: optional(list(route)),
		}),
	),
};
