import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openAgent, openDatapath } from '../../lib/index.js';
import type {
	Agent,
	AgentOptions,
	Datapath,
	DatapathOptions,
	Endpoint,
	EndpointOptions,
	Network,
} from '../../lib/index.js';
import { proxyNamespacePrefix, removeProxyNamespaces } from '../../lib/l7/namespace.js';
import { Netlink, netns, writeSysctl } from '../../lib/native/addon.js';
import { startSocketWorker } from './socket-worker.js';
import type { SocketWorker } from './socket-worker.js';

/** A network namespace with interfaces, as a container runtime makes a pod. */
export interface LabPod {
	readonly name: string;
	readonly netns: number;
	readonly path: string;
	/** Adds an interface pair, and attaches the host's end. */
	join(network: Network, addresses: readonly string[], options?: Partial<EndpointOptions>): Promise<Endpoint>;
	/** The pair alone; the host's end by name. */
	plug(addresses: readonly string[], driver?: 'veth' | 'netkit'): string;
	run(command: string, ...args: string[]): Promise<{ code: number; output: string }>;
	/** true: an echo reply came within a second. */
	ping(address: string, ...args: string[]): Promise<boolean>;
	/** A thread in this namespace that opens sockets. */
	sockets(): Promise<SocketWorker>;
	remove(): void;
}

/** Everything a test makes in the kernel, and its end. */
export interface Lab extends AsyncDisposable {
	datapath(options?: DatapathOptions): Promise<Datapath>;
	/** With a state file and pins of the lab's own, the same ones each time; unloaded at the end. */
	agent(options?: AgentOptions): Promise<Agent>;
	readonly agentPaths: { readonly statePath: string; readonly pinPath: string };
	pod(name: string): LabPod;
	/** A directory for pins, removed at the end. */
	pinPath(): string;
	/** Route on the host to a pod's address. */
	route(hostInterface: string, address: string): void;
}

export const SLOWNESS = Number(process.env['HEDDLE_TEST_SLOWNESS'] ?? 1);

/** Of a pod in the namespace `default`, as policies select it. */
export const appLabels = (app: string) => ({ 'k8s:app': app, 'k8s:io.kubernetes.pod.namespace': 'default' });

let counter = 0;

