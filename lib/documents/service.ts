import { tryParseAddress } from '../addresses/address.js';
import { itemsOf, list, object, optional, record, required, type Check, type Place } from './check.js';
import { labelKey, labelValue } from './label-keys.js';
import { namespacedMetadata } from './metadata.js';
import { oneOf, string } from './scalars.js';

/** Where a service's connections go; its own ports and addresses say nothing about policy here. */
export interface ServiceSpec {
	/** Labels of the pods behind it. Absent: its EndpointSlices name the backends. */
	readonly selector?: Readonly<Record<string, string>>;
}

/** discovery.k8s.io/v1; the label `kubernetes.io/service-name` says whose they are. */
export interface EndpointSliceBody {
	readonly addressType: 'IPv4' | 'IPv6' | 'FQDN';
	readonly endpoints: readonly { readonly addresses: readonly string[] }[];
}

const specIgnored = [
	'allocateLoadBalancerNodePorts',
	'clusterIP',
	'clusterIPs',
	'externalIPs',
	'externalName',
	'externalTrafficPolicy',
	'healthCheckNodePort',
	'internalTrafficPolicy',
	'ipFamilies',
	'ipFamilyPolicy',
	'loadBalancerClass',
	'loadBalancerIP',
	'loadBalancerSourceRanges',
	'ports',
	'publishNotReadyAddresses',
	'sessionAffinity',
	'sessionAffinityConfig',
	'topologyKeys',
	'trafficDistribution',
	'type',
];

const spec: Check<ServiceSpec> = object({ selector: optional(record(labelKey, labelValue)) }, { ignored: specIgnored });

export const service = {
	fields: { metadata: required(namespacedMetadata), spec: optional(spec) },
	defaults: { spec: {} },
};

const endpointIgnored = [
	'conditions',
	'deprecatedTopology',
	'hints',
	'hostname',
	'nodeName',
	'targetRef',
	'topology',
	'zone',
];

export const endpointSlice = {
	fields: {
		metadata: required(namespacedMetadata),
		addressType: required(oneOf('IPv4', 'IPv6', 'FQDN')),
		endpoints: optional(list(object({ addresses: required(list(string())) }, { ignored: endpointIgnored }))),
	},
	ignored: ['ports'],
	defaults: { endpoints: [] },
	across: checkAddresses,
};

function checkAddresses(slice: Readonly<Record<string, unknown>>, { path, report }: Place): void {
	const type = slice['addressType'];
	if (type !== 'IPv4' && type !== 'IPv6') {
		return;
	}
	itemsOf(slice, 'endpoints').forEach((endpoint, i) =>
		itemsOf(endpoint, 'addresses').forEach((address, j) => {
			if (typeof address === 'string' && `IPv${tryParseAddress(address)?.family}` !== type) {
				report.wrong([...path, 'endpoints', i, 'addresses', j], address, `an ${type} address`);
			}
		}),
	);
}
