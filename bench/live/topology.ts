import type { Cleanup } from '../support/cleanup.js';
import { feed, run, tryRun } from '../support/process.js';

export interface Pod {
	readonly namespace: string;
	readonly address: string;
	readonly mac: string;
	/** Name and MAC of the other end of its eth0. */
	readonly hostSide: string;
	readonly hostMac: string;
}

/** Two pods, and what a frame from one to the other carries as its next hop. */
export interface Pair {
	readonly client: Pod;
	readonly server: Pod;
	/** Undefined for the bare pair. */
	readonly host: string | undefined;
	readonly clientNextHop: string;
	readonly serverNextHop: string;
}

const prefix = 'hdlb';
const gateway = '169.254.1.1';

/** Namespaces of a bench that was killed. */
export async function removeLeftovers(): Promise<void> {
	const names = (await tryRun('ip', 'netns', 'list')) ?? '';
	for (const line of names.split('\n')) {
		const name = line.split(' ')[0] ?? '';
		const pid = new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1];
		if (pid !== undefined && !alive(Number(pid))) await tryRun('ip', 'netns', 'del', name);
	}
}

function alive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
}

export async function createNamespace(cleanup: Cleanup, name: string): Promise<string> {
	const full = `${prefix}${process.pid}-${name}`;
	await run('ip', 'netns', 'add', full);
	cleanup.add(() => run('ip', 'netns', 'del', full).then(() => undefined));
	await run('ip', '-n', full, 'link', 'set', 'lo', 'up');
	return full;
}

function pod(namespace: string, number: 1 | 2): Pod {
	return {
		namespace,
		address: `10.77.0.${number}`,
		mac: `02:77:00:00:00:0${number}`,
		hostSide: `pod${number}`,
		hostMac: `02:77:00:00:01:0${number}`,
	};
}

/** Ports enough for a connect bench; nothing else is tuned. */
async function tune(namespace: string): Promise<void> {
	await run('ip', 'netns', 'exec', namespace, 'sysctl', '-qw', 'net.ipv4.ip_local_port_range=1024 65535');
}

async function createPods(cleanup: Cleanup, name: string): Promise<[Pod, Pod]> {
	const client = pod(await createNamespace(cleanup, `${name}-a`), 1);
	const server = pod(await createNamespace(cleanup, `${name}-b`), 2);
	await tune(client.namespace);
	await tune(server.namespace);
	return [client, server];
}

/** One veth pair with an end in each pod. */
export async function createBarePair(cleanup: Cleanup, name: string): Promise<Pair> {
	const [client, server] = await createPods(cleanup, name);
	await run(
		...['ip', '-n', client.namespace, 'link', 'add', 'eth0', 'address', client.mac, 'type', 'veth'],
		...['peer', 'name', 'eth0', 'address', server.mac, 'netns', server.namespace],
	);
	await configureNeighbours(client, server);
	return { client, server, host: undefined, clientNextHop: server.mac, serverNextHop: client.mac };
}

/** Both pods in one subnet, each other's MAC known. */
export async function configureNeighbours(client: Pod, server: Pod): Promise<void> {
	for (const [own, other] of [
		[client, server],
		[server, client],
	] as const)
		await feed(
			`link set eth0 up
			addr add ${own.address}/24 dev eth0
			neigh replace ${other.address} lladdr ${other.mac} dev eth0 nud permanent\n`,
			...(['ip', '-n', own.namespace, '-batch', '-'] as const),
		);
}

/** Each pod with a veth of its own whose other end is in a third namespace. */
export async function createHostedPair(cleanup: Cleanup, name: string): Promise<Pair & { host: string }> {
	const host = await createNamespace(cleanup, `${name}-h`);
	const [client, server] = await createPods(cleanup, name);
	for (const each of [client, server])
		await feed(
			`link add ${each.hostSide} address ${each.hostMac} type veth peer name eth0 address ${each.mac} netns ${each.namespace}
			link set ${each.hostSide} up\n`,
			...(['ip', '-n', host, '-batch', '-'] as const),
		);
	return { client, server, host, clientNextHop: client.hostMac, serverNextHop: server.hostMac };
}

/** As pods are: a /32, and everything by one gateway. */
export async function configureGateways(...pods: Pod[]): Promise<void> {
	for (const each of pods)
		await feed(
			`link set eth0 up
			addr add ${each.address}/32 dev eth0
			neigh replace ${gateway} lladdr ${each.hostMac} dev eth0 nud permanent
			route add ${gateway} dev eth0 scope link
			route add default via ${gateway} dev eth0\n`,
			...(['ip', '-n', each.namespace, '-batch', '-'] as const),
		);
}

/** The host namespace forwards between its two interfaces. */
export async function configureRouting(pair: Pair & { host: string }): Promise<void> {
	await run('ip', 'netns', 'exec', pair.host, 'sysctl', '-qw', 'net.ipv4.ip_forward=1');
	for (const each of [pair.client, pair.server])
		await feed(
			`route add ${each.address}/32 dev ${each.hostSide}
			neigh replace ${each.address} lladdr ${each.mac} dev ${each.hostSide} nud permanent\n`,
			...(['ip', '-n', pair.host, '-batch', '-'] as const),
		);
}
