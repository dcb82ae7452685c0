import { constants } from 'node:os';

import { HeddleError, wrapNativeError } from '../errors.js';
import type { Netlink } from '../native/addon.js';
import { addressesOf } from './interface.js';
import type { PodParts } from './pod-parts.js';
import type { AttachmentRow, PodRow } from './pod-row.js';
import { FAMILIES, familyOf } from './routes.js';

type RouteParts = Pick<PodParts, 'netlink' | 'table' | 'hostRoutes'>;

/**
 * The host's ways to one attachment, up already: its own processes reach the pod so. They go with the interface.
 * @throws ERR_ROUTE_EXISTS naming whose the other one is
 */
export function addHostRoutes(parts: RouteParts, ifindex: number, row: AttachmentRow): void {
	for (const address of row.hostRoutes === true ? addressesOf(row) : []) {
		if (!addHostRoute(parts.netlink, ifindex, row, address)) {
			throw routeExists(parts, address, row);
		}
	}
}

/** false: there is another route to the very address. */
function addHostRoute(netlink: Netlink, ifindex: number, { mac }: AttachmentRow, address: string): boolean {
	try {
		// The host's end has no address from which it could ask for the pod's.
		netlink.addNeighbour(ifindex, address, mac);
		netlink.addRoute({ destination: hostPrefix(address), ifindex });
		return true;
	} catch (error) {
		if ((error as { errno?: number }).errno === constants.errno.EEXIST) {
			return false;
		}
		throw wrapNativeError(error, `host route ${address}`);
	}
}

function routeExists({ netlink, table }: RouteParts, address: string, { network }: AttachmentRow): HeddleError {
	const destination = hostPrefix(address);
	const other = netlink.routes(familyOf(address)).find((route) => route.destination === destination);
	const name = other && netlink.link(other.ifindex)?.name;
	const owner = [...table].flatMap(({ id, attachments }) => attachments.map((one) => ({ id, ...one })));
	const pod = owner.find(({ hostInterface }) => hostInterface === name);
	const whose =
		pod === undefined ? `by ${name ?? 'another interface'}` : `of pod ${pod.id} on network '${pod.network}'`;
	return new HeddleError(
		'ERR_ROUTE_EXISTS',
		`host route ${destination} of network '${network}': found one ${whose}, expected none: an address has one way`,
		{ field: 'hostRoutes', found: destination, network, ...(pod && { pod: pod.id, other: pod.network }) },
	);
}

/**
 * After a restart: every attachment has the routes that its network is to have now. Where somebody else has the route by
 * now, that one stays, and `checkPod` tells.
 */
export function settleHostRoutes(parts: RouteParts): void {
	const changed = [...parts.table].map((row) => withHostRoutes(parts, row));
	const present = presentRoutes(parts.netlink);
	for (const { former, row } of changed) {
		row.attachments.forEach((one, i) => settle(parts.netlink, present, former.attachments[i]!, one));
	}
	const fresh = changed.filter(({ former, row }) => former !== row).map(({ row }) => row);
	if (fresh.length > 0) {
		parts.table.save(fresh);
	}
}

function withHostRoutes({ hostRoutes }: RouteParts, former: PodRow): { former: PodRow; row: PodRow } {
	const isSettled = ({ network, hostRoutes: has }: AttachmentRow) => (has === true) === hostRoutes.has(network);
	const attachments = former.attachments.map((one) => ({ ...one, hostRoutes: hostRoutes.has(one.network) }));
	return { former, row: former.attachments.every(isSettled) ? former : { ...former, attachments } };
}

function settle(netlink: Netlink, present: ReadonlySet<string>, former: AttachmentRow, row: AttachmentRow): void {
	const ifindex = netlink.link(row.hostInterface)?.ifindex;
	for (const address of ifindex === undefined ? [] : addressesOf(row)) {
		const isThere = present.has(`${ifindex} ${hostPrefix(address)}`);
		if (row.hostRoutes === true && !isThere) {
			addHostRoute(netlink, ifindex!, row, address);
		} else if (row.hostRoutes !== true && former.hostRoutes === true && isThere) {
			netlink.deleteRoute({ destination: hostPrefix(address), ifindex: ifindex! });
			netlink.deleteNeighbour(ifindex!, address);
		}
	}
}

/** Addresses of an attachment to which the host should have a route, and has none by its interface. */
export function missingHostRoutes(netlink: Netlink, ifindex: number, row: AttachmentRow): string[] {
	if (row.hostRoutes !== true) {
		return [];
	}
	const present = presentRoutes(netlink);
	return addressesOf(row)
		.map(hostPrefix)
		.filter((destination) => !present.has(`${ifindex} ${destination}`));
}

function presentRoutes(netlink: Netlink): ReadonlySet<string> {
	const routes = FAMILIES.flatMap((family) => netlink.routes(family));
	return new Set(routes.map(({ destination, ifindex }) => `${ifindex} ${destination}`));
}

function hostPrefix(address: string): string {
	return `${address}/${familyOf(address) === 4 ? 32 : 128}`;
}
