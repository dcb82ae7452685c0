import { readFileSync } from 'node:fs';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Agent, PodRequest } from '../../lib/index.js';
import { Netlink } from '../../lib/native/addon.js';
import { openLab } from './lab.js';
import type { Lab, LabPod } from './lab.js';

const EXAMPLES = new URL('../../examples/multi-network/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, EXAMPLES), 'utf8');
const BOTH = { 'network.v1alpha1.isovalent.com/pod-networks': 'default,jupiter' };

let lab: Lab;
let agent: Agent;

beforeEach(async () => {
	lab = openLab();
	agent = await lab.agent();
	await agent.apply(read('pools.yaml'), read('networks.yaml'));
});

afterEach(() => lab[Symbol.asyncDispose]());

function requestOf(pod: LabPod, more: Partial<PodRequest['pod']> = {}): PodRequest {
	return { netns: pod.path, pod: { namespace: 'default', name: pod.name, labels: { app: pod.name }, ...more } };
}

function inside<T>(pod: LabPod, body: (netlink: Netlink) => T): T {
	const netlink = new Netlink(pod.netns);
	try {
		return body(netlink);
	} finally {
		netlink.close();
	}
}

/** Nothing of ours is left anywhere. */
function expectNothing(): void {
	const netlink = new Netlink();
	const ours = netlink.links().filter(({ name }) => name.startsWith('hdl'));
	netlink.close();
	expect(ours).toEqual([]);
	expect([...agent.pods]).toEqual([]);
	expect([...agent.ipam.allocations()]).toEqual([]);
	expect(agent.datapath.endpoints.size).toBe(0);
	expect(agent.audit()).toEqual({ interfaces: [], missing: [], endpoints: [], addresses: [] });
	expect(agent.datapath.stats().maps['addresses']?.entries).toBe(0);
}

describe('a pod on two networks', () => {
	it('has an interface, addresses, routes and an identity on each', async () => {
		const pod = lab.pod('client');
		const attachments = await agent.attachPod(requestOf(pod, { annotations: BOTH }));
		expect(attachments.map(({ network, interface: name }) => [network, name])).toEqual([
			['default', 'eth0'],
			['jupiter', 'cil1'],
		]);
		const [first, second] = attachments;
		expect(first!.routes.map(({ destination }) => destination)).toEqual(['0.0.0.0/0', '::/0']);
		expect(second!.identity.labels).toMatchObject({ 'cni:com.isovalent.v1alpha1.network.attachment': 'jupiter' });
		expect(first!.identity.id).not.toBe(second!.identity.id);
		inside(pod, (netlink) => {
			for (const { interface: name, mac, mtu, ipv4, ipv6 } of attachments) {
				const link = netlink.link(name)!;
				expect(link).toMatchObject({ mac, mtu, up: true });
				const addresses = netlink.addresses(link.ifindex).map((one) => `${one.address}/${one.prefixLength}`);
				expect(addresses).toEqual(expect.arrayContaining([`${ipv4}/32`, `${ipv6}/128`]));
			}
		});
		agent.checkPod('default/client');
		expect(await agent.detachPod('default/client')).toBe(true);
		expect(await agent.detachPod('default/client')).toBe(false);
		expectNothing();
	});

	it('talks on each network, and on none to another', async () => {
		const [client, server, other] = ['client', 'server', 'other'].map((name) => lab.pod(name)) as [
			LabPod,
			LabPod,
			LabPod,
		];
		const [[, ofClient], [onJupiter], [onDefault]] = (await Promise.all([
			agent.attachPod(requestOf(client, { annotations: BOTH })),
			agent.attachPod(requestOf(server, { annotations: { 'network.v1alpha1.isovalent.com/pod-networks': 'jupiter' } })),
			agent.attachPod(requestOf(other)),
		])) as unknown as [[never, { ipv4: string }], [{ ipv4: string; ipv6: string }], [{ ipv4: string; ipv6: string }]];
		for (const address of [onJupiter.ipv4, onJupiter.ipv6, onDefault.ipv4, onDefault.ipv6]) {
			expect(await client.ping(address), address).toBe(true);
		}
		expect(await other.ping(onJupiter.ipv4)).toBe(false);
		expect(await server.ping(ofClient.ipv4)).toBe(true);
	});
});
