import { readFileSync } from 'node:fs';

import { expect } from 'vitest';

import { createMemoryStore, HeddleError } from '../../lib/index.js';
import type { Agent, PodRequest, Store } from '../../lib/index.js';
import { Netlink } from '../../lib/native/addon.js';
import type { LabPod } from './lab.js';

const EXAMPLES = new URL('../../examples/multi-network/', import.meta.url);

export function example(name: string): string {
	return readFileSync(new URL(name, EXAMPLES), 'utf8');
}

export const BOTH = { 'network.v1alpha1.isovalent.com/pod-networks': 'default,jupiter' };
export const JUPITER = { 'network.v1alpha1.isovalent.com/pod-networks': 'jupiter' };

export function requestOf(pod: LabPod, more: Partial<PodRequest['pod']> = {}): PodRequest {
	return { netns: pod.path, pod: { namespace: 'default', name: pod.name, labels: { app: pod.name }, ...more } };
}

export function inside<T>(pod: Pick<LabPod, 'netns'>, body: (netlink: Netlink) => T): T {
	const netlink = new Netlink(pod.netns);
	try {
		return body(netlink);
	} finally {
		netlink.close();
	}
}

/** Interfaces of ours on the host. */
export function ours(): string[] {
	const netlink = new Netlink();
	try {
		return netlink
			.links()
			.map(({ name }) => name)
			.filter((name) => name.startsWith('hdl'));
	} finally {
		netlink.close();
	}
}

/** Kernel, maps, addresses and state know of no pod. */
export function expectNothing(agent: Agent): void {
	expect(ours()).toEqual([]);
	expect([...agent.pods]).toEqual([]);
	expect([...agent.ipam.allocations()]).toEqual([]);
	expect(agent.datapath.endpoints.size).toBe(0);
	expect(agent.datapath.stats().maps['addresses']?.entries).toBe(0);
	expectConsistent(agent);
}

export function expectConsistent(agent: Agent): void {
	expect(agent.audit()).toEqual({ interfaces: [], missing: [], endpoints: [], addresses: [] });
}

/** A store whose writes fail from a given one on. */
export function failingStore(): { store: Store; failAfter(writes: number): void } {
	const store = createMemoryStore();
	let left = Infinity;
	return {
		store: {
			...store,
			write(changes) {
				if (left-- <= 0) {
					throw new HeddleError('ERR_STORE_FULL', 'found no space left, expected some');
				}
				store.write(changes);
			},
		},
		failAfter: (writes) => void (left = writes),
	};
}
