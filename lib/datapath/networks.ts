import * as abi from '../abi/generated.js';
import { HeddleError, invalidArgument } from '../errors.js';
import { WRITE_ANY } from '../kernel/typed-map.js';
import { formatAddress, parseAddress } from '../addresses/address.js';
import type { AddressTable } from './address-table.js';
import type { Core } from './core.js';
import type { EndpointOptions } from './endpoint-options.js';
import type { EndpointRegistry } from './endpoint-registry.js';
import { ipv4Number } from './endpoint-table.js';
import type { Endpoint } from './endpoint.js';
import type { NetworkId } from './types.js';

export interface NetworkOptions {
	/** 2..65535. @default the lowest that is free */
	readonly id?: number;
	/** Source addresses of ICMP errors towards this network's pods. @default 192.0.0.8 (RFC 7600), and its IPv6 counterpart */
	readonly gateways?: { readonly ipv4?: string; readonly ipv6?: string };
	/** Allowed traffic to addresses of no endpoint goes to the host's routing instead of being dropped. @default false */
	readonly hostRouting?: boolean;
}

export interface AttachItem {
	/** Interface on the host's side: veth or netkit, by name or number, in the namespace in which the datapath was opened. */
	readonly interface: string | number;
	readonly options: EndpointOptions;
}

/** Of an attachment on any network. */
export interface NetworkAttachItem extends AttachItem {
	/** By name. */
	readonly network: string;
}

/** An isolated L3 domain. Addresses of one network mean nothing on another. */
export interface Network {
	readonly id: NetworkId;
	readonly name: string;
	readonly gateways: { readonly ipv4?: string; readonly ipv6?: string };
	readonly hostRouting: boolean;
	readonly endpoints: Iterable<Endpoint>;
	/**
	 * Makes an interface an endpoint. Every failure leaves everything as it was.
	 * @throws ERR_NO_INTERFACE, ERR_UNSUPPORTED_INTERFACE, ERR_EXISTS (interface has an endpoint), ERR_ADDRESS_IN_USE,
	 * ERR_INVALID_ADDRESS, ERR_INVALID_ARGUMENT, ERR_MAP_FULL, ERR_NOT_FOUND (network was removed), ERR_CLOSED
	 */
	attach(iface: string | number, options: EndpointOptions): Promise<Endpoint>;
	/** Many at once: all or nothing, one epoch, one call into the kernel. */
	attachMany(items: readonly AttachItem[]): Promise<Endpoint[]>;
	detachMany(endpoints: Iterable<Endpoint>): Promise<void>;
	/** Other gateways, for packets from now on. @throws ERR_INVALID_ADDRESS, ERR_NOT_FOUND (network was removed), ERR_CLOSED */
	setGateways(gateways: NonNullable<NetworkOptions['gateways']>): void;
	/** Removes the network and what was assigned on it. @throws ERR_IN_USE while it has endpoints or an uplink serves it, and for `default` */
	remove(): Promise<void>;
}

export interface Networks extends Iterable<Network> {
	readonly default: Network;
	readonly size: number;
	get(name: string): Network | undefined;
	has(name: string): boolean;
	/** @throws ERR_EXISTS, ERR_INVALID_ARGUMENT, ERR_INVALID_ADDRESS, ERR_MAP_FULL, ERR_CLOSED */
	create(name: string, options?: NetworkOptions): Network;
}

export const DEFAULT_NETWORK = 'default';
const DEFAULT_NETWORK_ID = 1;
const LAST_NETWORK_ID = 65535;
const MAX_NAME = 63;
const NO_PROXY: NetworkProxy = { ifindex: 0, mac: new Uint8Array(6), port: 0 };

/** What networks need of the rest. */
export interface NetworkParts {
	readonly core: Core;
	readonly addresses: AddressTable;
	readonly registry: EndpointRegistry;
	attach(network: Network, items: readonly AttachItem[]): Promise<Endpoint[]>;
	detach(endpoints: Iterable<Endpoint>): Promise<void>;
	endpointsOf(network: Network): Iterable<Endpoint>;
	/** Told of a network that is new, within the change. */
	added(id: number): void;
	/** Whether an uplink serves it. */
	served(id: number): boolean;
	/** What leads to its L7 proxy; undefined: it has none. */
	proxyOf(id: number): NetworkProxy | undefined;
	/** Told that it is gone, within the change. */
	removed(id: number): void;
}

