import type { ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import {
	type CiliumNetworkPolicy,
	type Datapath,
	type Endpoint,
	type HeddleDocument,
	Netlink,
	loadFolder,
	openDatapath,
} from '../../lib/index.js';
import { PORTS } from './matrix.js';
import { type NetworkPlan, type PodPlan, ofKind, planNetworks, planPods } from './plan.js';
import { PREFIX, type RunningPod, createPod, removePods, startServer } from './pod.js';

/** Where the datapath of `--keep` stays. */
export const PIN_PATH = `/sys/fs/bpf/${PREFIX}pins`;

export interface World {
	readonly datapath: Datapath;
	readonly pods: ReadonlyMap<string, RunningPod>;
	readonly endpoints: readonly Endpoint[];
	readonly policies: readonly CiliumNetworkPolicy[];
}

export interface WorldOptions {
	/** Pins the datapath, and lets the servers outlive this process. */
	readonly keep: boolean;
	say(line: string): void;
}

/** Documents → networks, pods, interfaces, endpoints, servers. Everything but the policies. */
export async function createWorld(folder: string, { keep, say }: WorldOptions): Promise<World> {
	const documents = await loadFolder(folder);
	const networks = planNetworks(documents);
	const plans = planPods(documents, networks);
	say(
		`read ${documents.length} documents: networks ${[...networks.keys()].join(', ')}; pods ${plans.map(({ name }) => name).join(', ')}`,
	);
	const datapath = await openDatapath({ flowHistory: 512, ...(keep ? { pinPath: PIN_PATH } : {}) });
	say(`loaded the datapath (programs attach by ${datapath.attachMode})`);
	createNetworks(datapath, networks);
	const pods = createPods(plans);
	say(`made ${pods.size} namespaces with ${plans.flatMap(({ interfaces }) => interfaces).length} interfaces`);
	const endpoints = await attachPods(datapath, pods);
	say(`attached ${endpoints.length} endpoints`);
	const servers = await startServers(pods, keep);
	say(`started ${servers.length} servers on ports ${PORTS.join(' and ')}`);
	return { datapath, pods, endpoints, policies: policiesOf(documents) };
}

function policiesOf(documents: readonly HeddleDocument[]): CiliumNetworkPolicy[] {
	return ofKind(documents, 'CiliumNetworkPolicy');
}

function createNetworks(datapath: Datapath, networks: ReadonlyMap<string, NetworkPlan>): void {
	for (const { name, routes } of networks.values()) {
		if (datapath.networks.has(name)) continue;
		const ipv4 = routes.find(({ gateway }) => !gateway.includes(':'))?.gateway;
		const ipv6 = routes.find(({ gateway }) => gateway.includes(':'))?.gateway;
		datapath.networks.create(name, { gateways: { ...(ipv4 && { ipv4 }), ...(ipv6 && { ipv6 }) } });
	}
}

function createPods(plans: readonly PodPlan[]): Map<string, RunningPod> {
	const netlink = new Netlink();
	try {
		return new Map(plans.map((plan, i) => [plan.name, createPod(netlink, plan, i)]));
	} finally {
		netlink.close();
	}
}

async function attachPods(datapath: Datapath, pods: ReadonlyMap<string, RunningPod>): Promise<Endpoint[]> {
	const endpoints: Endpoint[] = [];
	for (const { plan, hostInterfaces, netns } of pods.values())
		for (const [i, each] of plan.interfaces.entries())
			endpoints.push(
				await datapath.networks.get(each.network)!.attach(hostInterfaces[i]!, {
					name: each.endpoint,
					labels: each.labels,
					addresses: [each.ipv4, each.ipv6],
					pod: { namespace: plan.namespace, name: plan.name },
					podNetns: netns,
				}),
			);
	return endpoints;
}

async function startServers(pods: ReadonlyMap<string, RunningPod>, keep: boolean): Promise<ChildProcess[]> {
	const servers = [...pods.values()].filter(({ plan }) => plan.name.startsWith('server-'));
	return Promise.all(
		servers.map(async (pod) => {
			const child = await startServer(pod, PORTS, keep);
			child.stdout?.destroy();
			child.unref();
			return child;
		}),
	);
}

/** Whatever a demo left, this one or one before: processes, namespaces, interfaces, pins. */
export async function removeWorld(datapath?: Datapath): Promise<void> {
	await datapath?.unload();
	removePods();
	rmSync(PIN_PATH, { recursive: true, force: true });
}
