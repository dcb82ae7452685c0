import type * as abi from '../abi/generated.js';
import { formatAddress, isUsable, parseAddress, parseCidr } from '../addresses/address.js';
import type { Address } from '../addresses/address.js';
import { WRITE_ANY } from '../kernel/typed-map.js';
import type { Core } from './core.js';
import { ipv4Number } from './endpoint-table.js';
import { MAX_UPLINK_NETWORKS } from './uplink-options.js';
import type { MasqueradeRecord, UplinkRecord } from './uplink-options.js';

/** What masqueraded packets bear now. */
export interface OwnAddresses {
	readonly ipv4?: string;
	readonly ipv6?: string;
}

/** Those that others can answer to, in the order in which the interface has them. */
export function addressesOf(core: Core, ifindex: number): Address[] {
	return core.netlink
		.addresses(ifindex)
		.map(({ address }) => parseAddress(address.split('/')[0] ?? '', 'uplink address'))
		.filter(isUsable);
}

/** As given, or the interface's first; one that it does not have any more is nobody's. */
export function ownAddresses(core: Core, ifindex: number, masquerade: MasqueradeRecord | undefined): OwnAddresses {
	const present = masquerade === undefined ? [] : addressesOf(core, ifindex);
	const choose = (family: 4 | 6, wanted: string | undefined): string | undefined =>
		present
			.filter((address) => address.family === family)
			.map(({ bytes }) => formatAddress(family, bytes))
			.find((text) => wanted === undefined || text === wanted);
	const ipv4 = choose(4, masquerade?.ipv4);
	const ipv6 = choose(6, masquerade?.ipv6);
	return { ...(ipv4 === undefined ? {} : { ipv4 }), ...(ipv6 === undefined ? {} : { ipv6 }) };
}

/** Within a change. */
export function writeUplink(core: Core, ifindex: number, record: UplinkRecord, own: OwnAddresses): void {
	const { uplinks } = core.maps;
	const former = uplinks.get(ifindex);
	uplinks.set(ifindex, uplinkValue(record, own), WRITE_ANY);
	core.changes.undo(() => {
		if (former === undefined) {
			uplinks.delete(ifindex);
		} else {
			uplinks.set(ifindex, former, WRITE_ANY);
		}
	});
}

/** Within a change. */
export function writeUnmasqueraded(core: Core, ifindex: number, { masquerade }: UplinkRecord): void {
	const { unmasqueraded } = core.maps;
	const keys = (masquerade?.nonMasqueradeCIDRs ?? []).map((text) => unmasqueradedKey(ifindex, text));
	unmasqueraded.ensureRoom(keys.length);
	for (const key of keys) {
		unmasqueraded.set(key, 1, WRITE_ANY);
		core.changes.undo(() => unmasqueraded.delete(key));
	}
}

export function removeUplink(core: Core, ifindex: number): void {
	const { uplinks, unmasqueraded } = core.maps;
	uplinks.delete(ifindex);
	unmasqueraded.deleteMany([...unmasqueraded].map(([key]) => key).filter((key) => key.ifindex === ifindex));
}

function unmasqueradedKey(ifindex: number, text: string): abi.UnmasqueradedKey {
	const { family, bytes, prefixLength } = parseCidr(text, 'nonMasqueradeCIDRs');
	return { prefixlen: 64 + prefixLength, ifindex, family, address: bytes };
}

function uplinkValue({ networks, masquerade }: UplinkRecord, { ipv4, ipv6 }: OwnAddresses): abi.Uplink {
	const bytes = (family: 4 | 6, text: string | undefined) =>
		text === undefined ? new Uint8Array(16) : parseAddress(text, 'uplink address', family).bytes;
	return {
		networks: Array.from({ length: MAX_UPLINK_NETWORKS }, (_, i) => networks[i] ?? 0),
		ipv4: ipv4Number(bytes(4, ipv4)),
		ipv6: bytes(6, ipv6),
		firstPort: masquerade?.ports.from ?? 0,
		lastPort: masquerade?.ports.to ?? 0,
		masquerade: networks.reduce((bits, id, i) => bits | (masquerade?.networks.includes(id) === true ? 1 << i : 0), 0),
	};
}
