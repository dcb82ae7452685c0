import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Netlink, load, netns, probeAttachMode, writeSysctl } from '../../../lib/native/addon.js';
import type { AttachMode, BpfMap, BpfObject } from '../../../lib/native/addon.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');

export function objectFile(name: string): Uint8Array {
	return readFileSync(join(root, 'native/build', `${name}.bpf.o`));
}

export function loadFixture(): Promise<BpfObject> {
	return load(objectFile('fixture'));
}

export function u32(...values: number[]): Uint8Array {
	return new Uint8Array(Uint32Array.from(values).buffer);
}

export function u64(...values: number[]): Uint8Array {
	return new Uint8Array(BigUint64Array.from(values.map(BigInt)).buffer);
}

/** Sum over CPUs of one cell of a per-CPU array of u64. */
export function perCpuSum(map: BpfMap, index: number, cpus: number): number {
	const value = new Uint8Array(8 * cpus);
	map.lookup(u32(index), value);
	return new BigUint64Array(value.buffer).reduce((sum, cell) => sum + Number(cell), 0);
}

export function failureOf(action: () => unknown): Error & Record<string, unknown> {
	try {
		action();
	} catch (error) {
		return error as Error & Record<string, unknown>;
	}
	throw new Error('expected a failure');
}

export async function rejectionOf(promise: Promise<unknown>): Promise<Error & Record<string, unknown>> {
	try {
		await promise;
	} catch (error) {
		return error as Error & Record<string, unknown>;
	}
	throw new Error('expected a rejection');
}

export const modes: AttachMode[] = probeAttachMode() === 'tcx' ? ['tcx', 'clsact'] : ['clsact'];

/** An interface that can carry addresses and routes: one end of a pair, the other end up and idle. */
export function addVethEnd(netlink: Netlink, name: string): number {
	const { ifindex, peerIfindex } = netlink.addVeth({ name, peer: { name: `${name}p` } });
	netlink.setLink(peerIfindex, { up: true });
	return ifindex;
}

let counter = 0;

export interface Wire {
	/** Here, with 198.18.x.1. */
	readonly name: string;
	readonly ifindex: number;
	/** In a namespace of its own, with 198.18.x.2. */
	readonly peerIfindex: number;
	readonly netns: number;
	readonly peerAddress: string;
	remove(): void;
}

/** The kernel starts an interface's queue a moment after it went up, and drops until then. */
function waitUntilUp(name: string): void {
	const sleeper = new Int32Array(new SharedArrayBuffer(4));
	for (let i = 0; i < 500; i++) {
		if (readFileSync(`/sys/class/net/${name}/operstate`, 'utf8').trim() === 'up') return;
		Atomics.wait(sleeper, 0, 0, 10);
	}
	throw new Error(`${name} did not come up`);
}

/** A veth pair into a new namespace; quiet: no IPv6, no ARP. */
export function makeWire(): Wire {
	const id = `${process.pid % 100000}${counter++}`;
	const name = `hn${id}a`;
	const subnet = `198.18.${(process.pid + counter) % 250}`;
	const fd = netns.create(`heddle-test-${id}`);
	const here = new Netlink();
	const there = new Netlink(fd);
	const mac = '02:00:00:00:00:02';
	const { ifindex, peerIfindex } = here.addVeth({
		name,
		mac: '02:00:00:00:00:01',
		peer: { name: `hn${id}b`, netns: fd, mac },
	});
	writeSysctl(['net', 'ipv6', 'conf', name, 'disable_ipv6'], '1');
	here.setLink(ifindex, { up: true });
	there.setLink(peerIfindex, { up: true });
	here.addAddress(ifindex, `${subnet}.1/30`);
	here.addNeighbour(ifindex, `${subnet}.2`, mac);
	there.addAddress(peerIfindex, `${subnet}.2/30`);
	there.addNeighbour(peerIfindex, `${subnet}.1`, '02:00:00:00:00:01');
	there.close();
	waitUntilUp(name);
	const remove = () => {
		here.deleteLink(ifindex);
		here.close();
		netns.close(fd);
		netns.remove(`heddle-test-${id}`);
	};
	return { name, ifindex, peerIfindex, netns: fd, peerAddress: `${subnet}.2`, remove };
}
