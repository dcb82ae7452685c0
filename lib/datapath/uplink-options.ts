import { formatAddress, parseAddress, parseCidr } from '../addresses/address.js';
import type { Cidr } from '../addresses/address.js';
import { HeddleError, invalidArgument } from '../errors.js';
import { readSysctl } from '../native/addon.js';
import { DEFAULT_NETWORK } from './networks.js';
import type { MasqueradeOptions, PortRange, UplinkMode, UplinkOptions } from './uplink.js';

/** As it is remembered beyond the process. */
export interface UplinkRecord {
	readonly name: string;
	/** In order; by number, for names may be given again. */
	readonly networks: readonly number[];
	readonly masquerade?: MasqueradeRecord;
	/** Known once its programs are attached. */
	readonly mode: UplinkMode;
}

export type XdpWish = NonNullable<UplinkOptions['xdp']>;
const XDP_WISHES: readonly XdpWish[] = ['auto', 'native', 'generic', 'off'];

export interface MasqueradeRecord {
	readonly networks: readonly number[];
	/** Absent: the interface's first. */
	readonly ipv4?: string;
	readonly ipv6?: string;
	readonly nonMasqueradeCIDRs: readonly string[];
	readonly ports: PortRange;
}

export const MAX_UPLINK_NETWORKS = 8;
const FIRST_PORT = 1024;
const LAST_PORT = 65535;
/** A search that finds a port quickly needs a few. */
const MIN_PORTS = 64;

/** @throws ERR_INVALID_ARGUMENT, ERR_INVALID_ADDRESS, ERR_NOT_FOUND */
export function checkUplinkOptions(
	name: string,
	options: UplinkOptions,
	networkId: (name: string) => number | undefined,
	ownAddresses: ReadonlySet<string>,
): Omit<UplinkRecord, 'mode'> {
	const { networks = [DEFAULT_NETWORK], masquerade = false } = options;
	const ids = checkNetworks('networks', networks, networkId);
	if (typeof masquerade !== 'boolean' && (typeof masquerade !== 'object' || masquerade === null)) {
		throw invalidArgument('masquerade', masquerade, 'true, false or an object');
	}
	if (masquerade === false) {
		return { name, networks: ids };
	}
	const wanted = masquerade === true ? {} : masquerade;
	return { name, networks: ids, masquerade: checkMasquerade(wanted, networks, networkId, ownAddresses) };
}

function checkMasquerade(
	options: MasqueradeOptions,
	served: readonly string[],
	networkId: (name: string) => number | undefined,
	ownAddresses: ReadonlySet<string>,
): MasqueradeRecord {
	const { networks = served.filter((name) => name === DEFAULT_NETWORK), nonMasqueradeCIDRs = [], ports } = options;
	if (networks.length === 0) {
		throw invalidArgument(
			'masquerade',
			options.networks ?? true,
			`networks to masquerade: only '${DEFAULT_NETWORK}' is without being named`,
		);
	}
	const ids = checkNetworks('masquerade.networks', networks, networkId);
	const stranger = networks.find((name) => !served.includes(name));
	if (stranger !== undefined) {
		throw invalidArgument('masquerade.networks', stranger, `one of the uplink's networks: ${served.join(', ')}`);
	}
	return {
		networks: ids,
		...ownAddress(4, options.ipv4, ownAddresses),
		...ownAddress(6, options.ipv6, ownAddresses),
		nonMasqueradeCIDRs: checkCidrs(nonMasqueradeCIDRs).map(cidrText),
		ports: ports === undefined ? defaultPorts() : checkPorts(ports),
	};
}

function checkNetworks(
	field: string,
	names: readonly string[],
	networkId: (name: string) => number | undefined,
): readonly number[] {
	if (!Array.isArray(names) || names.length === 0 || names.length > MAX_UPLINK_NETWORKS) {
		throw invalidArgument(field, names, `an array of 1 to ${MAX_UPLINK_NETWORKS} names of networks`);
	}
	const ids = names.map((name) => {
		const id = networkId(name);
		if (id === undefined) {
			throw new HeddleError('ERR_NOT_FOUND', `${field}: found no network '${name}', expected one that was created`, {
				field,
				found: name,
			});
		}
		return id;
	});
	if (new Set(ids).size !== ids.length) {
		throw invalidArgument(field, names, 'each network once');
	}
	return ids;
}

function ownAddress(
	family: 4 | 6,
	text: string | undefined,
	ownAddresses: ReadonlySet<string>,
): { ipv4?: string; ipv6?: string } {
	if (text === undefined) {
		return {};
	}
	const field = `masquerade.ipv${family}`;
	const canonical = formatAddress(family, parseAddress(text, field, family).bytes);
	if (!ownAddresses.has(canonical)) {
		throw invalidArgument(field, text, `one of the interface's addresses: ${[...ownAddresses].join(', ') || 'none'}`);
	}
	return { [`ipv${family}`]: canonical };
}

function checkCidrs(texts: readonly string[]): Cidr[] {
	if (!Array.isArray(texts)) {
		throw invalidArgument('masquerade.nonMasqueradeCIDRs', texts, 'an array of CIDRs');
	}
	return texts.map((text, i) => parseCidr(text, `masquerade.nonMasqueradeCIDRs[${i}]`));
}

function cidrText({ family, bytes, prefixLength }: Cidr): string {
	return `${formatAddress(family, bytes)}/${prefixLength}`;
}

function checkPorts({ from, to }: PortRange): PortRange {
	const isPort = (port: unknown) => Number.isInteger(port) && (port as number) >= 1 && (port as number) <= LAST_PORT;
	if (!isPort(from) || !isPort(to) || to - from + 1 < MIN_PORTS) {
		throw invalidArgument('masquerade.ports', { from, to }, `at least ${MIN_PORTS} ports from 1 to ${LAST_PORT}`);
	}
	return { from, to };
}

/** The larger of what lies below and above the ports that the host's own sockets are given. */
function defaultPorts(): PortRange {
	const [low = 32_768, high = 60_999] = readSysctl(['net', 'ipv4', 'ip_local_port_range'])
		.trim()
		.split(/\s+/)
		.map(Number);
	const below = { from: FIRST_PORT, to: low - 1 };
	const above = { from: high + 1, to: LAST_PORT };
	const size = ({ from, to }: PortRange) => to - from + 1;
	const best = size(below) >= size(above) ? below : above;
	return size(best) >= MIN_PORTS ? best : { from: FIRST_PORT, to: LAST_PORT };
}

/** @throws ERR_INVALID_ARGUMENT */
export function checkXdp(wish: XdpWish = 'auto'): XdpWish {
	if (!XDP_WISHES.includes(wish)) {
		throw invalidArgument('xdp', wish, XDP_WISHES.map((one) => `'${one}'`).join(', '));
	}
	return wish;
}
