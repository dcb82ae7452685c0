import { HeddleError } from '../errors.js';
import type { AttachmentRoute } from './attachment.js';
import type { PodNetwork } from './pod-networks.js';

/** Of nobody: the datapath answers for them on every network. */
export const GATEWAYS = { 4: '169.254.1.1', 6: 'fe80::1' } as const;
export const DEFAULT_DESTINATIONS = { 4: '0.0.0.0/0', 6: '::/0' } as const;

export type Family = 4 | 6;
export const FAMILIES: readonly Family[] = [4, 6];

export function familyOf(text: string): Family {
	return text.includes(':') ? 6 : 4;
}

/** An attachment as far as its routes depend on it. */
export interface Routed {
	readonly network: string;
	readonly primary: boolean;
	readonly ipv4?: string;
	readonly ipv6?: string;
	readonly defaultRoute?: readonly string[];
}

/**
 * Routes of one attachment: its network's, of the families it has an address of; and the default routes, which are the
 * primary one's unless another one asked for them.
 */
export function routesOf(attachment: Routed, network: PodNetwork, all: readonly Routed[]): readonly AttachmentRoute[] {
	const own = network.routes.filter(({ destination }) => hasAddress(attachment, familyOf(destination)));
	return [...FAMILIES.flatMap((family) => defaultRoute(attachment, own, all, family)), ...own];
}

/** @throws ERR_EXISTS where two of a pod's interfaces would lead to the same destination */
export function checkRoutes(all: readonly { network: string; routes: readonly AttachmentRoute[] }[]): void {
	const taken = new Map<string, string>();
	for (const { network, routes } of all) {
		for (const { destination } of routes) {
			const other = taken.get(destination);
			if (other !== undefined) {
				const message = `route ${destination}: found it of network '${network}' and of '${other}', expected one way to it`;
				throw new HeddleError('ERR_EXISTS', message, { field: 'routes', found: destination });
			}
			taken.set(destination, network);
		}
	}
}

function defaultRoute(
	attachment: Routed,
	own: readonly AttachmentRoute[],
	all: readonly Routed[],
	family: Family,
): AttachmentRoute[] {
	const destination = DEFAULT_DESTINATIONS[family];
	const asked = gatewayFor(attachment, family);
	if (asked !== undefined) {
		return [{ destination, gateway: asked }];
	}
	// An empty list asks for none.
	const isTaken = attachment.defaultRoute?.length === 0 || all.some((other) => gatewayFor(other, family) !== undefined);
	const isOwn = own.some((route) => route.destination === destination);
	return attachment.primary && hasAddress(attachment, family) && !isTaken && !isOwn
		? [{ destination, gateway: GATEWAYS[family] }]
		: [];
}

function gatewayFor(attachment: Routed, family: Family): string | undefined {
	return hasAddress(attachment, family)
		? attachment.defaultRoute?.find((gateway) => familyOf(gateway) === family)
		: undefined;
}

function hasAddress({ ipv4, ipv6 }: Routed, family: Family): boolean {
	return (family === 4 ? ipv4 : ipv6) !== undefined;
}
