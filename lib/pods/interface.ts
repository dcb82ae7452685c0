import { HeddleError, wrapNative } from '../errors.js';
import { readSysctl, writeSysctl } from '../native/addon.js';
import type { LinkInfo, Netlink } from '../native/addon.js';
import type { AttachmentRow } from './pod-row.js';
import { familyOf } from './routes.js';

/** The kernel's side of one attachment; everything here is synchronous and takes about a millisecond. */
export interface InterfaceOptions {
	readonly driver: 'veth' | 'netkit';
	/** Bytes; 0: as the kernel makes it. */
	readonly bigTcp: number;
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
): void {
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
	writeSysctls(row, fd);
	for (const address of addressesOf(row)) {
		inside.addAddress(made.peerIfindex, `${address}/${familyOf(address) === 4 ? 32 : 128}`);
	}
	if (bigTcp > 0) {
		enlarge(host, made.ifindex, bigTcp);
		enlarge(inside, made.peerIfindex, bigTcp);
	}
}

/** Both ends up, and the routes. */
export function raiseInterface(host: Netlink, inside: Netlink, row: AttachmentRow): void {
	host.setLink(linkOf(host, row.hostInterface).ifindex, { up: true });
	const { ifindex } = linkOf(inside, row.interface);
	inside.setLink(ifindex, { up: true });
	row.routes.forEach((route) => addRoute(inside, ifindex, row, route));
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

/** A container runtime may have turned IPv6 off for all interfaces, or routers’ advertisements on. */
function writeSysctls(row: AttachmentRow, fd: number): void {
	if (row.ipv6 === undefined) {
		return;
	}
	for (const [setting, value] of [
		['disable_ipv6', '0'],
		['accept_ra', '0'],
	] as const) {
		const path = ['net', 'ipv6', 'conf', row.interface, setting];
		if (readSysctl(path, fd).trim() !== value) {
			writeSysctl(path, value, fd);
		}
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
