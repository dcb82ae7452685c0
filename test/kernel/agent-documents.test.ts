import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Agent } from '../../lib/index.js';
import { openLab } from './lab.js';
import type { Lab } from './lab.js';
import { BOTH, example, expectConsistent, expectNothing, inside, requestOf } from './support-agent.js';

let lab: Lab;
let agent: Agent;

const pool = (name: string, cidr: string, maskSize = 27) => ({
	apiVersion: 'cilium.io/v2alpha1',
	kind: 'CiliumPodIPPool',
	metadata: { name },
	spec: { ipv4: { cidrs: [cidr], maskSize } },
});
const network = (name: string, from: string, more: object = {}) => ({
	apiVersion: 'isovalent.com/v1alpha1',
	kind: 'IsovalentPodNetwork',
	metadata: { name },
	spec: { ipam: { mode: 'multi-pool', pool: { name: from } }, ...more },
});
const namespace = (labels: Record<string, string>) => ({
	apiVersion: 'v1',
	kind: 'Namespace',
	metadata: { name: 'default', labels },
});

beforeEach(async () => {
	lab = openLab();
	agent = await lab.agent();
	await agent.apply(example('pools.yaml'), example('networks.yaml'));
});

afterEach(() => lab[Symbol.asyncDispose]());

describe('documents of an agent', () => {
	it('are applied whole or not at all', async () => {
		const before = JSON.stringify([...agent.documents]);
		const bad = { ...pool('bad', '10.77.0.0/24'), spec: { ipv4: { cidrs: ['10.77.0.0/24'], maskSize: 99 } } };
		await expect(agent.apply(pool('good', '10.66.0.0/24'), network('venus', 'good'), bad)).rejects.toMatchObject({
			code: 'ERR_POLICY',
		});
		expect(JSON.stringify([...agent.documents])).toBe(before);
		expect(agent.ipam.pools).not.toContain('good');
		expect(agent.datapath.networks.has('venus')).toBe(false);
		// The last of several is what fails: the pool is in use.
		await agent.attachPod(requestOf(lab.pod('client')));
		const shrunk = pool('default', '10.200.0.0/24', 24);
		await expect(agent.apply(network('venus', 'default'), shrunk)).rejects.toMatchObject({ code: 'ERR_POOL_IN_USE' });
		expect(agent.datapath.networks.has('venus')).toBe(false);
		expect(JSON.stringify([...agent.documents])).toBe(before);
	});

	it('of other kinds are refused by name', async () => {
		const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'n' } };
		await expect(agent.apply(map)).rejects.toMatchObject({ code: 'ERR_POLICY' });
	});

	it('that are in use are not deleted', async () => {
		const [client] = [lab.pod('client')];
		await agent.attachPod(requestOf(client, { annotations: BOTH }));
		await expect(agent.delete({ kind: 'CiliumPodIPPool', name: 'jupiter-ip-pool' })).rejects.toMatchObject({
			code: 'ERR_POOL_IN_USE',
		});
		await expect(agent.delete({ kind: 'IsovalentPodNetwork', name: 'jupiter' })).rejects.toMatchObject({
			code: 'ERR_IN_USE',
		});
		agent.checkPod('default/client');
		await agent.detachPod('default/client');
		expect(await agent.delete({ kind: 'IsovalentPodNetwork', name: 'jupiter' })).toBe(true);
		expect(await agent.delete({ kind: 'CiliumPodIPPool', name: 'jupiter-ip-pool' })).toBe(true);
		expect(await agent.delete({ kind: 'CiliumPodIPPool', name: 'jupiter-ip-pool' })).toBe(false);
		await agent.close();
		agent = await lab.agent();
		expect(agent.datapath.networks.has('jupiter')).toBe(false);
		expectNothing(agent);
	});

	it('change the routes of running pods, and the MTU of those to come', async () => {
		const [first, second] = [lab.pod('first'), lab.pod('second')];
		const [, before] = await agent.attachPod(requestOf(first, { annotations: BOTH }));
		const routes = [
			{ destination: '192.168.16.0/20', gateway: '192.168.0.9' },
			{ destination: '172.31.0.0/16', gateway: '192.168.0.9' },
		];
		await agent.apply(network('jupiter', 'jupiter-ip-pool', { mtu: 1400, routes }));
		agent.checkPod('default/first');
		const found = inside(first, (netlink) => netlink.routes(4).filter(({ gateway }) => gateway === '192.168.0.9'));
		expect(found.map(({ destination }) => destination).sort()).toEqual(['172.31.0.0/16', '192.168.16.0/20']);
		const [, after] = agent.attachments('default/first');
		expect(after).toMatchObject({ mtu: before!.mtu, routes });
		const [, other] = await agent.attachPod(requestOf(second, { annotations: BOTH }));
		expect(other!.mtu).toBe(1400);
		expect(await first.ping(other!.ipv4!)).toBe(true);
		expect(agent.datapath.networks.get('jupiter')!.gateways).toMatchObject({ ipv4: '192.168.0.9' });
	});

	it('change identities of running pods: the pod’s labels and its namespace’s', async () => {
		const [client, server] = [lab.pod('client'), lab.pod('server')];
		await agent.attachPod(requestOf(client));
		const [target] = await agent.attachPod(requestOf(server));
		await agent.apply({
			apiVersion: 'cilium.io/v2',
			kind: 'CiliumNetworkPolicy',
			metadata: { name: 'friends' },
			spec: {
				endpointSelector: { matchLabels: { app: 'server' } },
				ingress: [
					{ fromEndpoints: [{ matchLabels: { app: 'friend', 'k8s:io.cilium.k8s.namespace.labels.team': 'blue' } }] },
				],
			},
		});
		expect(await client.ping(target!.ipv4!)).toBe(false);
		await agent.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'client', labels: { app: 'friend' } } });
		expect(await client.ping(target!.ipv4!)).toBe(false);
		await agent.apply(namespace({ team: 'blue' }));
		expect(await client.ping(target!.ipv4!)).toBe(true);
		await agent.relabelPod('default/client', { labels: { app: 'stranger' } });
		expect(await client.ping(target!.ipv4!)).toBe(false);
		await agent.relabelPod('default/client', { labels: { app: 'friend' } });
		expect(await client.ping(target!.ipv6!)).toBe(true);
		expect(await agent.delete({ kind: 'Namespace', name: 'default' })).toBe(true);
		expect(await client.ping(target!.ipv4!)).toBe(false);
	});
});

