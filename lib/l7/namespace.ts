import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';

import { ProxyLabel, ProxyMark } from '../abi/generated.js';
import { formatMac, parseMac } from '../addresses/address.js';
import { wrapNative } from '../errors.js';
import { Netlink, netns, writeSysctl } from '../native/addon.js';
import type { RoutingRule } from '../native/addon.js';

/** The way from the datapath to the L7 proxy of one network: a veth pair. */
export interface ProxyWire {
	readonly network: number;
	/** Of the end on the host's side. */
	readonly ifindex: number;
	/** The other end, in the proxy's namespace. */
	readonly device: string;
	readonly deviceIndex: number;
	readonly deviceMac: Uint8Array;
}

/**
 * A network namespace of the L7 proxy's own. Whatever arrives in it is local, whoever it is addressed to, and what its
 * sockets send may bear any address; the host's routes, rules and sysctls stay as they are.
 */
export interface ProxyNamespace {
	readonly fd: number;
	/** Where it is bound; undefined: it ends with this process. */
	readonly path: string | undefined;
	addWire(network: number): ProxyWire;
	removeWire(wire: ProxyWire): void;
	/** It stays, with what is in it, where it is bound. */
	close(): void;
	/** With its wires. */
	remove(): void;
}

const FOLDER = '/run/netns';
/** Names of interfaces on the host's side begin so. */
const HOST_END = 'hl7_';
const MTU = 65535;
const LOCAL_TABLE = 255;
/** Tables are numbered by mark from here on. */
const FIRST_TABLE = 1000;
const FAMILIES = [4, 6] as const;
const EVERYWHERE = { 4: '0.0.0.0/0', 6: '::/0' } as const;
/** A gateway that is nobody: what is sent to servers goes by it, and so bears a MAC address that tells the datapath. */
const TO_SERVERS = { 4: '169.254.0.1', 6: 'fe80::1' } as const;
const TO_SERVERS_MAC = formatMac(Uint8Array.of(ProxyLabel.Fixed, ProxyLabel.Server, 0, 0, 0, 0));

const SYSCTLS: readonly (readonly [path: readonly string[], value: string])[] = [
	[['net', 'ipv4', 'conf', 'all', 'rp_filter'], '0'],
	[['net', 'ipv4', 'conf', 'default', 'rp_filter'], '0'],
	// Resets that no socket sends go back to the network that they answer.
	[['net', 'ipv4', 'fwmark_reflect'], '1'],
	[['net', 'ipv6', 'fwmark_reflect'], '1'],
	// A connection bears its network's mark, also one that a listener for all networks took.
	[['net', 'ipv4', 'tcp_fwmark_accept'], '1'],
	// A proxy that takes no connections refuses them, and quickly.
	[['net', 'ipv4', 'tcp_abort_on_overflow'], '1'],
	[['net', 'ipv4', 'tcp_syncookies'], '0'],
	[['net', 'ipv4', 'tcp_max_syn_backlog'], '65536'],
	[['net', 'core', 'somaxconn'], '65535'],
	// Between ends on one machine there is no path to be measured, and no reason to send by a clock.
	[['net', 'ipv4', 'tcp_congestion_control'], 'reno'],
	// Both ends of a conversation are here: one that lingers would stand in the way of the client's next from that port.
	[['net', 'ipv4', 'tcp_max_tw_buckets'], '0'],
	[['net', 'ipv4', 'ip_local_port_range'], '1024 65535'],
	[['net', 'ipv6', 'conf', 'default', 'accept_dad'], '0'],
	[['net', 'ipv6', 'conf', 'default', 'accept_ra'], '0'],
	// No addresses of its own, and so nothing that it would say by itself.
	[['net', 'ipv6', 'conf', 'default', 'addr_gen_mode'], '1'],
];

/** Of the names in /run/netns that are those of the datapath pinned there. */
export function proxyNamespacePrefix(pinPath: string): string {
	return `heddle-l7-${createHash('sha256').update(pinPath).digest('hex').slice(0, 12)}`;
}

/** @param prefix of names in /run/netns that are this datapath's; undefined: the namespace has no name */
export function createProxyNamespace(prefix: string | undefined): ProxyNamespace {
	const name = `${prefix ?? 'heddle-l7'}-${randomBytes(4).toString('hex')}`;
	const fd = wrapNative(() => netns.create(name), 'make a network namespace for the L7 proxy');
	if (prefix === undefined) {
		netns.remove(name);
	}
	try {
		return openProxyNamespace(fd, prefix === undefined ? undefined : name);
	} catch (error) {
		netns.close(fd);
		netns.remove(name);
		throw error;
	}
}

/** Namespaces that former processes left. */
export function removeProxyNamespaces(prefix: string, except?: ProxyNamespace): void {
	for (const name of existsSync(FOLDER) ? readdirSync(FOLDER) : []) {
		if (name.startsWith(`${prefix}-`) && `${FOLDER}/${name}` !== except?.path) {
			netns.remove(name);
		}
	}
}

