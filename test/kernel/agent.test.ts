import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Agent } from '../../lib/index.js';
import { openLab } from './lab.js';
import type { Lab, LabPod } from './lab.js';
import { BOTH, example, expectNothing, inside, JUPITER, requestOf } from './support-agent.js';

let lab: Lab;
let agent: Agent;

beforeEach(async () => {
	lab = openLab();
	agent = await lab.agent();
	await agent.apply(example('pools.yaml'), example('networks.yaml'));
});

afterEach(() => lab[Symbol.asyncDispose]());

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
		expectNothing(agent);
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

describe('attaching again', () => {
	it('answers what there is', async () => {
		const pod = lab.pod('client');
		const first = await agent.attachPod(requestOf(pod, { annotations: BOTH }));
		expect(await agent.attachPod(requestOf(pod, { annotations: BOTH }))).toEqual(first);
		const many = await Promise.all(
			Array.from({ length: 5 }, () => agent.attachPod(requestOf(pod, { annotations: BOTH }))),
		);
		many.forEach((one) => expect(one).toEqual(first));
		expect([...agent.pods]).toEqual(['default/client']);
		expect(agent.datapath.endpoints.size).toBe(2);
	});

	it('with other labels swaps the identities, and with other networks is refused', async () => {
		const pod = lab.pod('client');
		const [first] = await agent.attachPod(requestOf(pod, { annotations: BOTH }));
		const [again] = await agent.attachPod(requestOf(pod, { annotations: BOTH, labels: { app: 'other' } }));
		expect(again).toMatchObject({ endpoint: first!.endpoint, ipv4: first!.ipv4 });
		expect(again!.identity.labels).toMatchObject({ 'k8s:app': 'other' });
		await expect(agent.attachPod(requestOf(pod, { annotations: JUPITER }))).rejects.toMatchObject({
			code: 'ERR_EXISTS',
			field: 'networks',
		});
	});

	it('in another namespace leaves nothing of the former one', async () => {
		const [former, next] = [lab.pod('a'), lab.pod('b')];
		const request = requestOf(former, { name: 'client' });
		const [before] = await agent.attachPod(request);
		const [after] = await agent.attachPod({ ...request, netns: next.path });
		expect(after!.netns).toBe(next.path);
		expect(inside(former, (netlink) => netlink.link('eth0'))).toBeUndefined();
		expect(after!.ipv4).toBe(before!.ipv4);
		agent.checkPod('default/client');
		await agent.detachPod('default/client');
		expectNothing(agent);
	});
});

describe('one network of a running pod', () => {
	it('is plugged in and out, and the other one does not notice', async () => {
		const [pod, peer] = [lab.pod('client'), lab.pod('peer')];
		const [own] = await agent.attachPod(requestOf(pod));
		const [peers, peersSecond] = await agent.attachPod(requestOf(peer, { annotations: BOTH }));
		expect(await pod.ping(peersSecond!.ipv4!)).toBe(false);
		const plugged = await agent.plug('default/client', { network: 'jupiter', mac: '02:00:00:00:00:77' });
		expect(plugged).toMatchObject({ interface: 'cil1', network: 'jupiter', mac: '02:00:00:00:00:77', primary: false });
		expect(await agent.plug('default/client', 'jupiter')).toEqual(plugged);
		expect(await pod.ping(peersSecond!.ipv4!)).toBe(true);
		expect(await pod.ping(peersSecond!.ipv6!)).toBe(true);
		expect(await pod.ping(peers!.ipv4!)).toBe(true);
		expect(await agent.unplug('default/client', 'jupiter')).toBe(true);
		expect(await agent.unplug('default/client', 'jupiter')).toBe(false);
		expect(await pod.ping(peersSecond!.ipv4!)).toBe(false);
		expect(await pod.ping(peers!.ipv4!)).toBe(true);
		expect(agent.attachments('default/client')).toEqual([own]);
		await expect(agent.unplug('default/client', 'default')).rejects.toMatchObject({ code: 'ERR_INVALID_ARGUMENT' });
		await expect(agent.plug('default/nobody', 'jupiter')).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' });
		await expect(agent.plug('default/client', 'saturn')).rejects.toMatchObject({ code: 'ERR_UNKNOWN_NETWORK' });
	});
});

describe('detaching', () => {
	it('succeeds when interface, namespace or both are gone', async () => {
		const [one, two] = [lab.pod('one'), lab.pod('two')];
		await agent.attachPods([requestOf(one, { annotations: BOTH }), requestOf(two, { annotations: BOTH })]);
		inside(one, (netlink) => netlink.deleteLink('eth0'));
		two.remove();
		expect(await agent.detachPod('default/one')).toBe(true);
		expect(await agent.detachPod('default/two')).toBe(true);
		expectNothing(agent);
	});

	it('of all but a known-good set', async () => {
		const pods = ['a', 'b', 'c'].map((name) => lab.pod(name));
		await agent.attachPods(pods.map((pod) => requestOf(pod, { annotations: BOTH })));
		expect(await agent.collect(['default/b', 'default/unknown'])).toEqual(['default/a', 'default/c']);
		expect([...agent.pods]).toEqual(['default/b']);
		expect(await agent.collect([])).toEqual(['default/b']);
		expectNothing(agent);
	});
});

describe('a check', () => {
	it('tells what is missing or different', async () => {
		const pod = lab.pod('client');
		await agent.attachPod(requestOf(pod, { annotations: BOTH }));
		agent.checkPod('default/client');
		const fails = (field: string) =>
			expect(() => agent.checkPod('default/client')).toThrow(
				expect.objectContaining({ code: 'ERR_CHECK_FAILED', field }),
			);
		inside(pod, (netlink) => {
			const { ifindex } = netlink.link('cil1')!;
			netlink.setLink(ifindex, { mtu: 1400 });
			fails('cil1.mtu');
			netlink.setLink(ifindex, { mtu: 1500 });
			const [address] = netlink.addresses(ifindex).filter(({ family }) => family === 4);
			netlink.deleteAddress(ifindex, `${address!.address}/32`);
			fails('cil1.addresses');
			netlink.deleteLink('cil1');
		});
		expect(() => agent.checkPod('default/client')).toThrow(expect.objectContaining({ code: 'ERR_CHECK_FAILED' }));
		expect(agent.audit().missing).toEqual(['default/client/jupiter']);
		expect(() => agent.checkPod('default/nobody')).toThrow(expect.objectContaining({ code: 'ERR_NOT_FOUND' }));
	});
});
