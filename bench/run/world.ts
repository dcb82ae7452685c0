/** The datapath's programs, loaded with maps of a given size: two endpoints, and much that takes no part. */
import type * as abi from '../../lib/abi/generated.js';
import { PolicyAction, PolicySetFlag, eventCodec } from '../../lib/abi/generated.js';
import { type Tables, tablesOf } from '../support/tables.js';
import { type Epoch, openEpoch } from '../../lib/kernel/epoch.js';
import { type BpfObject, type BpfProgram, RingReader, embeddedObject, load } from '../../lib/native/addon.js';

export interface WorldSize {
	readonly addresses: number;
	readonly rows: number;
}

/** One pod of the pair, as the datapath knows it. */
export interface Party {
	readonly id: number;
	readonly ifindex: number;
	readonly identity: number;
	readonly v4: Uint8Array;
	readonly v6: Uint8Array;
	readonly mac: Uint8Array;
	readonly hostMac: Uint8Array;
}

export interface World {
	readonly size: WorldSize;
	readonly client: Party;
	readonly server: Party;
	readonly program: BpfProgram;
	readonly epoch: Epoch;
	readonly maps: Tables;
	readonly object: BpfObject;
	/** Source ports that no flow has had yet. */
	readonly nextPort: { v4: number; v6: number };
	/** Empties the ring, so that events cost what they cost. */
	drain(): void;
	close(): void;
}

export const openPort = 5001;
export const closedPort = 5999;

const network = 1;
const serverClass = 1;
const serverSet = 2;
const protocols = { tcp: 6, udp: 17 } as const;

/**
 * The client's MAC is the server's gateway's and the other way round: what forwarding rewrites then stays as it
 * is, and one frame can be run again and again.
 */
const macs = [Uint8Array.of(2, 0x77, 0, 0, 0, 1), Uint8Array.of(2, 0x77, 0, 0, 0, 2)] as const;

function party(number: 1 | 2, ifindex: number): Party {
	const v6 = new Uint8Array(16);
	v6.set([0xfd, 0x77]);
	v6[15] = number;
	return {
		id: number,
		ifindex,
		identity: 256 + number,
		v4: Uint8Array.of(10, 77, 0, number),
		v6,
		mac: macs[number - 1]!,
		hostMac: macs[2 - number]!,
	};
}

function numberOf(v4: Uint8Array): number {
	return new DataView(v4.buffer).getUint32(0);
}

function endpointOf({ ifindex, identity, mac, hostMac, v4, v6 }: Party, policySet: number): abi.Endpoint {
	const base = { network, enforcement: 0, audit: 0, aggregation: 0, sampling: 0, mtu: 1500 };
	return { ...base, ifindex, identity, policySet, mac, hostMac, ipv4: numberOf(v4), ipv6: v6 };
}

function addressKey(address: Uint8Array): abi.AddressKey {
	const bytes = new Uint8Array(16);
	bytes.set(address);
	return { network, family: address.length === 4 ? 4 : 6, address: bytes };
}

function* otherAddresses(count: number): Generator<readonly [abi.AddressKey, abi.Address]> {
	const bytes = new Uint8Array(16);
	const view = new DataView(bytes.buffer);
	const pair = [
		{ network, family: 4, address: bytes },
		{ identity: 300, endpoint: 0 },
	] as const;
	for (let i = 0; i < count; i++) {
		view.setUint32(0, 0x64400000 + i);
		yield pair;
	}
}

function ruleKey(ruleClass: number, protocol: number, port: number): abi.RuleKey {
	return { prefixlen: 64, ruleClass, direction: 0, protocol, port };
}

const allow: abi.Rule = { action: PolicyAction.Allow, flags: 0, proxyPort: 0, cookie: 1 };

/** 4 096 ports a class, the server's own class first; the closed port is in none. */
function* otherRules(count: number): Generator<readonly [abi.RuleKey, abi.Rule]> {
	for (let i = 0; i < count; i++) yield [ruleKey(serverClass + (i >> 12), protocols.tcp, 10_000 + (i & 4095)), allow];
}

function* otherPeers(count: number): Generator<readonly [abi.PeerKey, abi.Peer]> {
	for (let i = 0; i < count; i++)
		yield [{ policySet: serverSet, identity: 1000 + i, direction: 0 }, { ruleClass: serverClass }];
}

function fill(maps: Tables, { addresses, rows }: WorldSize, client: Party, server: Party): void {
	for (const each of [client, server]) {
		maps.ifindexSlots.set(each.ifindex & 0xffff, {
			ifindex: each.ifindex,
			endpoint: each.id,
			network,
			mac: each.mac,
		});
		maps.endpoints.set(each.id, endpointOf(each, each === server ? serverSet : 1));
		for (const address of [each.v4, each.v6])
			maps.addresses.set(addressKey(address), { identity: each.identity, endpoint: each.id });
	}
	maps.policySets.set(serverSet, {
		flags: PolicySetFlag.IngressRules | PolicySetFlag.IngressDefaultDeny,
		defaultClass: [0, 0],
	});
	maps.peers.set({ policySet: serverSet, identity: client.identity, direction: 0 }, { ruleClass: serverClass });
	for (const protocol of Object.values(protocols)) maps.rules.set(ruleKey(serverClass, protocol, openPort), allow);
	maps.addresses.setMany(otherAddresses(addresses - 4));
	maps.rules.setMany(otherRules(rows - 2));
	maps.peers.setMany(otherPeers(rows - 1));
}

export async function createWorld(size: WorldSize, interfaces: readonly [number, number]): Promise<World> {
	const room = (count: number) => Math.max(1024, count + 16);
	const object = await load(embeddedObject(), {
		maxEntries: { addresses: room(size.addresses), rules: room(size.rows), peers: room(size.rows) },
		programs: ['from_endpoint'],
	});
	const maps = tablesOf(object);
	const client = party(1, interfaces[0]);
	const server = party(2, interfaces[1]);
	fill(maps, size, client, server);
	const epoch = openEpoch(object.maps['.data.control']!);
	const reader = new RingReader(object.maps['events']!, { recordSize: eventCodec.size }, () => undefined);
	reader.unref();
	return {
		...{ size, client, server, maps, object, epoch, program: object.programs['from_endpoint']! },
		nextPort: { v4: 1024, v6: 1024 },
		drain: () => void reader.drain(),
		close() {
			reader.close();
			object.close();
		},
	};
}
