import { HeddleError, invalidArgument } from '../errors.js';
import { checkInterfaceName, checkMac, checkRequestAddresses } from '../documents/network-selection.js';
import { parseNetworkSelections, SELECTION_ANNOTATION } from '../documents/network-selection.js';
import type { NetworkSelection } from '../documents/network-selection.js';
import { NAME, NAME_LENGTH } from '../documents/names.js';
import { NETWORKS_ANNOTATION } from '../documents/pod.js';
import type { PodDescription } from './pod-request.js';

/** A network that a pod is to be on, and how. */
export type NetworkRequest = NetworkSelection;

/** As it will be: with a name for the interface. */
export interface NamedRequest extends NetworkRequest {
	readonly interface: string;
	/** The pod's first network: `eth0`, and the default routes. */
	readonly primary: boolean;
}

/**
 * The networks that a pod's annotations ask for, in order: those of `network.v1alpha1.isovalent.com/pod-networks`, of
 * which the first is the primary one (`default` where there is no such annotation), then those of
 * `k8s.v1.cni.cncf.io/networks`. Interfaces are `eth0`, `cil1`, `cil2`… by position unless they are given names.
 * @throws ERR_INVALID_ARGUMENT naming the annotation, ERR_DUPLICATE_NETWORK, ERR_NAME_TAKEN
 */
export function networkRequestsOf({ namespace, annotations = {} }: PodDescription): readonly NamedRequest[] {
	const own = annotations[NETWORKS_ANNOTATION];
	const first = own === undefined ? ['default'] : own.split(',').map((part) => part.trim());
	first.forEach((name, i) => checkNetworkName(name, `metadata.annotations['${NETWORKS_ANNOTATION}'][${i}]`));
	const more = parseNetworkSelections(annotations[SELECTION_ANNOTATION] ?? '', namespace);
	return nameRequests([...first, ...more]);
}

/**
 * Networks as a caller names them, the primary one first.
 * @param from position of the first one among the pod's networks
 */
export function nameRequests(networks: readonly (string | NetworkRequest)[], from = 0): readonly NamedRequest[] {
	if (!Array.isArray(networks) || networks.length === 0) {
		throw invalidArgument('networks', networks, 'at least one network');
	}
	const named = networks.map((item, i) => nameRequest(item, i, from));
	refuseTwice(named);
	return named;
}

function nameRequest(item: string | NetworkRequest, i: number, from: number): NamedRequest {
	const request = typeof item === 'string' ? { network: item } : item;
	const field = `networks[${i}]`;
	if (typeof request !== 'object' || request === null) {
		throw invalidArgument(field, item, 'a name, or an object { network }');
	}
	checkNetworkName(request.network, `${field}.network`);
	const { ips, mac, defaultRoute } = request;
	return {
		network: request.network,
		interface: interfaceName(request.interface, i + from, `${field}.interface`),
		primary: i + from === 0,
		...(ips === undefined ? {} : { ips: checkRequestAddresses(ips, `${field}.ips`, true) }),
		...(mac === undefined ? {} : { mac: checkMac(mac, `${field}.mac`) }),
		...(defaultRoute === undefined
			? {}
			: { defaultRoute: checkRequestAddresses(defaultRoute, `${field}.defaultRoute`, false) }),
	};
}

function interfaceName(given: string | undefined, position: number, field: string): string {
	if (given !== undefined) {
		return checkInterfaceName(given, field);
	}
	return position === 0 ? 'eth0' : `cil${position}`;
}

function checkNetworkName(name: unknown, field: string): void {
	if (typeof name !== 'string' || name.length > NAME_LENGTH || !NAME.test(name)) {
		throw invalidArgument(field, name, 'the name of a network');
	}
}

function refuseTwice(requests: readonly NamedRequest[]): void {
	requests.forEach((request, i) => {
		const earlier = requests.slice(0, i);
		if (earlier.some(({ network }) => network === request.network)) {
			throw new HeddleError(
				'ERR_DUPLICATE_NETWORK',
				`networks[${i}]: found '${request.network}' a second time, expected every network once`,
				{ field: `networks[${i}]`, found: request.network },
			);
		}
		const other = earlier.find((one) => one.interface === request.interface);
		if (other !== undefined) {
			throw new HeddleError(
				'ERR_NAME_TAKEN',
				`networks[${i}].interface: found '${request.interface}' for '${request.network}' and '${other.network}', expected a name each`,
				{ field: `networks[${i}].interface`, found: request.interface },
			);
		}
		refuseDefaultTwice(request, earlier, i);
	});
}

function refuseDefaultTwice({ defaultRoute = [] }: NamedRequest, earlier: readonly NamedRequest[], i: number): void {
	for (const gateway of defaultRoute) {
		const family = (text: string) => (text.includes(':') ? 6 : 4);
		const taken = earlier.flatMap((one) => one.defaultRoute ?? []).find((one) => family(one) === family(gateway));
		if (taken !== undefined) {
			throw invalidArgument(
				`networks[${i}].defaultRoute`,
				gateway,
				`one default route of IPv${family(gateway)} a pod: there is one by ${taken} already`,
			);
		}
	}
}
