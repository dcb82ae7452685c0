import { describeValue, HeddleError } from '../errors.js';
import { formatAddress, parseNumeric } from '../ipam/address.js';
import type { Allocation } from '../ipam/ipam.js';
import type { NamedRequest } from './network-requests.js';
import { networkOfOwner } from './owners.js';
import type { PodNetwork } from './pod-networks.js';
import { GATEWAYS } from './routes.js';

/** Addresses that no pod gets whose request of the network this is: a route by an address of one's own leads nowhere. */
export function gatewaysFor(
	{ routes }: PodNetwork,
	{ defaultRoute = [] }: Pick<NamedRequest, 'defaultRoute'>,
): readonly string[] {
	return [...new Set([GATEWAYS[4], GATEWAYS[6], ...routes.map(({ gateway }) => gateway), ...defaultRoute])];
}

/** @throws ERR_ADDRESS_RESERVED where an address that is asked for is a gateway */
export function refuseGateways({ network, ips = [] }: NamedRequest, gateways: readonly string[]): void {
	const reserved = new Set(gateways.map(canonical));
	const found = ips.find((address) => reserved.has(canonical(address)));
	if (found !== undefined) {
		throw new HeddleError(
			'ERR_ADDRESS_RESERVED',
			`ips: found ${describeValue(found)}, which is a gateway of network '${network}', expected another address`,
			{ field: 'ips', found, network },
		);
	}
}

/**
 * Of a network as it is to be. Gateways that it had before stay: a pod that has one of those has had it all the time.
 * @throws ERR_ADDRESS_IN_USE where a pod has one, or keeps it
 */
export function refuseUsedGateways(
	network: PodNetwork,
	former: PodNetwork | undefined,
	allocations: Iterable<Allocation>,
): void {
	const known = new Set(former?.routes.map(({ gateway }) => canonical(gateway)));
	const fresh = new Map(network.routes.map(({ gateway }, i) => [canonical(gateway), i]));
	known.forEach((gateway) => fresh.delete(gateway));
	for (const { owner, ipv4, ipv6 } of fresh.size === 0 ? [] : allocations) {
		const route = [ipv4, ipv6].flatMap((address) => (address === undefined ? [] : (fresh.get(address) ?? [])))[0];
		if (route !== undefined && networkOfOwner(owner) === network.name) {
			throw gatewayInUse(network, route, owner);
		}
	}
}

function gatewayInUse({ name, routes }: PodNetwork, route: number, owner: string): HeddleError {
	const field = `spec.routes[${route}].gateway`;
	const found = routes[route]!.gateway;
	const message = `network '${name}': ${field}: found ${found}, which is the address of ${owner}, expected one of nobody`;
	return new HeddleError('ERR_ADDRESS_IN_USE', message, { field, found, network: name, owner });
}

function canonical(text: string): string {
	const address = parseNumeric(text);
	return address === undefined ? text : formatAddress(address);
}
