/** Many veth pairs: one end here, the other in the pods' namespace. */
import { Netlink, netns } from '../../lib/native/addon.js';

export function interfaceName(i: number): string {
	return `pod${i}`;
}

export function addressOf(i: number): string {
	return `10.78.${i >> 8}.${i & 255}`;
}

/** Both ends of `count` pairs, up; `first` is the number of the first one. */
export function createInterfaces(podNamespace: string, first: number, count: number): void {
	const pods = netns.open(podNamespace);
	const here = new Netlink();
	const there = new Netlink(pods);
	try {
		for (let i = first; i < first + count; i++) {
			const name = interfaceName(i);
			const { ifindex, peerIfindex } = here.addVeth({ name, peer: { name, netns: pods } });
			here.setLink(ifindex, { up: true });
			there.setLink(peerIfindex, { up: true });
		}
	} finally {
		there.close();
		here.close();
		netns.close(pods);
	}
}
