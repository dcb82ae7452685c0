import type * as abi from '../abi/generated.js';
import type { Core } from '../datapath/core.js';
import type { NetworkProxy } from '../datapath/networks.js';
import { HeddleError } from '../errors.js';
import { controlWord } from '../kernel/control-word.js';
import { WRITE_ANY } from '../kernel/typed-map.js';
import type { DnsProxyStatistics, HttpProxyStatistics } from '../native/addon.js';
import { createProxyNamespace, proxyNamespacePrefix, removeFormerWire, removeProxyNamespaces } from './namespace.js';
import type { ProxyNamespace } from './namespace.js';
import { checkL7Options } from './options.js';
import type { L7Options } from './options.js';
import { openProxies } from './proxies.js';
import type { Proxies, ProxyListeners } from './proxies.js';
import type { RuleSets } from './rule-sets.js';
import { attachWire, removeWire, unpinOthers } from './wires.js';
import type { LiveWire } from './wires.js';

export interface L7Stats {
	readonly http: HttpProxyStatistics;
	readonly dns: DnsProxyStatistics;
}

/**
 * The proxies that enforce `rules.http` and `rules.dns`, on threads of this process. While they do not run, connections
 * that policy leaves to them are dropped (PROXY_UNAVAILABLE); new ones are refused when no thread of theirs has taken a
 * turn for three seconds.
 */
export interface L7 {
	readonly running: boolean;
	/** The proxy's network namespace, where it has a name: for a proxy of your own, see `proxyPort` of rows. */
	readonly netns: string | undefined;
	/** @throws ERR_EXISTS while it runs, ERR_INVALID_ARGUMENT naming the option, ERR_PERMISSION, ERR_CLOSED */
	start(options?: L7Options): Promise<void>;
	/** Resets its connections. */
	stop(): Promise<void>;
	/** undefined while it does not run. */
	stats(): L7Stats | undefined;
}

export interface L7Control extends L7 {
	/** What leads to the network's proxy. */
	proxyOf(network: number): NetworkProxy | undefined;
	/** Before the first endpoint of these networks is attached. */
	ensure(networks: Iterable<number>): Promise<void>;
	/** The network is gone. Within a change. */
	removed(network: number): void;
	/** Policy may say something else: asked of every connection. */
	review(): void;
	/** Addresses of the DNS name do not count any more. */
	forgot(name: string): void;
	/** The end of this process's part: its connections are reset, new ones refused. */
	release(): Promise<void>;
	/** With everything in the kernel. */
	remove(): Promise<void>;
}

export interface L7Parts {
	readonly core: Core;
	readonly ruleSets: RuleSets;
	/** With endpoints. */
	networksInUse(): Iterable<number>;
	/** Writes the network's entry. Within a change. */
	rewrite(network: number): void;
	readonly listeners: ProxyListeners;
}

interface Running {
	readonly namespace: ProxyNamespace;
	readonly proxies: Proxies;
	readonly wires: Map<number, LiveWire>;
	readonly ways: Map<number, NetworkProxy>;
}

