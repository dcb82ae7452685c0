import * as abi from '../abi/generated.js';
import { formatAddress, parseMac } from '../addresses/address.js';
import { HeddleError, describeValue, wrapNative, wrapNativeAsync } from '../errors.js';
import { detach as detachPrograms } from '../native/addon.js';
import type { Link, LinkInfo } from '../native/addon.js';
import type { Core } from './core.js';
import type { Masquerade, Uplink, UplinkOptions, Uplinks } from './uplink.js';
import { addressesOf, ownAddresses, removeUplink, writeUnmasqueraded, writeUplink } from './uplink-entries.js';
import type { OwnAddresses } from './uplink-entries.js';
import { attachUplinkPrograms, keepUplinkLinks, linksOf, openUplinkLinks, unpinUplinkLinks } from './uplink-links.js';
import type { UplinkLinks } from './uplink-links.js';
import { checkUplinkOptions, checkXdp } from './uplink-options.js';
import type { UplinkRecord } from './uplink-options.js';

export interface UplinkParts {
	readonly core: Core;
	networkId(name: string): number | undefined;
	networkName(id: number): string;
	hasEndpoint(ifindex: number): boolean;
	/** Told within a change which network's way out may be another now. */
	servesChanged(network: number): void;
}

export interface UplinkControl extends Uplinks {
	/** Whether an uplink serves the network. */
	serves(network: number): boolean;
	/** Of a former process. Within a change. */
	restore(): void;
	/** What masqueraded packets bear follows the interface's addresses. */
	refreshAddresses(): void;
	/** Detaches those whose interface is gone. */
	reap(isPresent: (ifindex: number) => boolean): Promise<void>;
	/** Every link, for an upgrade. */
	links(): Link[];
	release(): Promise<void>;
	detachAll(): Promise<void>;
}

interface UplinkState {
	readonly index: number;
	readonly record: UplinkRecord;
	own: OwnAddresses;
	readonly links: UplinkLinks;
	detaching: Promise<void> | undefined;
	detached: boolean;
	handle?: Uplink;
}

