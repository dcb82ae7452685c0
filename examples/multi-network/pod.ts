import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Netlink, netns } from '../../lib/index.js';
import type { PodInterface, PodPlan } from './plan.js';

/** Every namespace and host-side interface of the demo begins with this. */
export const PREFIX = 'hdl-demo-';
const GATEWAY = { 4: '169.254.1.1', 6: 'fe80::1' } as const;
const FAMILIES = [4, 6] as const;

export interface RunningPod {
	readonly plan: PodPlan;
	/** As `ip netns` knows it. */
	readonly namespace: string;
	readonly netns: number;
	/** Host-side interfaces, in the order of the pod's networks. */
	readonly hostInterfaces: readonly string[];
}

export function namespaceOf(pod: string): string {
	return PREFIX + pod;
}

/** A namespace with one interface a network, as a container runtime makes it. */
export function createPod(netlink: Netlink, plan: PodPlan, number: number): RunningPod {
	const namespace = namespaceOf(plan.name);
	const fd = netns.create(namespace);
	const inside = new Netlink(fd);
	try {
		inside.setLink(1, { up: true });
		const hostInterfaces = plan.interfaces.map((each, i) =>
			createInterface(netlink, inside, fd, each, `${PREFIX}${number}${i}`),
		);
		return { plan, namespace, netns: fd, hostInterfaces };
	} finally {
		inside.close();
	}
}

function createInterface(netlink: Netlink, inside: Netlink, fd: number, plan: PodInterface, hostName: string): string {
	const { ifindex, peerIfindex } = netlink.addVeth({ name: hostName, peer: { name: plan.name, netns: fd } });
	netlink.setLink(ifindex, { up: true });
	inside.setLink(peerIfindex, { up: true });
	for (const address of [plan.ipv4, plan.ipv6])
		inside.addAddress(peerIfindex, `${address}/${address.includes(':') ? 128 : 32}`);
	if (plan.primary) for (const family of FAMILIES) addDefaultRoute(inside, peerIfindex, family);
	for (const { destination, gateway } of plan.routes)
		inside.addRoute({ destination, gateway, ifindex: peerIfindex, onLink: true });
	return hostName;
}

/** The gateway is no interface of anybody: the datapath answers for it. */
function addDefaultRoute(inside: Netlink, ifindex: number, family: 4 | 6): void {
	inside.addRoute({
		destination: family === 4 ? '0.0.0.0/0' : '::/0',
		gateway: GATEWAY[family],
		ifindex,
		onLink: true,
	});
}

function spawnInside(pod: RunningPod, script: string, args: readonly string[], detached: boolean): ChildProcess {
	const path = fileURLToPath(new URL(script, import.meta.url));
	const command = [`--net=/run/netns/${pod.namespace}`, process.execPath, path, ...args];
	return spawn('nsenter', command, { stdio: ['ignore', 'pipe', detached ? 'ignore' : 'inherit'], detached });
}

/** Resolves when it listens. `detached`: it outlives this process. */
export async function startServer(pod: RunningPod, ports: readonly number[], detached: boolean): Promise<ChildProcess> {
	const child = spawnInside(pod, './pod-server.mjs', ports.map(String), detached);
	const [outcome] = (await Promise.race([once(child.stdout!, 'data'), once(child, 'exit'), once(child, 'error')])) as [
		unknown,
	];
	if (!(outcome instanceof Buffer))
		throw new Error(`server in ${pod.namespace}: found it ended (${String(outcome)}), expected it to listen`);
	return child;
}

export type Probe = { readonly url: string } | { readonly ping: string };
export type ProbeResult = { readonly body: string } | { readonly alive: true } | { readonly error: string };

/** Tries all of them from inside the pod, at once. */
export async function probeFrom(pod: RunningPod, probes: readonly Probe[], timeoutMs: number): Promise<ProbeResult[]> {
	const child = spawnInside(pod, './pod-probe.mjs', [JSON.stringify({ probes, timeoutMs })], false);
	const output: Buffer[] = [];
	child.stdout?.on('data', (part: Buffer) => output.push(part));
	const [code] = (await once(child, 'close')) as [number | null];
	if (code !== 0) throw new Error(`probe in ${pod.namespace}: found exit status ${code}, expected 0`);
	return JSON.parse(Buffer.concat(output).toString()) as ProbeResult[];
}

/** Ends every process in the demo's namespaces, whoever started it, and removes them and their interfaces. */
export function removePods(): void {
	const netlink = new Netlink();
	// The kernel would do it with the namespace, but when it finds the time.
	for (const { name, ifindex } of netlink.links()) if (name.startsWith(PREFIX)) netlink.deleteLink(ifindex);
	netlink.close();
	for (const name of existing('/run/netns').filter((each) => each.startsWith(PREFIX))) {
		killInside(statSync(`/run/netns/${name}`).ino);
		netns.remove(name);
	}
}

function existing(folder: string): string[] {
	try {
		return readdirSync(folder);
	} catch {
		return [];
	}
}

function killInside(inode: number): void {
	for (const pid of existing('/proc').filter((name) => /^\d+$/.test(name))) {
		if (inodeOf(pid) === inode && Number(pid) !== process.pid) killQuietly(Number(pid));
	}
}

function inodeOf(pid: string): number | undefined {
	try {
		return statSync(`/proc/${pid}/ns/net`).ino;
	} catch {
		return undefined; // it has ended meanwhile
	}
}

function killQuietly(pid: number): void {
	try {
		process.kill(pid, 'SIGKILL');
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
	}
}