export function openLab(): Lab {
	const prefix = `ht${process.pid % 10_000}`;
	const netlink = new Netlink();
	const pods: LabPod[] = [];
	const datapaths: Datapath[] = [];
	const workers: SocketWorker[] = [];
	const pinPaths: string[] = [];
	const agents: Agent[] = [];
	const folder = mkdtempSync(join(tmpdir(), 'heddle-lab-'));
	const statePath = join(folder, 'state.db');
	const agentPins = `/sys/fs/bpf/${prefix}agent`;

	function plug(
		pod: { netns: number; interfaces: number },
		addresses: readonly string[],
		driver: 'veth' | 'netkit',
	): string {
		const hostName = `${prefix}h${++counter}`;
		const podName = pod.interfaces === 0 ? 'eth0' : `cil${pod.interfaces}`;
		pod.interfaces++;
		const made = (driver === 'veth' ? netlink.addVeth : netlink.addNetkit).call(netlink, {
			name: hostName,
			peer: { name: podName, netns: pod.netns },
		});
		netlink.setLink(made.ifindex, { up: true });
		const inside = new Netlink(pod.netns);
		try {
			inside.setLink(made.peerIfindex, { up: true });
			configure(inside, made.peerIfindex, addresses, pod.interfaces === 1);
		} finally {
			inside.close();
		}
		return hostName;
	}

	function makePod(name: string): LabPod {
		const spaceName = `${prefix}${name}${++counter}`;
		const fd = netns.create(spaceName);
		const inside = new Netlink(fd);
		inside.setLink(1, { up: true });
		inside.close();
		const own = { netns: fd, interfaces: 0 };
		let removed = false;
		const run = (command: string, ...args: string[]) =>
			execute('nsenter', [`--net=/run/netns/${spaceName}`, command, ...args]);
		return {
			name,
			netns: fd,
			path: `/run/netns/${spaceName}`,
			plug: (addresses, driver = 'veth') => plug(own, addresses, driver),
			async join(network, addresses, options = {}) {
				const podInterface = own.interfaces === 0 ? '' : `-cil${own.interfaces}`;
				const host = plug(own, addresses, 'veth');
				return network.attach(host, {
					name: `${name}${podInterface}`,
					labels: { 'k8s:app': name },
					pod: { namespace: 'default', name },
					addresses,
					podNetns: fd,
					...options,
				});
			},
			run,
			async ping(address, ...args) {
				const { code } = await run('ping', '-n', '-c', '1', '-W', String(Math.ceil(SLOWNESS)), ...args, address);
				return code === 0;
			},
			async sockets() {
				const worker = await startSocketWorker(fd);
				workers.push(worker);
				return worker;
			},
			remove() {
				if (!removed) {
					removed = true;
					netns.remove(spaceName);
					netns.close(fd);
				}
			},
		};
	}

	return {
		async datapath(options) {
			const datapath = await openDatapath(options);
			datapaths.push(datapath);
			return datapath;
		},
		agentPaths: { statePath, pinPath: agentPins },
		async agent(options = {}) {
			const agent = await openAgent({
				statePath,
				...options,
				datapath: { pinPath: agentPins, sweepIntervalMs: 0, ...options.datapath },
			});
			agents.push(agent);
			return agent;
		},
		pod(name) {
			const pod = makePod(name);
			pods.push(pod);
			return pod;
		},
		pinPath() {
			const path = `/sys/fs/bpf/${prefix}pins${++counter}`;
			pinPaths.push(path);
			return path;
		},
		route(hostInterface, address) {
			const ifindex = netlink.link(hostInterface)?.ifindex ?? 0;
			netlink.addRoute({ destination: address.includes(':') ? `${address}/128` : `${address}/32`, ifindex });
		},
		async [Symbol.asyncDispose]() {
			await Promise.all(workers.map((worker) => worker.close()));
			const attached = agents.flatMap((agent) => [...agent.pods].flatMap((id) => [...agent.attachments(id)]));
			const made = new Set(attached.map(({ hostInterface }) => hostInterface));
			for (const agent of agents) {
				await agent.close();
			}
			for (const datapath of datapaths) {
				// With what is pinned, where a test has not closed it.
				await datapath.unload().catch(() => datapath.close());
			}
			[agentPins, ...pinPaths].forEach((path) => removeProxyNamespaces(proxyNamespacePrefix(path)));
			rmSync(agentPins, { recursive: true, force: true });
			rmSync(folder, { recursive: true, force: true });
			pods.forEach((pod) => pod.remove());
			// Namespaces die asynchronously; what the host keeps of their interfaces must not outlive the test.
			netlink
				.links()
				.filter((link) => link.name.startsWith(`${prefix}h`) || made.has(link.name))
				.forEach((link) => netlink.deleteLink(link.ifindex));
			pinPaths.forEach((path) => rmSync(path, { recursive: true, force: true }));
			netlink.close();
		},
	};
}

function configure(inside: Netlink, ifindex: number, addresses: readonly string[], first: boolean): void {
	const name = inside.link(ifindex)?.name ?? '';
	for (const address of addresses) {
		const v6 = address.includes(':');
		inside.addAddress(ifindex, `${address}/${v6 ? 128 : 32}`);
		// A gateway that exists nowhere: the datapath answers for it.
		const gateway = v6 ? 'fe80::1' : '169.254.1.1';
		const range = v6
			? `${address.split(':').slice(0, 2).join(':')}::/32`
			: `${address.split('.').slice(0, 2).join('.')}.0.0/16`;
		inside.addRoute({ destination: v6 ? `${gateway}/128` : `${gateway}/32`, ifindex });
		inside.addRoute({ destination: first ? 'default' : range, ifindex, gateway, onLink: true, source: address });
	}
	void name;
	void writeSysctl;
}

export function execute(command: string, args: readonly string[]): Promise<{ code: number; output: string }> {
	return new Promise((resolve, reject) => {
		const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
		let output = '';
		child.stdout.on('data', (data: Buffer) => (output += data.toString()));
		child.stderr.on('data', (data: Buffer) => (output += data.toString()));
		child.on('error', reject);
		child.on('close', (code) => resolve({ code: code ?? -1, output }));
	});
}