export function createUplinks(parts: UplinkParts): UplinkControl {
	const { core } = parts;
	const states = new Map<number, UplinkState>();

	function serves(network: number): boolean {
		return [...states.values()].some(({ record }) => record.networks.includes(network));
	}

	function inspect(iface: string | number): LinkInfo {
		const info = wrapNative(() => core.netlink.link(iface));
		if (info === undefined) {
			throw new HeddleError(
				'ERR_NO_INTERFACE',
				`uplink: found no ${describeValue(iface)} in this namespace, expected an interface`,
				{ field: 'interface', found: iface },
			);
		}
		const mac = parseMac(info.mac);
		if (mac === undefined || mac.every((byte) => byte === 0)) {
			throw new HeddleError(
				'ERR_UNSUPPORTED_INTERFACE',
				`uplink ${info.name}: found no MAC address, expected an Ethernet interface`,
				{ field: 'interface', found: info.name },
			);
		}
		const taken = states.has(info.ifindex) ? 'an uplink' : parts.hasEndpoint(info.ifindex) ? 'an endpoint' : undefined;
		if (taken !== undefined) {
			throw new HeddleError('ERR_EXISTS', `uplink ${info.name}: found ${taken} on it, expected neither`, {
				field: 'interface',
				found: info.name,
			});
		}
		return info;
	}

	async function attach(iface: string | number, options: UplinkOptions = {}): Promise<Uplink> {
		core.assertOpen();
		const info = inspect(iface);
		const present = new Set(addressesOf(core, info.ifindex).map(({ family, bytes }) => formatAddress(family, bytes)));
		const wish = checkXdp(options.xdp);
		const record = checkUplinkOptions(info.name, options, parts.networkId, present);
		const links = await attachUplinkPrograms(core, info, wish);
		try {
			core.assertOpen();
			inspect(info.ifindex); // meanwhile nobody else
			keepUplinkLinks(core, info.ifindex, links);
			return handleOf(enter(info.ifindex, { ...record, mode: links.mode }, links));
		} catch (error) {
			if (!states.has(info.ifindex)) {
				unpinUplinkLinks(core, info.ifindex);
			}
			await wrapNativeAsync(() => detachPrograms(linksOf(links)), 'detach programs');
			throw error;
		}
	}

	function enter(index: number, record: UplinkRecord, links: UplinkLinks): UplinkState {
		const own = ownAddresses(core, index, record.masquerade);
		const state: UplinkState = { index, record, own, links, detaching: undefined, detached: false };
		core.changes.run(() => {
			core.maps.uplinks.ensureRoom(1);
			core.records.put(abi.RecordKind.Uplink, index, record);
			core.changes.undo(() => core.records.delete(abi.RecordKind.Uplink, index));
			writeUnmasqueraded(core, index, record);
			writeUplink(core, index, record, own);
			states.set(index, state);
			core.changes.undo(() => states.delete(index));
			record.networks.forEach(parts.servesChanged);
		});
		return state;
	}

	/** Nothing leaves any more, then nothing arrives. */
	async function takeOff(state: UplinkState): Promise<void> {
		core.changes.run(() => {
			states.delete(state.index);
			core.changes.undo(() => states.set(state.index, state));
			state.record.networks.forEach(parts.servesChanged);
			core.changes.after(() => {
				removeUplink(core, state.index);
				core.records.delete(abi.RecordKind.Uplink, state.index);
			});
		});
		unpinUplinkLinks(core, state.index);
		await wrapNativeAsync(() => detachPrograms(linksOf(state.links)), 'detach programs');
		state.detached = true;
	}

	function detach(state: UplinkState): Promise<void> {
		core.assertOpen();
		state.detaching ??= takeOff(state);
		return state.detaching;
	}

	function masqueradeOf({ record: { masquerade }, own }: UplinkState): Masquerade | undefined {
		if (masquerade === undefined) {
			return undefined;
		}
		const { networks, nonMasqueradeCIDRs, ports } = masquerade;
		return Object.freeze({ networks: networks.map(parts.networkName), ...own, nonMasqueradeCIDRs, ports });
	}

	function handleOf(state: UplinkState): Uplink {
		state.handle ??= Object.freeze({
			name: state.record.name,
			index: state.index,
			mode: state.links.mode,
			networks: Object.freeze(state.record.networks.map(parts.networkName)),
			get masquerade() {
				return masqueradeOf(state);
			},
			get detached() {
				return state.detached;
			},
			detach: () => detach(state),
		});
		return state.handle;
	}

	function restoreOne(index: number, record: UplinkRecord): void {
		const links = openUplinkLinks(core, index, record.mode);
		if (links === undefined) {
			unpinUplinkLinks(core, index);
			core.records.delete(abi.RecordKind.Uplink, index);
			core.changes.later(() => {
				removeUplink(core, index);
				record.networks.forEach(parts.servesChanged);
			});
			return;
		}
		const own = ownAddresses(core, index, record.masquerade);
		states.set(index, { index, record, own, links, detaching: undefined, detached: false });
		core.changes.later(() => writeUplink(core, index, record, own));
	}

	function refreshAddresses(state: UplinkState): void {
		const own = ownAddresses(core, state.index, state.record.masquerade);
		if (own.ipv4 === state.own.ipv4 && own.ipv6 === state.own.ipv6) {
			return;
		}
		core.changes.run(() => writeUplink(core, state.index, state.record, own));
		state.own = own;
	}

	return {
		attach,
		serves,
		get size() {
			return states.size;
		},
		get(name) {
			const state = [...states.values()].find(({ record }) => record.name === name);
			return state === undefined ? undefined : handleOf(state);
		},
		[Symbol.iterator]: () => Array.from(states.values(), handleOf)[Symbol.iterator](),
		restore() {
			for (const { id, value } of core.records.all<UplinkRecord>(abi.RecordKind.Uplink)) {
				restoreOne(id, value);
			}
		},
		refreshAddresses: () => [...states.values()].forEach(refreshAddresses),
		async reap(isPresent) {
			await Promise.all([...states.values()].filter(({ index }) => !isPresent(index)).map(detach));
		},
		links: () => [...states.values()].flatMap(({ links }) => linksOf(links)),
		async release() {
			const links = this.links();
			if (core.pins === undefined && links.length > 0) {
				await detachPrograms(links);
			}
			links.forEach((link) => link.close());
		},
		async detachAll() {
			await Promise.all(Array.from(states.values(), detach));
		},
	};
}
