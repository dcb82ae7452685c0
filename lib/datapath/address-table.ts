import * as abi from '../abi/generated.js';
import { HeddleError } from '../errors.js';
import type { KernelMaps } from '../kernel/maps.js';
import { WRITE_EXISTING, WRITE_NEW } from '../kernel/typed-map.js';
import { formatAddress, parseAddress } from '../addresses/address.js';
import type { Address, Cidr } from '../addresses/address.js';
import type { Changes } from './changes.js';

/** Addresses of one network kept by the kernel alone: no object here for any of them. */
export interface AddressTable {
	find(network: number, address: Address): abi.Address | undefined;
	/** As the datapath does it: exact, then the host's own, then the longest CIDR, then world. */
	identityOf(network: number, address: Address): number;
	/** Within a change. @throws ERR_ADDRESS_IN_USE for an endpoint's address, ERR_MAP_FULL */
	assign(rows: readonly AddressRow[]): void;
	unassign(network: number, cidr: Cidr): boolean;
	/** What documents say of addresses outside, below what was assigned by hand. `identity` undefined: nothing. Within a change. */
	imply(layer: ImpliedLayer, row: Omit<AddressRow, 'identity'>, identity: number | undefined): void;
	/** An endpoint's own. Within a change; the caller has asked whether they are free. */
	put(network: number, addresses: readonly Address[], value: abi.Address, mode: number): void;
	remove(network: number, addresses: readonly Address[], endpoint: number): void;
	removeNetwork(network: number): void;
	/** Drops what a former process implied and this one does not. Within a change. */
	sweepImplied(): void;
	/** Drops what points at endpoints that are not there. */
	sweepEndpoints(isPresent: (endpoint: number) => boolean): number;
}

/** Why an address block has an identity: a policy names it; a name was learned for it, which says more; it is a node's. */
export type ImpliedLayer = 'cidr' | 'name' | 'node';

export interface AddressRow {
	readonly network: number;
	readonly cidr: Cidr;
	readonly identity: number;
}

export interface AddressOwner {
	readonly id: number;
	readonly network: { readonly id: number };
	readonly addresses: readonly string[];
}

/** Rows of one call from which on the whole map is read first. */
const BULK = 256;

