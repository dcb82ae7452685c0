import { HeddleError, describeValue, invalidArgument, wrapNative } from '../errors.js';
import { Netlink, netns } from '../native/addon.js';
import type { LinkInfo } from '../native/addon.js';
import { parseMac } from '../addresses/address.js';

/** What the datapath must know of an interface pair. */
export interface InterfaceFacts {
	readonly name: string;
	readonly index: number;
	/** Bytes, without the Ethernet header. */
	readonly mtu: number;
	readonly hostMac: Uint8Array;
	readonly podMac: Uint8Array;
	/** The other end's name, where it could be read. */
	readonly podInterface?: string;
}

export interface PeerHints {
	readonly mac?: string;
	readonly podInterface?: string;
	readonly podNetns?: number | string;
}

const PAIR_KINDS = ['veth', 'netkit'];

/** @throws ERR_NO_INTERFACE, ERR_UNSUPPORTED_INTERFACE, ERR_INVALID_ARGUMENT when the pod's MAC cannot be found */
export function inspectInterface(netlink: Netlink, nameOrIndex: string | number, hints: PeerHints): InterfaceFacts {
	const link = netlink.link(nameOrIndex);
	if (link === undefined) {
		throw new HeddleError(
			'ERR_NO_INTERFACE',
			`interface: found no ${describeValue(nameOrIndex)} in this namespace, expected a veth or netkit`,
			{
				field: 'interface',
				found: nameOrIndex,
			},
		);
	}
	if (!PAIR_KINDS.includes(link.kind)) {
		throw new HeddleError(
			'ERR_UNSUPPORTED_INTERFACE',
			`interface ${link.name}: found kind '${link.kind || 'none'}', expected veth or netkit`,
			{ field: 'interface', found: link.kind, expected: 'veth or netkit' },
		);
	}
	const known = hints.mac !== undefined && hints.podInterface !== undefined;
	const peer = known ? undefined : findPeer(netlink, link, hints.podNetns);
	const podInterface = peer?.name ?? hints.podInterface;
	return {
		name: link.name,
		index: link.ifindex,
		mtu: link.mtu,
		hostMac: macOf(link.mac, `interface ${link.name}`),
		podMac: podMac(link, peer, hints.mac),
		...(podInterface === undefined ? {} : { podInterface }),
	};
}

function podMac(link: LinkInfo, peer: LinkInfo | undefined, wanted: string | undefined): Uint8Array {
	if (wanted !== undefined) {
		return macOf(wanted, 'mac');
	}
	if (peer === undefined) {
		throw invalidArgument(
			'mac',
			undefined,
			`the pod's MAC address, or podNetns: the other end of ${link.name} is in another namespace`,
		);
	}
	return macOf(peer.mac, `interface ${peer.name}`);
}

function macOf(text: string, field: string): Uint8Array {
	const mac = parseMac(text);
	if (mac === undefined) {
		throw invalidArgument(field, text, 'a MAC address such as 02:00:00:00:00:01');
	}
	return mac;
}

function findPeer(netlink: Netlink, link: LinkInfo, podNetns: number | string | undefined): LinkInfo | undefined {
	if (link.peerIfindex === 0) {
		return undefined;
	}
	if (podNetns !== undefined) {
		return inNamespace(podNetns, (there) => there.link(link.peerIfindex));
	}
	return link.peerNetnsId === -1 ? netlink.link(link.peerIfindex) : undefined;
}

function inNamespace<T>(namespace: number | string, body: (netlink: Netlink) => T): T {
	const fd = typeof namespace === 'number' ? namespace : wrapNative(() => netns.open(namespace), 'podNetns');
	try {
		const there = wrapNative(() => new Netlink(fd), 'podNetns');
		try {
			return body(there);
		} finally {
			there.close();
		}
	} finally {
		if (typeof namespace === 'string') {
			netns.close(fd);
		}
	}
}
