import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type Attachment, netns } from '../../lib/index.js';

/** Every namespace of the demo begins with this. */
export const PREFIX = 'hdl-demo-';
export interface RunningPod {
	readonly name: string;
	/** As `ip netns` knows it. */
	readonly namespace: string;
	/** The primary one first. */
	readonly attachments: readonly Attachment[];
}

export function namespaceOf(pod: string): string {
	return PREFIX + pod;
}

/** As a container runtime does, before it asks for networks. */
export function createNamespace(pod: string): string {
	const name = namespaceOf(pod);
	netns.close(netns.create(name));
	return name;
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
export type ProbeResult = { readonly status: number; readonly body: string } | { readonly alive: true } | { readonly error: string };

/** Tries all of them from inside the pod, at once. */
export async function probeFrom(pod: RunningPod, probes: readonly Probe[], timeoutMs: number): Promise<ProbeResult[]> {
	const child = spawnInside(pod, './pod-probe.mjs', [JSON.stringify({ probes, timeoutMs })], false);
	const output: Buffer[] = [];
	child.stdout?.on('data', (part: Buffer) => output.push(part));
	const [code] = (await once(child, 'close')) as [number | null];
	if (code !== 0) throw new Error(`probe in ${pod.namespace}: found exit status ${code}, expected 0`);
	return JSON.parse(Buffer.concat(output).toString()) as ProbeResult[];
}

/** Ends every process in the demo's namespaces, whoever started it, and removes them. */
export function removeNamespaces(): void {
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