export function createAddressTable(
	maps: KernelMaps,
	changes: Changes,
	endpoints: () => Iterable<AddressOwner>,
): AddressTable {
	let cidrs: Map<string, abi.Cidr> | undefined;
	const implied = new Map<string, Partial<Record<ImpliedLayer, number>>>();

	function find(network: number, address: Address): abi.Address | undefined {
		return maps.addresses.get(addressKey(network, address));
	}

	function writeExact(rows: readonly AddressRow[]): void {
		if (rows.length < BULK) {
			rows.forEach(writeOne);
		} else {
			writeBulk(rows);
		}
	}

	function writeOne({ network, cidr, identity }: AddressRow): void {
		const former = find(network, cidr);
		refuseEndpoint(former, cidr);
		maps.addresses.ensureRoom(former === undefined ? 1 : 0);
		put(network, [cidr], { identity, endpoint: 0 }, former);
	}

	function put(
		network: number,
		addresses: readonly Address[],
		value: abi.Address,
		former: abi.Address | undefined,
	): void {
		for (const address of addresses) {
			const key = addressKey(network, address);
			maps.addresses.set(key, value, former === undefined ? WRITE_NEW : WRITE_EXISTING);
			changes.undo(() =>
				former === undefined ? maps.addresses.delete(key) : maps.addresses.set(key, former, WRITE_EXISTING),
			);
		}
	}

	/** What is there is read at once: asking for each costs more than writing. */
	function writeBulk(rows: readonly AddressRow[]): void {
		const { handle } = maps.addresses;
		const before = handle.dump();
		if (before.count + rows.length > maps.addresses.maxEntries) {
			maps.addresses.ensureRoom(countNew(rows));
		}
		refuseEndpoints(rows);
		const entries = function* (): Generator<[abi.AddressKey, abi.Address]> {
			for (const { network, cidr, identity } of rows) {
				yield [addressKey(network, cidr), { identity, endpoint: 0 }];
			}
		};
		changes.undo(() => {
			maps.addresses.deleteMany(rows.map(({ network, cidr }) => addressKey(network, cidr)));
			maps.addresses.setPacked(before.keys, before.values, before.count);
		});
		maps.addresses.setMany(entries());
	}

	function countNew(rows: readonly AddressRow[]): number {
		const fresh = new Set<string>();
		for (const { network, cidr } of rows) {
			if (find(network, cidr) === undefined) {
				fresh.add(`${network} ${String(cidr.bytes)}`);
			}
		}
		return fresh.size;
	}

	function refuseEndpoints(rows: readonly AddressRow[]): void {
		const owned = new Map<string, number>();
		for (const { id, network, addresses } of endpoints()) {
			for (const address of addresses) {
				owned.set(ownerKey(network.id, parseAddress(address, 'address')), id);
			}
		}
		for (const { network, cidr } of owned.size === 0 ? [] : rows) {
			const endpoint = owned.get(ownerKey(network, cidr));
			if (endpoint !== undefined) {
				throw addressInUse(formatAddress(cidr.family, cidr.bytes), endpoint);
			}
		}
	}

	function writeCidrs(rows: readonly AddressRow[]): void {
		const known = knownCidrs();
		const fresh = new Set(rows.map(cidrText).filter((text) => !known.has(text)));
		maps.cidrs.ensureRoom(fresh.size);
		for (const row of rows) {
			writeCidr(row, { identity: row.identity, byPolicy: 0 });
		}
	}

	/** `value` undefined: no entry. */
	function writeCidr(row: Omit<AddressRow, 'identity'>, value: abi.Cidr | undefined): void {
		const known = knownCidrs();
		const former = known.get(cidrText(row));
		if (former?.identity !== value?.identity || former?.byPolicy !== value?.byPolicy) {
			changes.undo(() => storeCidr(known, row, former));
			storeCidr(known, row, value);
		}
	}

	function storeCidr(
		known: Map<string, abi.Cidr>,
		row: Omit<AddressRow, 'identity'>,
		value: abi.Cidr | undefined,
	): void {
		const key = cidrKey(row.network, row.cidr);
		const text = cidrText(row);
		if (value === undefined) {
			maps.cidrs.delete(key);
			known.delete(text);
		} else {
			maps.cidrs.set(key, value, known.has(text) ? WRITE_EXISTING : WRITE_NEW);
			known.set(text, value);
		}
	}

	/** A trie answers with the longest match; whether it holds the very prefix only a list of them tells. */
	function knownCidrs(): Map<string, abi.Cidr> {
		cidrs ??= new Map(Array.from(maps.cidrs, ([key, value]) => [keyText(key), value]));
		return cidrs;
	}

	function impliedValue(text: string): abi.Cidr | undefined {
		const layers = implied.get(text);
		const identity = layers?.node ?? layers?.name ?? layers?.cidr;
		return identity === undefined ? undefined : { identity, byPolicy: 1 };
	}

	function setImplied(layer: ImpliedLayer, text: string, identity: number | undefined): void {
		const layers = { ...implied.get(text), [layer]: identity };
		if (Object.values(layers).every((one) => one === undefined)) {
			implied.delete(text);
		} else {
			implied.set(text, layers);
		}
	}

	return {
		find,
		identityOf(network, address) {
			const exact = find(network, address);
			if (exact !== undefined) {
				return exact.identity;
			}
			const host = maps.hostAddresses.get({ family: address.family, address: address.bytes });
			const bits = address.family === 4 ? 32 : 128;
			return (
				host?.identity ??
				maps.cidrs.get(cidrKey(network, { ...address, prefixLength: bits }))?.identity ??
				(address.family === 4 ? abi.ReservedIdentity.WorldIpv4 : abi.ReservedIdentity.WorldIpv6)
			);
		},
		assign(rows) {
			const exact = rows.filter(({ cidr }) => isWhole(cidr));
			const cidrs = rows.filter(({ cidr }) => !isWhole(cidr));
			if (exact.length > 0) {
				writeExact(exact);
			}
			if (cidrs.length > 0) {
				writeCidrs(cidrs);
			}
		},
		unassign(network, cidr) {
			if (isWhole(cidr)) {
				const key = addressKey(network, cidr);
				const value = maps.addresses.get(key);
				if (value === undefined || value.endpoint !== 0) {
					return false;
				}
				changes.undo(() => maps.addresses.set(key, value));
				return maps.addresses.delete(key);
			}
			const text = cidrText({ network, cidr });
			const existed = knownCidrs().get(text)?.byPolicy === 0;
			if (existed) {
				writeCidr({ network, cidr }, impliedValue(text));
			}
			return existed;
		},
		imply(layer, row, identity) {
			const text = cidrText(row);
			const former = implied.get(text)?.[layer];
			setImplied(layer, text, identity);
			changes.undo(() => setImplied(layer, text, former));
			const known = knownCidrs().get(text);
			if (known?.byPolicy !== 0) {
				maps.cidrs.ensureRoom(known === undefined ? 1 : 0);
				writeCidr(row, impliedValue(text));
			}
		},
		put(network, addresses, value, mode) {
			for (const address of addresses) {
				put(network, [address], value, mode === WRITE_NEW ? undefined : find(network, address));
			}
		},
		remove(network, addresses, endpoint) {
			for (const address of addresses) {
				const key = addressKey(network, address);
				const former = maps.addresses.get(key);
				if (former?.endpoint === endpoint) {
					maps.addresses.delete(key);
					changes.undo(() => maps.addresses.set(key, former, WRITE_NEW));
				}
			}
		},
		removeNetwork(network) {
			maps.addresses.deleteMany([...maps.addresses].filter(([key]) => key.network === network).map(([key]) => key));
			maps.cidrs.deleteMany([...maps.cidrs].filter(([key]) => key.network === network).map(([key]) => key));
			cidrs = undefined;
			for (const text of implied.keys()) {
				if (text.startsWith(`${network} `)) {
					implied.delete(text);
				}
			}
		},
		sweepImplied() {
			for (const [key, value] of [...maps.cidrs]) {
				const cidr = { family: key.family as 4 | 6, bytes: key.address, prefixLength: key.prefixlen - 32 };
				if (value.byPolicy !== 0 && !implied.has(keyText(key))) {
					writeCidr({ network: key.network, cidr }, undefined);
				}
			}
		},
		sweepEndpoints(isPresent) {
			const gone: abi.AddressKey[] = [];
			for (const [key, value] of maps.addresses) {
				if (value.endpoint !== 0 && !isPresent(value.endpoint)) {
					gone.push(key);
				}
			}
			return maps.addresses.deleteMany(gone);
		},
	};
}

