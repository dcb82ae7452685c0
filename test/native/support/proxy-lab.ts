import { spawnSync } from 'node:child_process';

import { HttpProxy, load, netns } from '../../../lib/native/addon.js';
import type { BpfMap, BpfObject, BpfProgram, HttpProxyOptions } from '../../../lib/native/addon.js';
import { objectFile, u32 } from './fixture.js';
import { startHttpWorker } from './http-worker.js';
import type { HttpWorker } from './http-worker.js';

export const verdicts = { allowed: 1, redirected: 5 } as const;

/** What `ask_policy` of the fixture answers on a network. */
export interface Answer {
	readonly egress?: number;
	readonly ingress?: number;
	readonly reason?: number;
}

/** The fixture's policy: cookies are those of sides that are redirected. */
export class Policy {
	readonly #object: BpfObject;
	private constructor(object: BpfObject) {
		this.#object = object;
	}
	static async load(): Promise<Policy> {
		return new Policy(await load(objectFile('policy')));
	}
	get ask(): BpfProgram {
		return this.#object.programs['ask_policy'] as BpfProgram;
	}
	get control(): BpfMap {
		return this.#object.maps['.data.control'] as BpfMap;
	}
	/** `egress`, `ingress`: the cookie, or absent where that side allows. */
	answer(network: number, { egress, ingress, reason = 0 }: Answer): void {
		const value = new Uint8Array(12);
		const verdictOf = (cookie?: number) => (cookie === undefined ? verdicts.allowed : verdicts.redirected);
		value.set(u32(egress ?? 0, ingress ?? 0));
		value.set([verdictOf(egress), verdictOf(ingress), reason], 8);
		this.#answers.update(u32(network), value);
		this.raiseEpoch();
	}
	/** From now on there is no answer. */
	forget(network: number): void {
		this.#answers.delete(u32(network));
		this.raiseEpoch();
	}
	raiseEpoch(): void {
		const control = new Uint32Array(this.control.mmap(), 0, 1);
		control[0] = (control[0] as number) + 1;
	}
	get #answers(): BpfMap {
		return this.#object.maps['answers'] as BpfMap;
	}
	close(): void {
		this.#object.close();
	}
}

export const CLIENT = '10.9.0.1';
export const SERVER = '10.9.0.2';
export const CLIENT6 = 'fd00:9::1';
export const SERVER6 = 'fd00:9::2';
const PROXY_MAC = '02:00:00:00:09:03';

function ip(namespace: string, commands: string, ...options: string[]): void {
	const { status, stderr } = spawnSync('ip', [...options, '-n', namespace, '-batch', '-'], {
		input: commands,
		encoding: 'utf8',
	});
	if (status !== 0) throw new Error(`ip -n ${namespace}: ${stderr}`);
}

/** A client and a server that reach each other through the proxy's device `net<number>` only; equal on each network. */
export interface ProxyNetwork {
	readonly device: string;
	readonly client: HttpWorker;
	readonly server: HttpWorker;
	readonly clientNetns: number;
	readonly serverNetns: number;
}

/** The proxy's namespace, and networks on it. */
export class ProxyLab {
	readonly #prefix = `heddle-l7-${process.pid}`;
	readonly #names: string[] = [];
	readonly #fds: number[] = [];
	readonly #workers: HttpWorker[] = [];
	/** In /run/netns. */
	readonly name = `${this.#prefix}p`;
	readonly netns = this.#create('p');

	constructor() {
		ip(
			`${this.#prefix}p`,
			'link set lo up\nroute add local default dev lo table 100\nroute add local ::/0 dev lo table 100',
		);
	}
	#create(name: string): number {
		const fd = netns.create(`${this.#prefix}${name}`);
		this.#names.push(`${this.#prefix}${name}`);
		this.#fds.push(fd);
		return fd;
	}
	addNetwork(number: number): ProxyNetwork {
		const device = `net${number}`;
		const [c, s] = [this.#create(`c${number}`), this.#create(`s${number}`)];
		const name = (which: string) => this.#prefix + which + number;
		ip(name('s'), serverSide(name('c'), this.name, device));
		ip(name('c'), clientSide);
		ip(this.name, proxySide(device, number));
		ip(this.name, `rule add iif ${device} lookup 100`, '-6');
		const network = {
			device,
			client: startHttpWorker(c),
			server: startHttpWorker(s),
			clientNetns: c,
			serverNetns: s,
		};
		this.#workers.push(network.client, network.server);
		return network;
	}
	async remove(): Promise<void> {
		await Promise.all(this.#workers.map((worker) => worker.stop()));
		for (const fd of this.#fds) netns.close(fd);
		for (const name of this.#names) netns.remove(name);
	}
}

/** The bridge is the server's own interface. */
const serverSide = (client: string, proxy: string, device: string) => `
link add br0 address 02:00:00:00:09:02 type bridge
link add c type veth peer name eth0 address 02:00:00:00:09:01 netns ${client}
link add p type veth peer name ${device} address ${PROXY_MAC} netns ${proxy}
link set c master br0 up
link set p master br0 up
link set br0 up
address add ${SERVER}/32 dev br0
address add ${SERVER6}/128 dev br0 nodad
route add ${CLIENT} dev br0
route add ${CLIENT6} dev br0
neighbour add ${CLIENT} dev br0 lladdr ${PROXY_MAC}
neighbour add ${CLIENT6} dev br0 lladdr ${PROXY_MAC}
`;

const clientSide = `
link set eth0 up
address add ${CLIENT}/32 dev eth0
address add ${CLIENT6}/128 dev eth0 nodad
route add ${SERVER} dev eth0
route add ${SERVER6} dev eth0
neighbour add ${SERVER} dev eth0 lladdr ${PROXY_MAC}
neighbour add ${SERVER6} dev eth0 lladdr ${PROXY_MAC}
`;

/** What comes from the device is local, whatever its address; what goes out goes to the pods. */
const proxySide = (device: string, number: number) => `
link set ${device} up
rule add iif ${device} lookup 100
route add ${CLIENT} dev ${device} metric ${number}
route add ${SERVER} dev ${device} metric ${number}
route add ${CLIENT6} dev ${device} metric ${number}
route add ${SERVER6} dev ${device} metric ${number}
neighbour add ${CLIENT} dev ${device} lladdr 02:00:00:00:09:01
neighbour add ${SERVER} dev ${device} lladdr 02:00:00:00:09:02
neighbour add ${CLIENT6} dev ${device} lladdr 02:00:00:00:09:01
neighbour add ${SERVER6} dev ${device} lladdr 02:00:00:00:09:02
`;

/** Of `startProxy`. */
export const THREADS = 2;

export function startProxy(
	lab: ProxyLab,
	policy: Policy,
	more: Partial<HttpProxyOptions> = {},
	onRecords: (batch: Uint8Array, count: number) => void = () => {},
): HttpProxy {
	return new HttpProxy(
		{ netns: lab.netns, threads: THREADS, ask: policy.ask, control: policy.control, ...more },
		onRecords,
	);
}
