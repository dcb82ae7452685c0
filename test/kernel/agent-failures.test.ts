import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { openAgent } from '../../lib/index.js';
import type { Agent, PodRequest } from '../../lib/index.js';
import { openLab } from './lab.js';
import type { Lab, LabPod } from './lab.js';
import { BOTH, example, expectNothing, failingStore, inside, requestOf } from './support-agent.js';

let lab: Lab;
let agent: Agent;
let pod: LabPod;

const TINY = `
apiVersion: cilium.io/v2alpha1
kind: CiliumPodIPPool
metadata: { name: tiny }
spec: { ipv4: { cidrs: [10.44.0.0/31], maskSize: 31 } }
---
apiVersion: isovalent.com/v1alpha1
kind: IsovalentPodNetwork
metadata: { name: tiny }
spec: { ipam: { mode: multi-pool, pool: { name: tiny } } }
`;

beforeEach(() => {
	lab = openLab();
	pod = lab.pod('client');
});

afterEach(() => lab[Symbol.asyncDispose]());

async function start(options: Parameters<Lab['agent']>[0] = {}): Promise<void> {
	agent = await lab.agent(options);
	await agent.apply(example('pools.yaml'), example('networks.yaml'));
}

/** It fails so, and nothing of it is anywhere; then, with the obstacle away, it works. */
async function failsWith(code: string, request: PodRequest = requestOf(pod, { annotations: BOTH })): Promise<void> {
	await expect(agent.attachPod(request)).rejects.toMatchObject({ code });
	expectNothing(agent);
	const left = inside(pod, (netlink) => netlink.links().map(({ name }) => name));
	expect(left.filter((name) => name === 'eth0' || name === 'cil1')).toEqual([]);
}

async function works(): Promise<void> {
	expect(await agent.attachPod(requestOf(pod, { annotations: BOTH }))).toHaveLength(2);
	agent.checkPod('default/client');
}

describe('each step that fails leaves nothing half-made', () => {
	it('addresses: the second network has none left', async () => {
		await start();
		await agent.apply(TINY);
		await agent.attachPods(['a', 'b'].map((name) => ({ ...requestOf(lab.pod(name)), networks: ['tiny'] })));
		const request = { ...requestOf(pod), networks: ['default', 'tiny'] };
		await expect(agent.attachPod(request)).rejects.toMatchObject({ code: 'ERR_POOL_EXHAUSTED' });
		expect(agent.ipam.usage('default')).toMatchObject({ inUse: 0, pending: 0 });
		await agent.collect([]);
		expectNothing(agent);
		expect(await agent.attachPod(request)).toHaveLength(2);
	});

	it.each([
		['before', 0],
		['after', 1],
	])('the state file, %s the interfaces are made', async (_, writes) => {
		const { store, failAfter } = failingStore();
		await start({ store });
		failAfter(writes);
		await failsWith('ERR_STORE_FULL');
		failAfter(Infinity);
		await works();
	});

	it.each(['eth0', 'cil1'])('interfaces: the name %s is taken in the pod', async (name) => {
		await start();
		const other = inside(pod, (netlink) => netlink.addVeth({ name, peer: { name: 'other' } }).ifindex);
		await expect(agent.attachPod(requestOf(pod, { annotations: BOTH }))).rejects.toMatchObject({
			code: 'ERR_NAME_TAKEN',
			field: 'interface',
			found: name,
		});
		expectNothing(agent);
		inside(pod, (netlink) => netlink.deleteLink(other));
		await works();
	});

	it('endpoints: the datapath has room for one alone', async () => {
		await start({ datapath: { capacity: { endpoints: 1 } } });
		await failsWith('ERR_MAP_FULL');
		expect(await agent.attachPod(requestOf(pod))).toHaveLength(1);
	});

	it('routes: the kernel takes no such gateway', async () => {
		await start();
		const networks = ['default', { network: 'jupiter', defaultRoute: ['224.0.0.9'] }];
		await failsWith('ERR_INVALID_ARGUMENT', { ...requestOf(pod), networks });
		await works();
	});

	it('addresses: the gateway is the pod’s own address', async () => {
		await start();
		const networks = ['default', { network: 'jupiter', ips: ['192.168.16.9'], defaultRoute: ['192.168.16.9'] }];
		await failsWith('ERR_ADDRESS_RESERVED', { ...requestOf(pod), networks });
		await works();
	});

	it('one pod of several', async () => {
		await start();
		const other = lab.pod('other');
		inside(other, (netlink) => netlink.addVeth({ name: 'cil1', peer: { name: 'other' } }));
		const requests = [requestOf(pod, { annotations: BOTH }), requestOf(other, { annotations: BOTH })];
		await expect(agent.attachPods(requests)).rejects.toMatchObject({ code: 'ERR_NAME_TAKEN' });
		expectNothing(agent);
		// Asked for one by one at the same time, only the one that cannot be fails.
		const [first, second] = await Promise.allSettled(requests.map((request) => agent.attachPod(request)));
		expect([first!.status, second!.status]).toEqual(['fulfilled', 'rejected']);
		expect([...agent.pods]).toEqual(['default/client']);
	});

	it('the state file when a pod goes: it stays to be detached again', async () => {
		const { store, failAfter } = failingStore();
		await start({ store });
		await works();
		failAfter(1);
		await expect(agent.detachPod('default/client')).rejects.toMatchObject({ code: 'ERR_STORE_FULL' });
		failAfter(Infinity);
		expect(await agent.detachPod('default/client')).toBe(true);
		expectNothing(agent);
	});
});

