/** Runs in the host namespace of the redirect peer: nothing but bpf_redirect_peer on both interfaces. */
import { readFileSync } from 'node:fs';
import { type BpfObject, type Link, Netlink, attach, load, probeAttachMode } from '../../../lib/native/addon.js';
import { serve } from '../../support/serve.js';
import { findBuilt } from '../../support/tools.js';
import type { Pod } from '../topology.js';

let object: BpfObject | undefined;
let links: Link[] = [];

function bytesOf(mac: string): number[] {
	return mac.split(':').map((part) => Number.parseInt(part, 16));
}

/** struct target of redirect.bpf.c */
function target(ifindex: number, { mac, hostMac }: Pod): Uint8Array {
	const bytes = new Uint8Array(16);
	new DataView(bytes.buffer).setUint32(0, ifindex, true);
	bytes.set([...bytesOf(mac), ...bytesOf(hostMac)], 4);
	return bytes;
}

function slot(ifindex: number): Uint8Array {
	return new Uint8Array(Uint32Array.of(ifindex & 1023).buffer);
}

async function open([client, server]: readonly [Pod, Pod]): Promise<void> {
	const netlink = new Netlink();
	const [first, second] = [client, server].map(({ hostSide }) => netlink.link(hostSide)?.ifindex ?? 0);
	netlink.close();
	if (!first || !second) throw new Error('redirect: found no host-side interfaces');
	object = await load(readFileSync(findBuilt('redirect.bpf.o')));
	const program = object.programs['redirect'];
	const targets = object.maps['targets'];
	if (program === undefined || targets === undefined) throw new Error('redirect.bpf.o: found no program or map');
	targets.update(slot(first), target(second, server));
	targets.update(slot(second), target(first, client));
	const requests = [first, second].map((ifindex) => ({ program, ifindex, hook: 'ingress' as const }));
	links = await attach(requests, { mode: probeAttachMode() });
}

serve({ open }, async () => {
	for (const link of links) await link.detach();
	object?.close();
});