/** Where the datapath sends what policy leaves to the L7 proxy. */
export interface NetworkProxy {
	readonly ifindex: number;
	/** The proxy's end, six bytes. */
	readonly mac: Uint8Array;
	/** Where it listens. */
	readonly port: number;
}

export interface NetworkRegistry extends Networks {
	byId(id: number): Network | undefined;
	/** Networks of a former process. */
	restore(): void;
	/** Another uplink serves it, or another proxy, or none any more. Within a change. */
	rewrite(id: number): void;
}

interface NetworkRecord {
	readonly name: string;
	readonly gateways: { readonly ipv4?: string; readonly ipv6?: string };
	readonly hostRouting: boolean;
}

export function createNetworks(parts: NetworkParts): NetworkRegistry {
	const { core, addresses, registry } = parts;
	const byName = new Map<string, Network>();
	const byId = new Map<number, Network>();

	function nextId(): number {
		for (let id = DEFAULT_NETWORK_ID + 1; id <= LAST_NETWORK_ID; id++) {
			if (!byId.has(id)) {
				return id;
			}
		}
		throw new HeddleError(
			'ERR_EXHAUSTED',
			`networks: found all ${LAST_NETWORK_ID} numbers in use, expected a free one`,
		);
	}

	function checkId(id: number): number {
		if (!Number.isInteger(id) || id <= DEFAULT_NETWORK_ID || id > LAST_NETWORK_ID) {
			throw invalidArgument('id', id, `an integer from ${DEFAULT_NETWORK_ID + 1} to ${LAST_NETWORK_ID}`);
		}
		const owner = byId.get(id);
		if (owner !== undefined) {
			throw new HeddleError('ERR_EXISTS', `id: found ${id} in use by network '${owner.name}', expected a free one`, {
				field: 'id',
				found: id,
			});
		}
		return id;
	}

	function assertPresent(network: Network): void {
		core.assertOpen();
		if (byId.get(network.id) !== network) {
			throw new HeddleError('ERR_NOT_FOUND', `network '${network.name}': found it removed, expected it to exist`, {
				field: 'network',
			});
		}
	}

	function forget(network: Network): void {
		byName.delete(network.name);
		byId.delete(network.id);
	}

	function remember(network: Network): void {
		byName.set(network.name, network);
		byId.set(network.id, network);
	}

	async function remove(network: Network): Promise<void> {
		assertPresent(network);
		const count = [...registry].filter((state) => state.network.id === network.id).length;
		const served = parts.served(network.id);
		if (count > 0 || served || network.id === DEFAULT_NETWORK_ID) {
			const found =
				count > 0 ? `${count} endpoints on it` : served ? 'an uplink that serves it' : 'the default network';
			throw new HeddleError(
				'ERR_IN_USE',
				`network '${network.name}': found ${found}, expected a network without endpoints and uplinks`,
				{ found: count },
			);
		}
		core.changes.run(() => {
			forget(network);
			addresses.removeNetwork(network.id);
			core.maps.networks.delete(network.id);
			core.records.delete(abi.RecordKind.Network, network.id);
			parts.removed(network.id);
		});
	}

	function waysOf(id: number): Pick<abi.Network, 'uplinks' | 'proxyIfindex' | 'proxyMac' | 'proxyPort'> {
		const { ifindex, mac, port } = parts.proxyOf(id) ?? NO_PROXY;
		return { uplinks: parts.served(id) ? 1 : 0, proxyIfindex: ifindex, proxyMac: mac, proxyPort: port };
	}

	/** Within a change. */
	function write(id: number, record: NetworkRecord): void {
		core.maps.networks.set(id, { ...networkValue(record), ...waysOf(id) }, WRITE_ANY);
		core.records.put(abi.RecordKind.Network, id, record);
	}

	function build(id: number, record: NetworkRecord): Network {
		const { name, hostRouting } = record;
		let { gateways } = record;
		const network: Network = {
			id: id as NetworkId,
			name,
			hostRouting,
			get gateways() {
				return gateways;
			},
			setGateways(wanted) {
				assertPresent(network);
				const former = gateways;
				const next = checkNetwork(name, { gateways: wanted, hostRouting });
				core.changes.run(() => {
					gateways = next.gateways;
					core.changes.undo(() => {
						gateways = former;
						write(id, { ...record, gateways });
					});
					write(id, next);
				});
			},
			endpoints: { [Symbol.iterator]: () => parts.endpointsOf(network)[Symbol.iterator]() },
			async attach(iface, options) {
				assertPresent(network);
				const [endpoint] = await parts.attach(network, [{ interface: iface, options }]);
				return endpoint as Endpoint;
			},
			async attachMany(items) {
				assertPresent(network);
				return parts.attach(network, items);
			},
			detachMany: (endpoints) => parts.detach(endpoints),
			remove: () => remove(network),
		};
		return Object.freeze(network);
	}

	function add(id: number, record: NetworkRecord): Network {
		const network = build(id, record);
		core.changes.run(() => {
			core.maps.networks.ensureRoom(1);
			core.maps.networks.set(id, { ...networkValue(record), ...waysOf(id) }, WRITE_ANY);
			core.changes.undo(() => core.maps.networks.delete(id));
			core.records.put(abi.RecordKind.Network, id, record);
			remember(network);
			core.changes.undo(() => {
				forget(network);
				core.records.delete(abi.RecordKind.Network, id);
			});
			parts.added(id);
		});
		return network;
	}

	return {
		get default() {
			return byId.get(DEFAULT_NETWORK_ID) as Network;
		},
		get size() {
			return byName.size;
		},
		get: (name) => byName.get(name),
		has: (name) => byName.has(name),
		byId: (id) => byId.get(id),
		create(name, options = {}) {
			core.assertOpen();
			const record = checkNetwork(name, options);
			if (byName.has(name)) {
				throw new HeddleError('ERR_EXISTS', `network '${name}': found one of this name, expected none`, {
					field: 'name',
					found: name,
				});
			}
			return add(options.id === undefined ? nextId() : checkId(options.id), record);
		},
		rewrite(id) {
			const former = core.maps.networks.get(id);
			if (former !== undefined) {
				core.maps.networks.set(id, { ...former, ...waysOf(id) }, WRITE_ANY);
				core.changes.undo(() => core.maps.networks.set(id, former, WRITE_ANY));
			}
		},
		restore() {
			for (const { id, value } of core.records.all<NetworkRecord>(abi.RecordKind.Network)) {
				remember(build(id, value));
			}
			if (!byId.has(DEFAULT_NETWORK_ID)) {
				add(DEFAULT_NETWORK_ID, { name: DEFAULT_NETWORK, gateways: {}, hostRouting: false });
			}
		},
		[Symbol.iterator]: () => byName.values(),
	};
}