describe('bad input is told by code and field, and leaves nothing', () => {
	const wrong: readonly (readonly [string, string, string | undefined, (request: PodRequest) => unknown])[] = [
		[
			'unknown network',
			'ERR_UNKNOWN_NETWORK',
			'networks[1].network',
			(one) => ({ ...one, networks: ['default', 'saturn'] }),
		],
		[
			'unknown network in an annotation',
			'ERR_UNKNOWN_NETWORK',
			'networks[1].network',
			(one) => ({
				...one,
				pod: { ...one.pod, annotations: { 'network.v1alpha1.isovalent.com/pod-networks': 'default,saturn' } },
			}),
		],
		[
			'duplicate network',
			'ERR_DUPLICATE_NETWORK',
			'networks[1]',
			(one) => ({
				...one,
				pod: { ...one.pod, annotations: { 'network.v1alpha1.isovalent.com/pod-networks': 'default, default' } },
			}),
		],
		[
			'duplicate across annotations',
			'ERR_DUPLICATE_NETWORK',
			'networks[2]',
			(one) => ({ ...one, pod: { ...one.pod, annotations: { ...BOTH, 'k8s.v1.cni.cncf.io/networks': 'jupiter' } } }),
		],
		[
			'address outside the pool',
			'ERR_ADDRESS_NOT_IN_POOL',
			undefined,
			(one) => ({ ...one, networks: [{ network: 'default', ips: ['10.99.0.1'] }] }),
		],
		['no namespace there', 'ERR_NETNS', 'netns', (one) => ({ ...one, netns: '/run/netns/nobody' })],
		['a path that is no namespace', 'ERR_NETNS', 'netns', (one) => ({ ...one, netns: '/etc/hostname' })],
		['the host’s own namespace', 'ERR_NETNS', 'netns', (one) => ({ ...one, netns: '/proc/self/ns/net' })],
		['a namespace of another kind', 'ERR_NETNS', 'netns', (one) => ({ ...one, netns: '/proc/self/ns/uts' })],
		[
			'a name that is too long',
			'ERR_INVALID_ARGUMENT',
			'networks[0].interface',
			(one) => ({ ...one, networks: [{ network: 'default', interface: 'sixteen-letters-' }] }),
		],
		[
			'a name with a slash',
			'ERR_INVALID_ARGUMENT',
			'networks[0].interface',
			(one) => ({ ...one, networks: [{ network: 'default', interface: 'a/b' }] }),
		],
		[
			'the name of lo',
			'ERR_INVALID_ARGUMENT',
			'networks[0].interface',
			(one) => ({ ...one, networks: [{ network: 'default', interface: 'lo' }] }),
		],
		[
			'one name twice',
			'ERR_NAME_TAKEN',
			'networks[1].interface',
			(one) => ({ ...one, networks: ['default', { network: 'jupiter', interface: 'eth0' }] }),
		],
		[
			'a multicast MAC',
			'ERR_INVALID_ARGUMENT',
			'networks[0].mac',
			(one) => ({ ...one, networks: [{ network: 'default', mac: '01:00:5e:00:00:01' }] }),
		],
		[
			'an address that is none',
			'ERR_INVALID_ARGUMENT',
			'networks[0].ips[0]',
			(one) => ({ ...one, networks: [{ network: 'default', ips: ['10.0.0.256'] }] }),
		],
		[
			'two addresses of a family',
			'ERR_INVALID_ARGUMENT',
			'networks[0].ips[1]',
			(one) => ({ ...one, networks: [{ network: 'default', ips: ['10.0.0.1', '10.0.0.2'] }] }),
		],
		['no pod', 'ERR_INVALID_ARGUMENT', 'pod', (one) => ({ ...one, pod: undefined })],
		['no name', 'ERR_INVALID_ARGUMENT', 'pod.name', (one) => ({ ...one, pod: { ...one.pod, name: '' } })],
		[
			'labels that are no texts',
			'ERR_INVALID_ARGUMENT',
			"pod.labels['a']",
			(one) => ({ ...one, pod: { ...one.pod, labels: { a: 1 } } }),
		],
		['an id with spaces', 'ERR_INVALID_ARGUMENT', 'id', (one) => ({ ...one, id: 'a b' })],
		['no networks', 'ERR_INVALID_ARGUMENT', 'networks', (one) => ({ ...one, networks: [] })],
		[
			'unknown pool in an annotation',
			'ERR_UNKNOWN_POOL',
			"metadata.annotations['ipam.cilium.io/ip-pool']",
			(one) => ({ ...one, pod: { ...one.pod, annotations: { 'ipam.cilium.io/ip-pool': 'nope' } } }),
		],
		[
			'a selection that is no JSON',
			'ERR_INVALID_ARGUMENT',
			"metadata.annotations['k8s.v1.cni.cncf.io/networks']",
			(one) => ({ ...one, pod: { ...one.pod, annotations: { 'k8s.v1.cni.cncf.io/networks': '[{' } } }),
		],
	];

	it.each(wrong)('%s: %s', async (_, code, field, damage) => {
		await start();
		await expect(agent.attachPod(damage(requestOf(pod)) as PodRequest)).rejects.toMatchObject({
			code,
			...(field === undefined ? {} : { field }),
		});
		expectNothing(agent);
	});

	it('an address that another pool of the network has given out', async () => {
		await start();
		const poolOf = (name: string, maskSize: number) => ({
			apiVersion: 'cilium.io/v2alpha1',
			kind: 'CiliumPodIPPool',
			metadata: { name },
			spec: { ipv4: { cidrs: ['10.88.0.0/24'], maskSize } },
		});
		await agent.apply(poolOf('a', 28), poolOf('b', 27));
		const from = (name: string) => ({ annotations: { 'ipam.cilium.io/ip-pool': name } });
		const [first] = await agent.attachPod(requestOf(pod, from('a')));
		const other = lab.pod('other');
		await expect(agent.attachPod(requestOf(other, from('b')))).rejects.toMatchObject({ code: 'ERR_ADDRESS_IN_USE' });
		expect([...agent.pods]).toEqual(['default/client']);
		expect(agent.attachments('default/client')).toEqual([first]);
		agent.checkPod('default/client');
		expect(agent.ipam.usage('b')).toMatchObject({ inUse: 0, pending: 0 });
	});

	it('an address in use', async () => {
		await start();
		const [first] = await agent.attachPod(requestOf(pod));
		const other = lab.pod('other');
		const request = { ...requestOf(other), networks: [{ network: 'default', ips: [first!.ipv4!] }] };
		await expect(agent.attachPod(request)).rejects.toMatchObject({ code: 'ERR_ADDRESS_IN_USE' });
		expect([...agent.pods]).toEqual(['default/client']);
	});
});

