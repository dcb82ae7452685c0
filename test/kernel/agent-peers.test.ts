import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Agent } from '../../lib/index.js';
import { createManifestSync } from '../../lib/agent/manifests/sync.js';
import { openLab } from './lab.js';
import type { Lab, LabPod } from './lab.js';
import { makeOutside } from './outside.js';
import type { Outside } from './outside.js';
import type { SocketWorker } from './socket-worker.js';
import { example, requestOf } from './support-agent.js';

const OUTSIDE = ['198.51.100.2', '2001:db8:7::2'];
const NODE = ['198.51.100.1', '2001:db8:7::1'];
const WAIT_MS = 300;

let lab: Lab;
let agent: Agent;
let outside: Outside;
let client: LabPod;
let sockets: SocketWorker;

beforeEach(async () => {
	lab = openLab();
	agent = await lab.agent();
	await agent.apply(example('pools.yaml'));
	client = lab.pod('client');
	const [attachment] = await agent.attachPod(requestOf(client));
	outside = await makeOutside(lab, NODE, OUTSIDE);
	outside.routeTo([`${attachment!.ipv4}/32`, `${attachment!.ipv6}/128`]);
	await agent.datapath.refresh();
	await agent.datapath.attachUplink(outside.uplink);
	const there = await outside.pod.sockets();
	await there.serveTcp(80, 4);
	await there.serveTcp(80, 6);
	sockets = await client.sockets();
});

afterEach(() => lab[Symbol.asyncDispose]());

const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'db' }, spec: {} };
const slice = (name: string, ...addresses: string[]) => ({
	apiVersion: 'discovery.k8s.io/v1',
	kind: 'EndpointSlice',
	metadata: { name, labels: { 'kubernetes.io/service-name': 'db' } },
	addressType: addresses[0]!.includes(':') ? 'IPv6' : 'IPv4',
	endpoints: [{ addresses }],
});
const node = (name: string, labels: Record<string, string>, ...addresses: string[]) => ({
	apiVersion: 'v1',
	kind: 'Node',
	metadata: { name, labels },
	status: { addresses: addresses.map((address) => ({ type: 'InternalIP', address })) },
});
const egress = (...rules: object[]) => ({
	apiVersion: 'cilium.io/v2',
	kind: 'CiliumNetworkPolicy',
	metadata: { name: 'client' },
	spec: { endpointSelector: { matchLabels: { app: 'client' } }, egress: rules },
});
const TO_DB = egress({ toServices: [{ k8sService: { serviceName: 'db', namespace: 'default' } }] });

async function reached(): Promise<boolean[]> {
	const tries = OUTSIDE.map((address) => sockets.connectTcp(address, 80, WAIT_MS).then(Boolean, () => false));
	return Promise.all(tries);
}

describe('a policy of an agent', () => {
	it('follows the slices of a service', async () => {
		await agent.apply(TO_DB);
		expect(await reached()).toEqual([false, false]);
		await agent.apply(service, slice('db-4', OUTSIDE[0]!));
		expect(await reached()).toEqual([true, false]);
		await agent.apply(slice('db-6', OUTSIDE[1]!), slice('db-4', '198.51.100.9'));
		expect(await reached()).toEqual([false, true]);
		await agent.close();
		agent = await lab.agent();
		expect(await reached()).toEqual([false, true]);
		await agent.apply(slice('db-4', '198.51.100.9', OUTSIDE[0]!));
		expect(await agent.delete({ kind: 'EndpointSlice', name: 'db-6' })).toBe(true);
		expect(await reached()).toEqual([true, false]);
		expect(agent.datapath.policies.verify()).toMatchObject({ ok: true });
		expect(await agent.delete({ kind: 'Service', name: 'db' })).toBe(true);
		expect(await reached()).toEqual([false, false]);
		expect(agent.datapath.policies.services.size).toBe(0);
	});

	it('leaves services as they were where the documents beside them are refused', async () => {
		await agent.apply(TO_DB, service, slice('db-4', OUTSIDE[0]!));
		const bad = { ...egress(), metadata: { name: 'bad' }, spec: { egress: [] } };
		await expect(agent.apply(slice('db-4', '198.51.100.9'), bad)).rejects.toMatchObject({ code: 'ERR_POLICY' });
		const taken = { apiVersion: 'isovalent.com/v1alpha1', kind: 'IsovalentPodNetwork', metadata: { name: 'default' } };
		const spec = { ipam: { mode: 'multi-pool', pool: { name: 'default' } } };
		const gateway = agent.attachments('default/client')[0]!.ipv4;
		const routes = [{ destination: '172.30.0.0/16', gateway }];
		await expect(
			agent.apply(slice('db-4', '198.51.100.9'), { ...taken, spec: { ...spec, routes } }),
		).rejects.toMatchObject({ code: 'ERR_ADDRESS_IN_USE' });
		expect(await reached()).toEqual([true, false]);
	});

	it('tells nodes by their labels, and by entity', async () => {
		const zone = (name: string) => ({ toNodes: [{ matchLabels: { zone: name } }] });
		await agent.apply(
			egress(zone('a')),
			node('n1', { zone: 'a' }, OUTSIDE[0]!),
			node('n2', { zone: 'b' }, OUTSIDE[1]!),
		);
		expect(await reached()).toEqual([true, false]);
		await agent.apply(node('n1', { zone: 'b' }, OUTSIDE[0]!), node('n2', { zone: 'a' }, OUTSIDE[1]!));
		expect(await reached()).toEqual([false, true]);
		await agent.close();
		agent = await lab.agent();
		expect(await reached()).toEqual([false, true]);
		// The later one has the address that both claim, as long as it is there.
		await agent.apply(node('n3', { zone: 'c' }, OUTSIDE[1]!));
		expect(await reached()).toEqual([false, false]);
		expect(await agent.delete({ kind: 'Node', name: 'n3' })).toBe(true);
		expect(await reached()).toEqual([false, true]);
		await agent.apply(egress({ toEntities: ['remote-node'] }));
		expect(await reached()).toEqual([true, true]);
		expect(agent.datapath.policies.verify()).toMatchObject({ ok: true });
		expect(agent.datapath.identities.lookup('default', OUTSIDE[0]!)!.labels).toMatchObject({ 'node:zone': 'b' });
		expect(await agent.delete({ kind: 'Node', name: 'n1' })).toBe(true);
		expect(await reached()).toEqual([false, true]);
	});

	it('follows services and nodes of a folder', async () => {
		const folder = mkdtempSync(join(tmpdir(), 'heddle-peers-'));
		const write = (...documents: object[]) =>
			writeFileSync(join(folder, 'all.yaml'), documents.map((one) => JSON.stringify(one)).join('\n---\n'));
		try {
			const sync = createManifestSync(agent, folder);
			const [, db] = [await agent.apply(TO_DB), slice('db-4', OUTSIDE[0]!)];
			write(service, db, node('n1', {}, OUTSIDE[1]!));
			await sync.run();
			expect(await reached()).toEqual([true, false]);
			write(service, node('n1', {}, OUTSIDE[1]!));
			expect((await sync.run()).deleted).toEqual(['EndpointSlice default/db-4']);
			expect(await reached()).toEqual([false, false]);
			write();
			expect((await sync.run()).kept).toEqual([]);
			expect([agent.datapath.policies.services.size, agent.datapath.policies.nodes.size]).toEqual([0, 0]);
		} finally {
			rmSync(folder, { recursive: true });
		}
	});
});