describe('addresses', () => {
	it('of two networks may be the same', async () => {
		await agent.apply(pool('one', '10.50.0.0/24'), pool('two', '10.50.0.0/24'));
		await agent.apply(network('one', 'one'), network('two', 'two'));
		const names = ['a', 'b', 'c', 'd'];
		const pods = names.map((name) => lab.pod(name));
		const attached = [];
		for (const [i, pod] of pods.entries()) {
			attached.push((await agent.attachPod({ ...requestOf(pod), networks: [i < 2 ? 'one' : 'two'] }))[0]!);
		}
		expect(attached.map(({ ipv4 }) => ipv4)).toEqual(['10.50.0.1', '10.50.0.2', '10.50.0.1', '10.50.0.2']);
		const [a, , c] = pods;
		expect(await a!.ping('10.50.0.2')).toBe(true);
		expect(await c!.ping('10.50.0.2')).toBe(true);
		pods[3]!.remove();
		await agent.detachPod('default/d');
		expect(await c!.ping('10.50.0.2')).toBe(false);
		expect(await a!.ping('10.50.0.2')).toBe(true);
	});

	it('are from the pool that pod or namespace name', async () => {
		await agent.apply(pool('special', '10.51.0.0/24'));
		const annotations = { ...BOTH, 'ipam.cilium.io/ipv4-pool': 'special' };
		const [first, second] = await agent.attachPod(requestOf(lab.pod('client'), { annotations }));
		expect(first!.ipv4).toBe('10.51.0.1');
		expect(first!.ipv6).toMatch(/^fd00:10:/);
		expect(second!.ipv4).toMatch(/^192\.168\.16\./);
	});

	it.each(['first', 'after a restart'])('of gateways are no pod’s (%s)', async (when) => {
		const gateways = ['10.52.0.1', 'fd00:52::1'];
		const routes = ['10.99.0.0/16', 'fd00:99::/64'].map((destination, i) => ({ destination, gateway: gateways[i] }));
		const both = { ...pool('own', '10.52.0.0/24') };
		both.spec = Object.assign(both.spec, { ipv6: { cidrs: ['fd00:52::/112'], maskSize: 120 } });
		await agent.apply(both, network('own', 'own', { routes }));
		if (when !== 'first') {
			await agent.close();
			agent = await lab.agent();
		}
		const [client, server] = [lab.pod('client'), lab.pod('server')];
		const [first] = await agent.attachPod({ ...requestOf(client), networks: ['own'] });
		expect([first!.ipv4, first!.ipv6]).toEqual(['10.52.0.2', 'fd00:52::2']);
		for (const ip of gateways) {
			const networks = [{ network: 'own', ips: [ip] }];
			await expect(agent.attachPod({ ...requestOf(server), networks })).rejects.toMatchObject({
				code: 'ERR_ADDRESS_RESERVED',
				found: ip,
			});
		}
		const own = [{ network: 'own', defaultRoute: ['10.52.0.3'] }];
		const [second] = await agent.attachPod({ ...requestOf(server), networks: own });
		expect(second!.ipv4).toBe('10.52.0.4');
		expect(await client.ping('10.52.0.4')).toBe(true);
	});

	it('that pods have do not become gateways of their network', async () => {
		await agent.apply(pool('own', '10.52.0.0/24'), network('own', 'own'), network('other', 'own'));
		const [attachment] = await agent.attachPod({ ...requestOf(lab.pod('client')), networks: ['own'], sticky: true });
		const routes = [{ destination: '10.99.0.0/16', gateway: attachment!.ipv4 }];
		const refused = { code: 'ERR_ADDRESS_IN_USE', found: '10.52.0.1', details: { owner: 'sticky default/client/own' } };
		await expect(agent.apply(network('own', 'own', { routes }))).rejects.toMatchObject(refused);
		// Nothing is ever routed between networks.
		await agent.apply(network('other', 'own', { routes }));
		await agent.detachPod('default/client');
		await expect(agent.apply(network('own', 'own', { routes }))).rejects.toThrow(/sticky default\/client\/own/);
		await agent.forgetPod('default/client');
		await agent.apply(network('own', 'own', { routes }));
		expectNothing(agent);
	});

	it('that are sticky wait for their pod', async () => {
		const request = { ...requestOf(lab.pod('db')), id: 'sandbox-1', sticky: true };
		const [before] = await agent.attachPod(request);
		await agent.detachPod('sandbox-1');
		await agent.close();
		agent = await lab.agent();
		const [other] = await agent.attachPod(requestOf(lab.pod('other')));
		expect(other!.ipv4).not.toBe(before!.ipv4);
		const [after] = await agent.attachPod({ ...request, id: 'sandbox-2', netns: lab.pod('again').path });
		expect([after!.ipv4, after!.ipv6]).toEqual([before!.ipv4, before!.ipv6]);
		await expect(agent.forgetPod('default/db')).rejects.toMatchObject({ code: 'ERR_IN_USE' });
		await agent.detachPods(['sandbox-2', 'default/other']);
		expect(await agent.forgetPod('default/db')).toBe(true);
		expect(await agent.forgetPod('default/db')).toBe(false);
		expectConsistent(agent);
		expectNothing(agent);
	});
});