describe('a state file', () => {
	let folder: string;
	beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'heddle-state-'))));
	afterEach(() => rmSync(folder, { recursive: true, force: true }));

	it('that is damaged ends the opening, and pods that run go on', async () => {
		await start();
		const peer = lab.pod('peer');
		await agent.attachPod(requestOf(pod));
		const [attachment] = await agent.attachPod(requestOf(peer));
		await agent.close();
		const statePath = join(folder, 'damaged.db');
		writeFileSync(statePath, 'this is no state file'.repeat(100));
		await expect(openAgent({ statePath, datapath: { pinPath: lab.pinPath() } })).rejects.toMatchObject({
			code: 'ERR_STORE_CORRUPT',
			field: 'statePath',
		});
		expect(await pod.ping(attachment!.ipv4!)).toBe(true);
	});

	it('of an agent that runs is not opened by another one', async () => {
		await start();
		await expect(lab.agent()).rejects.toMatchObject({ code: 'ERR_STORE_LOCKED' });
	});

	it('in a place that is a folder, or cannot be made, is refused', async () => {
		mkdirSync(join(folder, 'state.db'));
		await expect(openAgent({ statePath: join(folder, 'state.db') })).rejects.toMatchObject({
			code: 'ERR_STORE_READ_ONLY',
		});
		await expect(openAgent({ statePath: '/proc/nowhere/state.db' })).rejects.toMatchObject({
			code: 'ERR_STORE_READ_ONLY',
		});
	});
});