function checkNetwork(name: string, { gateways = {}, hostRouting = false }: NetworkOptions): NetworkRecord {
	if (typeof name !== 'string' || name === '' || name.length > MAX_NAME || /\s/.test(name)) {
		throw invalidArgument('name', name, `1 to ${MAX_NAME} characters without white space`);
	}
	const canonical = (family: 4 | 6, text: string | undefined) => {
		if (text === undefined) {
			return {};
		}
		const { bytes } = parseAddress(text, `gateways.ipv${family}`, family);
		return { [`ipv${family}`]: formatAddress(family, bytes) };
	};
	return Object.freeze({
		name,
		gateways: Object.freeze({ ...canonical(4, gateways.ipv4), ...canonical(6, gateways.ipv6) }),
		hostRouting: hostRouting === true,
	});
}

function networkValue({
	gateways,
	hostRouting,
}: NetworkRecord): Pick<abi.Network, 'gatewayIpv4' | 'gatewayIpv6' | 'hostRouting'> {
	const bytes = (family: 4 | 6, text: string | undefined) =>
		text === undefined ? new Uint8Array(16) : parseAddress(text, 'gateways', family).bytes;
	return {
		gatewayIpv4: ipv4Number(bytes(4, gateways.ipv4)),
		gatewayIpv6: bytes(6, gateways.ipv6),
		hostRouting: hostRouting ? 1 : 0,
	};
}