export function createL7(parts: L7Parts): L7Control {
	const { core, ruleSets } = parts;
	const { maps, changes } = core;
	const proxiedNetworks = controlWord(maps.control.handle, 'proxiedNetworks');
	const prefix = core.pins === undefined ? undefined : proxyNamespacePrefix(core.pins.path);
	let running: Running | undefined;
	/** What a former process left has been replaced. */
	let formerIsGone = false;
	let queue: Promise<unknown> = Promise.resolve();

	/** One after the other: two that start the same network's would make two wires. */
	function inTurn<T>(work: () => Promise<T>): Promise<T> {
		const result = queue.then(work);
		queue = result.catch(() => undefined);
		return result;
	}

	async function connect(state: Running, network: number): Promise<void> {
		const live = await attachWire(core, state.namespace, network);
		try {
			const port = state.proxies.addNetwork(network, live.wire.device);
			changes.run(() => {
				state.wires.set(network, live);
				state.ways.set(network, { ifindex: live.wire.ifindex, mac: live.wire.deviceMac, port });
				changes.undo(() => void (state.wires.delete(network), state.ways.delete(network)));
				maps.proxies.ensureRoom(1);
				maps.proxies.set(live.wire.ifindex, { network }, WRITE_ANY);
				changes.undo(() => maps.proxies.delete(live.wire.ifindex));
				parts.rewrite(network);
				countNetworks(state);
			});
		} catch (error) {
			state.proxies.removeNetwork(network);
			removeWire(core, state.namespace, live);
			throw error;
		}
	}

	/** Within a change. */
	function countNetworks({ wires }: Running): void {
		Atomics.store(proxiedNetworks, 0, wires.size);
	}

	function disconnect(state: Running, network: number): void {
		const live = state.wires.get(network);
		if (live !== undefined) {
			state.wires.delete(network);
			state.ways.delete(network);
			maps.proxies.delete(live.wire.ifindex);
			countNetworks(state);
			state.proxies.removeNetwork(network);
			removeWire(core, state.namespace, live);
		}
	}

	async function ensureAll(state: Running, networks: Iterable<number>): Promise<void> {
		for (const network of networks) {
			if (!state.wires.has(network) && running === state) {
				await connect(state, network);
			}
		}
	}

	/** What a former process left leads nowhere any more. */
	function forgetFormer(state: Running): void {
		formerIsGone = true;
		const former = formerWires(state);
		changes.run(() => {
			for (const [ifindex, { network }] of former) {
				maps.proxies.delete(ifindex);
				parts.rewrite(network);
			}
			countNetworks(state);
		});
		former.forEach(([ifindex]) => removeFormerWire(core.netlink, ifindex));
		unpinOthers(core, state.wires.values());
		if (prefix !== undefined) {
			removeProxyNamespaces(prefix, state.namespace);
		}
	}

	function formerWires(state?: Running): [number, abi.Proxy][] {
		return [...maps.proxies].filter(([ifindex, { network }]) => state?.wires.get(network)?.wire.ifindex !== ifindex);
	}

	function open(options: L7Options): Running {
		checkL7Options(options);
		const namespace = createProxyNamespace(prefix);
		try {
			const proxies = openProxies(core, namespace.fd, options, parts.listeners);
			return { namespace, proxies, wires: new Map(), ways: new Map() };
		} catch (error) {
			namespace.remove();
			throw error;
		}
	}

	async function start(options: L7Options = {}): Promise<void> {
		core.assertOpen();
		if (running !== undefined) {
			throw new HeddleError('ERR_EXISTS', 'l7: found it running, expected it stopped');
		}
		const state = open(options);
		running = state;
		try {
			ruleSets.serve(state.proxies);
			await ensureAll(state, parts.networksInUse());
			forgetFormer(state);
		} catch (error) {
			takeDown(state);
			throw error;
		}
	}

	/** Pinned, it stays. Else it goes now: its namespace lives as long as connections in it are ending. */
	function leaveWire({ namespace }: Running, live: LiveWire): void {
		if (core.pins === undefined) {
			removeWire(core, namespace, live);
		} else {
			live.links.forEach((link) => link.close());
		}
	}

	function takeDown(state: Running): void {
		running = undefined;
		formerIsGone = true;
		ruleSets.serve(undefined);
		const networks = [...state.wires.keys()];
		changes.run(() => {
			networks.forEach((network) => disconnect(state, network));
			networks.forEach(parts.rewrite);
		});
		state.proxies.close();
		state.namespace.remove();
	}

	return {
		get running() {
			return running !== undefined;
		},
		get netns() {
			return running?.namespace.path;
		},
		start: (options) => inTurn(() => start(options)),
		stop: () =>
			inTurn(async () => {
				core.assertOpen();
				if (running !== undefined) {
					takeDown(running);
				}
			}),
		stats: () => running && { http: running.proxies.http.statistics(), dns: running.proxies.dns.statistics() },
		proxyOf(network) {
			return running?.ways.get(network) ?? (formerIsGone ? undefined : formerWay(core, network));
		},
		ensure: (networks) => {
			const state = running;
			return state === undefined ? Promise.resolve() : inTurn(() => ensureAll(state, networks));
		},
		removed(network) {
			const state = running;
			if (state !== undefined) {
				changes.after(() => disconnect(state, network));
			}
		},
		review: () => running?.proxies.review(),
		forgot: (name) => running?.proxies.dns.forget(name),
		async release() {
			await queue;
			const state = running;
			running = undefined;
			state?.proxies.close();
			state?.wires.forEach((live) => leaveWire(state, live));
			state?.namespace.close();
		},
		async remove() {
			await queue;
			if (running !== undefined) {
				takeDown(running);
			}
			formerWires().forEach(([ifindex]) => removeFormerWire(core.netlink, ifindex));
			if (prefix !== undefined) {
				removeProxyNamespaces(prefix);
			}
		},
	};
}

/** Until this process has its own. */
function formerWay({ maps }: Core, network: number): NetworkProxy | undefined {
	const former = maps.networks.get(network);
	return former === undefined || former.proxyIfindex === 0
		? undefined
		: { ifindex: former.proxyIfindex, mac: former.proxyMac, port: former.proxyPort };
}