/** A wire of a former process. Its namespace, without a name, lives as long as connections in it are ending. */
export function removeFormerWire(host: Netlink, ifindex: number): void {
	// The number may be another interface's now.
	if (host.link(ifindex)?.name.startsWith(HOST_END) === true) {
		host.deleteLink(ifindex);
	}
}

function openProxyNamespace(fd: number, name: string | undefined): ProxyNamespace {
	const host = new Netlink();
	const inside = new Netlink(fd);
	prepare(fd, inside);

	function addWire(network: number): ProxyWire {
		const device = `net${network}`;
		const { ifindex, peerIfindex } = host.addVeth({
			name: `${HOST_END}${randomBytes(5).toString('hex')}`,
			mtu: MTU,
			peer: { name: device, mtu: MTU, netns: fd },
		});
		try {
			setUp(network, device, ifindex, peerIfindex);
		} catch (error) {
			host.deleteLink(ifindex);
			throw error;
		}
		const deviceMac = parseMac(inside.link(peerIfindex)?.mac ?? '');
		return { network, ifindex, device, deviceIndex: peerIfindex, deviceMac: deviceMac ?? new Uint8Array(6) };
	}

	function setUp(network: number, device: string, ifindex: number, deviceIndex: number): void {
		const hostName = host.link(ifindex)?.name ?? '';
		prepareHostEnd(hostName);
		host.setLink(ifindex, { up: true });
		inside.setLink(deviceIndex, { arp: false, up: true });
		for (const family of familiesOf()) {
			addRoutes(family, network, deviceIndex);
			rulesOf(family, network, device).forEach((rule) => inside.addRule(rule));
		}
	}

	function addRoutes(family: 4 | 6, network: number, ifindex: number): void {
		const [destination, gateway] = [EVERYWHERE[family], TO_SERVERS[family]];
		inside.addNeighbour(ifindex, gateway, TO_SERVERS_MAC);
		inside.addRoute({ destination, ifindex, table: FIRST_TABLE + network });
		inside.addRoute({ destination, ifindex, gateway, onLink: true, table: FIRST_TABLE + serverMark(network) });
	}

	return {
		fd,
		path: name === undefined ? undefined : `${FOLDER}/${name}`,
		addWire,
		removeWire({ network, ifindex, device }) {
			host.deleteLink(ifindex);
			for (const family of familiesOf()) {
				rulesOf(family, network, device).forEach((rule) => inside.deleteRule(rule));
			}
		},
		close() {
			host.close();
			inside.close();
			netns.close(fd);
		},
		remove() {
			this.close();
			if (name !== undefined) {
				netns.remove(name);
			}
		},
	};
}

function serverMark(network: number): number {
	return network | ProxyMark.Server;
}

/** By its socket's mark or device, or, of a reset that no socket sends, by the mark of what it answers. */
function rulesOf(family: 4 | 6, network: number, device: string): RoutingRule[] {
	return [
		{ family, priority: 20, mark: serverMark(network), table: FIRST_TABLE + serverMark(network) },
		{ family, priority: 30, oif: device, table: FIRST_TABLE + network },
		{ family, priority: 40, mark: network, table: FIRST_TABLE + network },
	];
}

function prepare(fd: number, inside: Netlink): void {
	for (const [path, value] of SYSCTLS) {
		if (path[1] !== 'ipv6' || hasIpv6()) {
			writeSysctl(path, value, fd);
		}
	}
	const loopback = inside.link('lo')?.ifindex ?? 1;
	inside.setLink(loopback, { up: true });
	for (const family of familiesOf()) {
		inside.addRoute({ destination: EVERYWHERE[family], ifindex: loopback, table: LOCAL_TABLE, local: true });
		if (family === 4) {
			// What is local can be no gateway.
			inside.addRoute({ destination: `${TO_SERVERS[4]}/32`, ifindex: loopback, table: LOCAL_TABLE });
		}
		inside.addRule({ family, table: LOCAL_TABLE, priority: 10, iif: 'lo', not: true });
		// For what is sent no address is local; that the table has them all lets resets bear any.
		inside.deleteRule({ family, table: LOCAL_TABLE, priority: 0 });
	}
}

/** What the proxy says to the host itself goes up the host's stack, from addresses that it knows elsewhere. */
function prepareHostEnd(name: string): void {
	writeSysctl(['net', 'ipv4', 'conf', name, 'rp_filter'], '0');
	writeSysctl(['net', 'ipv4', 'conf', name, 'forwarding'], '1');
	if (hasIpv6()) {
		writeSysctl(['net', 'ipv6', 'conf', name, 'forwarding'], '1');
		writeSysctl(['net', 'ipv6', 'conf', name, 'addr_gen_mode'], '1');
	}
}

function familiesOf(): readonly (4 | 6)[] {
	return hasIpv6() ? FAMILIES : [4];
}

function hasIpv6(): boolean {
	return existsSync('/proc/sys/net/ipv6');
}
