import { afterEach, beforeEach, expect, it } from 'vitest';

import type { Agent, Attachment } from '../../lib/index.js';
import { Netlink, netns } from '../../lib/native/addon.js';
import { openLab } from './lab.js';
import type { Lab, LabPod } from './lab.js';
import { startSocketWorker } from './socket-worker.js';
import type { SocketWorker } from './socket-worker.js';
import { example, expectNothing, JUPITER, requestOf } from './support-agent.js';

const HOST = ['10.4.255.1', 'fd00:4::ffff'];

let lab: Lab;
let agent: Agent;
let host: SocketWorker;
let fd: number;
let netlink: Netlink;
let pod: LabPod;

beforeEach(async () => {
	lab = openLab();
	agent = await lab.agent();
	await agent.apply(example('pools.yaml'), example('networks.yaml'));
	netlink = new Netlink();
	fd = netns.open('/proc/self/ns/net');
	host = await startSocketWorker(fd);
	pod = lab.pod('pod');
});

afterEach(async () => {
	await host.close();
	netns.close(fd);
	netlink.close();
	await lab[Symbol.asyncDispose]();
});

function ways({ ipv4, ipv6 }: Attachment): (string | undefined)[] {
	return [`${ipv4}/32`, `${ipv6}/128`].map((destination) => {
		const route = netlink.routes(destination.includes(':') ? 6 : 4).find((one) => one.destination === destination);
		return route && netlink.link(route.ifindex)?.name;
	});
}

it('the host reaches the pods of `default`, and those of other networks where it is asked to', async () => {
	// Some interface of the host that has addresses, as every node has.
	const link = netlink.link(lab.pod('away').plug([]))!;
	HOST.forEach((address) => netlink.addAddress(link.ifindex, `${address}/${address.includes(':') ? 128 : 32}`));
	await agent.datapath.refresh();
	const [attachment] = await agent.attachPod(requestOf(pod));
	const other = lab.pod('other');
	const [away] = await agent.attachPod(requestOf(other, { annotations: JUPITER }));
	expect(ways(attachment!)).toEqual([attachment!.hostInterface, attachment!.hostInterface]);
	expect(ways(away!)).toEqual([undefined, undefined]);
	const sockets = await pod.sockets();
	await sockets.serveTcp(80, 4);
	await sockets.serveTcp(80, 6);
	expect(await host.connectTcp(attachment!.ipv4!, 80)).toBeTruthy();
	expect(await host.connectTcp(attachment!.ipv6!, 80)).toBeTruthy();
	await agent.close();
	agent = await lab.agent({ hostRoutes: ['jupiter'] });
	expect(ways(attachment!)).toEqual([undefined, undefined]);
	expect(ways(away!)).toEqual([away!.hostInterface, away!.hostInterface]);
	const there = await other.sockets();
	await there.serveTcp(80, 4);
	expect(await host.connectTcp(away!.ipv4!, 80)).toBeTruthy();
	await agent.detachPods(['default/pod', 'default/other']);
	expect(ways(away!)).toEqual([undefined, undefined]);
	expectNothing(agent);
});

it('routes that were lost are told by a check, and are back after a restart', async () => {
	const [attachment] = await agent.attachPod(requestOf(pod));
	const { ifindex } = netlink.link(attachment!.hostInterface)!;
	netlink.deleteRoute({ destination: `${attachment!.ipv4}/32`, ifindex });
	expect(() => agent.checkPod('default/pod')).toThrow(expect.objectContaining({ field: 'hostRoutes' }));
	await agent.close();
	agent = await lab.agent();
	agent.checkPod('default/pod');
	expect(ways(attachment!)).toEqual([attachment!.hostInterface, attachment!.hostInterface]);
});

it('an address has one way: whose the other is, is told, and nothing is attached', async () => {
	const range = (name: string) => [
		{
			apiVersion: 'cilium.io/v2alpha1',
			kind: 'CiliumPodIPPool',
			metadata: { name },
			spec: { ipv4: { cidrs: ['10.50.0.0/24'], maskSize: 24 } },
		},
		{
			apiVersion: 'isovalent.com/v1alpha1',
			kind: 'IsovalentPodNetwork',
			metadata: { name },
			spec: { ipam: { mode: 'multi-pool', pool: { name } } },
		},
	];
	await agent.apply(...range('one'), ...range('two'));
	await agent.close();
	agent = await lab.agent({ hostRoutes: ['one', 'two'] });
	await agent.attachPod({ ...requestOf(lab.pod('first')), networks: ['one'] });
	await expect(agent.attachPod({ ...requestOf(pod), networks: ['two'] })).rejects.toMatchObject({
		code: 'ERR_ROUTE_EXISTS',
		found: '10.50.0.1/32',
		details: { network: 'two', pod: 'default/first', other: 'one' },
	});
	expect(agent.attachments('default/pod')).toEqual([]);
	await agent.detachPod('default/first');
	expectNothing(agent);
	// Somebody else's, by another interface.
	const link = netlink.link(lab.pod('away').plug([]))!;
	netlink.addRoute({ destination: '10.50.0.1/32', ifindex: link.ifindex });
	await expect(agent.attachPod({ ...requestOf(pod), networks: ['two'] })).rejects.toThrow(`by ${link.name}`);
	netlink.deleteRoute({ destination: '10.50.0.1/32', ifindex: link.ifindex });
	await agent.attachPod({ ...requestOf(pod), networks: ['two'] });
	agent.checkPod('default/pod');
});
