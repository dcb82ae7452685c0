import { existsSync } from 'node:fs';
import { constants } from 'node:os';

import { HeddleError, wrapNative, wrapNativeError } from '../errors.js';
import { writeSysctl } from '../native/addon.js';
import type { LinkInfo, Netlink } from '../native/addon.js';
import type { AttachmentRow } from './pod-row.js';
import { familyOf } from './routes.js';

/** The kernel's side of one attachment; everything here is synchronous and takes about a millisecond. */
export interface InterfaceOptions {
	readonly driver: 'veth' | 'netkit';
	/** Bytes; 0: as the kernel makes it. */
	readonly bigTcp: number;
}

/** Numbers of both ends, each in its own namespace. */
export interface MadeInterface {
	readonly ifindex: number;
	readonly peerIfindex: number;
}

/**
 * The pair, down: no packet passes before there is policy. Addresses are on it already.
 * @param fd of the pod's namespace
 * @throws ERR_NAME_TAKEN
 */
export function makeInterface(
	host: Netlink,
	inside: Netlink,
	fd: number,
	row: AttachmentRow,
	{ driver, bigTcp }: InterfaceOptions,
): MadeInterface {
	refuseTaken(inside, row.interface, 'interface');
	refuseTaken(host, row.hostInterface, 'hostInterface');
	const { mac, hostMac, mtu } = row;
	const pair = {
		name: row.hostInterface,
		mac: hostMac,
		mtu,
		peer: { name: row.interface, mac, mtu, netns: fd },
	};
	const made = wrapNative(
		() => (driver === 'netkit' ? host.addNetkit(pair) : host.addVeth(pair)),
		`attach to ${row.network}`,
	);
	leaveWithoutAddress(row.hostInterface);
	addressesOf(row).forEach((address) => addAddress(inside, fd, made.peerIfindex, row, address));
	if (bigTcp > 0) {
		enlarge(host, made.ifindex, bigTcp);
		enlarge(inside, made.peerIfindex, bigTcp);
	}
	return made;
}

/** Both ends up, and the routes. */
export function raiseInterface(
	host: Netlink,
	inside: Netlink,
	{ ifindex, peerIfindex }: MadeInterface,
	row: AttachmentRow,
): void {
	host.setLink(ifindex, { up: true });
	inside.setLink(peerIfindex, { up: true });
	row.routes.forEach((route) => addRoute(inside, peerIfindex, row, route));
}

export function addRoute(
	inside: Netlink,
	ifindex: number,
	row: AttachmentRow,
	{ destination, gateway }: AttachmentRow['routes'][number],
): void {
	const source = familyOf(gateway) === 4 ? row.ipv4 : row.ipv6;
	wrapNative(
		() => inside.addRoute({ destination, gateway, ifindex, onLink: true, ...(source === undefined ? {} : { source }) }),
		`route ${destination} by ${gateway}`,
	);
}

export function addressesOf({ ipv4, ipv6 }: Pick<AttachmentRow, 'ipv4' | 'ipv6'>): string[] {
	return [ipv4, ipv6].filter((address) => address !== undefined);
}

/** lo is up in every pod: who attaches one counts on it. */
export function raiseLoopback(inside: Netlink): void {
	if (inside.link(1)?.up === false) {
		inside.setLink(1, { up: true });
	}
}

export function linkOf(netlink: Netlink, name: string): LinkInfo {
	const link = netlink.link(name);
	if (link === undefined) {
		throw new HeddleError('ERR_NO_INTERFACE', `interface ${name}: found none, expected the one that was made`, {
			field: 'interface',
			found: name,
		});
	}
	return link;
}

function refuseTaken(netlink: Netlink, name: string, field: string): void {
	if (netlink.link(name) !== undefined) {
		throw new HeddleError('ERR_NAME_TAKEN', `${field}: found an interface '${name}', expected a free name`, {
			field,
			found: name,
		});
	}
}

/**
 * The host's end needs none: its link-local address would be one more route to the same prefix, through all of which the
 * kernel walks for the next interface.
 */
function leaveWithoutAddress(name: string): void {
	if (existsSync('/proc/sys/net/ipv6')) {
		writeSysctl(['net', 'ipv6', 'conf', name, 'addr_gen_mode'], '1');
	}
}

function addAddress(inside: Netlink, fd: number, ifindex: number, row: AttachmentRow, address: string): void {
	const withLength = `${address}/${familyOf(address) === 4 ? 32 : 128}`;
	try {
		inside.addAddress(ifindex, withLength);
	} catch (error) {
		// A container runtime may have turned IPv6 off for all interfaces of the namespace.
		if (familyOf(address) === 4 || (error as { errno?: number }).errno !== constants.errno.EACCES) {
			throw wrapNativeError(error, `address ${address}`);
		}
		writeSysctl(['net', 'ipv6', 'conf', row.interface, 'disable_ipv6'], '0', fd);
		inside.addAddress(ifindex, withLength);
	}
}

function enlarge(netlink: Netlink, ifindex: number, size: number): void {
	const { tsoMaxSize, gsoIpv4MaxSize } = netlink.link(ifindex)!;
	const most = tsoMaxSize === 0 ? 0 : Math.min(size, tsoMaxSize);
	if (most > 0) {
		netlink.setLink(ifindex, { gsoMaxSize: most, groMaxSize: most });
	}
	if (gsoIpv4MaxSize > 0 && most > 0) {
		netlink.setLink(ifindex, { gsoIpv4MaxSize: most, groIpv4MaxSize: most });
	}
}