export function addressKey(network: number, { family, bytes }: Address): abi.AddressKey {
	return { network, family, address: bytes };
}

function cidrKey(network: number, { family, bytes, prefixLength }: Cidr): abi.CidrKey {
	return { prefixlen: 32 + prefixLength, network, family, address: bytes };
}

function cidrText({ network, cidr }: Omit<AddressRow, 'identity'>): string {
	return keyText(cidrKey(network, cidr));
}

function keyText(key: abi.CidrKey): string {
	return `${key.network} ${formatAddress(key.family, key.address)}/${key.prefixlen}`;
}

function isWhole({ family, prefixLength }: Cidr): boolean {
	return prefixLength === (family === 4 ? 32 : 128);
}

function refuseEndpoint(value: abi.Address | undefined, cidr: Cidr): void {
	if (value !== undefined && value.endpoint !== 0) {
		throw addressInUse(formatAddress(cidr.family, cidr.bytes), value.endpoint);
	}
}

function ownerKey(network: number, { family, bytes }: Address): string {
	return `${network} ${family} ${family === 4 ? new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) : String(bytes)}`;
}

export function addressInUse(address: string, endpoint: number): HeddleError {
	const whose = endpoint === 0 ? 'assigned to an identity' : `endpoint ${endpoint}'s`;
	return new HeddleError(
		'ERR_ADDRESS_IN_USE',
		`address ${address}: found it ${whose} on this network, expected it to be free`,
		{
			found: endpoint,
		},
	);
}
