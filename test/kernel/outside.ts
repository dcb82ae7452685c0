import { readFileSync } from 'node:fs';

import { Netlink, writeSysctl } from '../../lib/native/addon.js';
import { SLOWNESS } from './lab.js';
import type { Lab, LabPod } from './lab.js';

/** Another machine, at the other end of a cable whose end on the node is the uplink. */
export interface Outside {
	readonly pod: LabPod;
	/** The node's end, by name. */
	readonly uplink: string;
	/** The other machine's routes to the node's pods. */
	routeTo(cidrs: readonly string[]): void;
	/** One more address of the other machine. */
	wear(address: string): void;
	/** Of the node's end. */
	setMtu(mtu: number): void;
	unplug(): void;
}

/** Addresses: IPv4 and IPv6 of each end, on one /24 and /64. */
export async function makeOutside(lab: Lab, node: readonly string[], there: readonly string[]): Promise<Outside> {
	const pod = lab.pod('outside');
	const uplink = pod.plug([]);
	const host = new Netlink();
	const inside = new Netlink(pod.netns);
	const index = host.link(uplink)?.ifindex ?? 0;
	const far = inside.link('eth0')?.ifindex ?? 0;
	// A host asks for its IPv6 neighbours from its link-local address, which would be tentative for a second or two.
	host.setLink(index, { up: false });
	writeSysctl(['net', 'ipv6', 'conf', uplink, 'accept_dad'], '0');
	host.setLink(index, { up: true });
	const length = (address: string) => (address.includes(':') ? 64 : 24);
	node.forEach((address) => host.addAddress(index, `${address}/${length(address)}`));
	there.forEach((address) => inside.addAddress(far, `${address}/${length(address)}`));
	host.close();
	inside.close();
	await linkLocalIsUsable(uplink);
	const withNetlink = (netns: number | undefined, body: (netlink: Netlink) => void) => {
		const netlink = new Netlink(netns);
		try {
			body(netlink);
		} finally {
			netlink.close();
		}
	};
	return {
		pod,
		uplink,
		routeTo(cidrs) {
			withNetlink(pod.netns, (netlink) => {
				for (const destination of cidrs) {
					const gateway = node[destination.includes(':') ? 1 : 0]!;
					netlink.addRoute({ destination, ifindex: far, gateway });
				}
			});
		},
		wear: (address) => withNetlink(pod.netns, (netlink) => netlink.addAddress(far, `${address}/32`)),
		setMtu: (mtu) => withNetlink(undefined, (netlink) => netlink.setLink(index, { mtu })),
		unplug: () => withNetlink(undefined, (netlink) => netlink.deleteLink(index)),
	};
}

/** Not tentative any more. */
async function linkLocalIsUsable(name: string): Promise<void> {
	const TENTATIVE = 0x40;
	for (let tries = 0; tries < 200; tries++) {
		const lines = readFileSync('/proc/net/if_inet6', 'utf8')
			.split('\n')
			.map((line) => line.trim().split(/\s+/));
		const own = lines.find(([address, , , , , device]) => device === name && address?.startsWith('fe80'));
		if (own !== undefined && (Number.parseInt(own[4] ?? '', 16) & TENTATIVE) === 0) {
			return;
		}
		await new Promise((resolve) => setTimeout(resolve, 20 * SLOWNESS));
	}
	throw new Error(`the link-local address of ${name} stays tentative`);
}
