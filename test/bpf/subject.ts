/** The loaded programs with maps that a test fills by hand: no control plane between the two. */
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import * as abi from '../../lib/abi/generated.js';
import type { Codec } from '../../lib/abi/codec.js';
import {
	type BpfMap,
	type BpfObject,
	Netlink,
	RingReader,
	embeddedObject,
	load,
	netns,
	possibleCpus,
} from '../../lib/native/addon.js';
import { countAllDrops, countDrops, mapOf } from './counts.js';
import { addressBytes, isIpv6, macBytes } from './packet.js';

export const ACTION = { ok: 0, drop: 2, redirect: 7 } as const;

export interface TestEndpoint {
	readonly id: number;
	readonly ifindex: number;
	readonly identity: number;
	readonly network: number;
	readonly mac: string;
	readonly hostMac: string;
	readonly ipv4: string;
	readonly ipv6: string;
}

export interface Run {
	readonly action: number;
	readonly frame: Uint8Array;
	readonly events: readonly abi.Event[];
}

export interface Subject {
	readonly object: BpfObject;
	/** On network 1: a and b; on network 2, with the same addresses as a and b: x and y. */
	readonly a: TestEndpoint;
	readonly b: TestEndpoint;
	readonly x: TestEndpoint;
	readonly y: TestEndpoint;
	run(program: string, from: TestEndpoint, frame: Uint8Array): Run;
	/** For many runs at once: enters the interfaces' namespace once. */
	inside<T>(work: () => T): T;
	put<K, V>(map: string, keys: Codec<K>, key: K, values: Codec<V>, value: V): void;
	lookup<K, V>(map: string, keys: Codec<K>, key: K, values: Codec<V>): V | undefined;
	flows(): (abi.Flow & { family: 4 | 6 })[];
	/** As the table's pressure would. Without a leg: of both. */
	loseFlows(leg?: abi.FlowLeg): void;
	bumpEpoch(): void;
	setTimeouts(ticks: number): void;
	control(field: keyof typeof abi.controlOffsets, value: number): void;
	readControl(field: keyof typeof abi.controlOffsets): number;
	drops(endpoint: TestEndpoint, reason: number, direction: number): number;
	totalDrops(): number;
	drain(): abi.Event[];
	sweep(): abi.Sweep;
}

function describeEndpoint(id: number, network: number, host: number, ifindex: number): TestEndpoint {
	return {
		id,
		ifindex,
		identity: 1000 + id,
		network,
		mac: `02:00:00:00:00:0${id}`,
		hostMac: `02:00:00:00:01:0${id}`,
		ipv4: `10.0.0.${host}`,
		ipv6: `fd00::${host}`,
	};
}

export function padded(address: string): Uint8Array {
	const wide = new Uint8Array(16);
	wide.set(addressBytes(address));
	return wide;
}

export function addressKey(network: number, address: string): abi.AddressKey {
	return { network, family: isIpv6(address) ? 6 : 4, address: padded(address) };
}

/** Registers hooks: loads once a file, and starts each test with empty tables. */
export function useSubject(maxEntries: Readonly<Record<string, number>> = {}): Subject {
	const holder: { subject?: Subject; close?: () => void; reset?: () => void } = {};
	beforeAll(async () => {
		Object.assign(holder, await createSubject(maxEntries));
	});
	beforeEach(() => holder.reset?.());
	afterAll(async () => {
		holder.close?.();
		await setTimeout(5); // the event loop lets go of the ring in its next turn
	});
	return new Proxy({} as Subject, { get: (_, name) => Reflect.get(holder.subject as Subject, name) });
}

let created = 0;

async function createSubject(
	maxEntries: Readonly<Record<string, number>>,
): Promise<{ subject: Subject; close(): void; reset(): void }> {
	const name = `hdltest${process.pid}-${++created}`;
	const namespace = netns.create(name);
	const netlink = new Netlink(namespace);
	const indexes = ['a', 'b', 'x', 'y'].map(
		(each) => netlink.addVeth({ name: each, peer: { name: `${each}-pod` } }).ifindex,
	);
	const object = await load(embeddedObject(), {
		maxEntries: { flows4: 4096, flows6: 4096, endpoints: 16, endpoint_counters: 16, ...maxEntries },
	});
	const control = new DataView(mapOf(object, '.data.control').mmap());
	const received: abi.Event[] = [];
	const ring = new RingReader(mapOf(object, 'events'), { recordSize: abi.eventCodec.size }, (records, count) => {
		for (let i = 0; i < count; i++) received.push(abi.eventCodec.decode(records, i * abi.eventCodec.size));
	});
	const [a, b, x, y] = [
		describeEndpoint(1, 1, 1, indexes[0] as number),
		describeEndpoint(2, 1, 2, indexes[1] as number),
		describeEndpoint(3, 2, 1, indexes[2] as number),
		describeEndpoint(4, 2, 2, indexes[3] as number),
	] as const;

	function put<K, V>(map: string, keys: Codec<K>, key: K, values: Codec<V>, value: V): void {
		mapOf(object, map).update(keys.encode(key), values.encode(value));
	}

	function drain(): abi.Event[] {
		while (ring.drain() > 0);
		return received.splice(0);
	}

	function setTimeouts(ticks: number): void {
		const { control: at } = abi.dataControlOffsets;
		for (const field of ['timeoutTcpSyn', 'timeoutTcpEstablished', 'timeoutTcpClosing', 'timeoutAny'] as const)
			control.setUint32(at + abi.controlOffsets[field], ticks, true);
	}

	const subject: Subject = {
		object,
		a,
		b,
		x,
		y,
		inside: (work) => netns.run(namespace, work),
		put,
		drain,
		setTimeouts,
		control: (field, value) =>
			control.setUint32(abi.dataControlOffsets.control + abi.controlOffsets[field], value, true),
		readControl: (field) => control.getUint32(abi.dataControlOffsets.control + abi.controlOffsets[field], true),
		run(program, from, frame) {
			const found = object.programs[program];
			if (found === undefined) throw new Error(`no program ${program}`);
			const { retval, data } = netns.run(namespace, () => found.testRun({ data: frame, ifindex: from.ifindex }));
			return { action: retval, frame: data.slice(), events: drain() };
		},
		lookup(map, keys, key, values) {
			const bytes = new Uint8Array(values.size);
			return mapOf(object, map).lookup(keys.encode(key), bytes) ? values.decode(bytes) : undefined;
		},
		flows: () => [
			...entries(mapOf(object, 'flows4'), abi.flowCodec).map((flow) => ({ ...flow, family: 4 as const })),
			...entries(mapOf(object, 'flows6'), abi.flowCodec).map((flow) => ({ ...flow, family: 6 as const })),
		],
		loseFlows(leg) {
			loseKeys(mapOf(object, 'flows4'), abi.flow4KeyCodec, leg);
			loseKeys(mapOf(object, 'flows6'), abi.flow6KeyCodec, leg);
		},
		bumpEpoch: () => control.setUint32(0, control.getUint32(0, true) + 1, true),
		drops: (endpoint, reason, direction) => countDrops(object, endpoint.id, reason, direction),
		totalDrops: () => countAllDrops(object),
		sweep() {
			object.programs['sweep']?.testRun({});
			const result = new Uint8Array(abi.sweepCodec.size);
			mapOf(object, 'sweep_result').lookup(new Uint8Array(4), result);
			return abi.sweepCodec.decode(result);
		},
	};

	function reset(): void {
		for (const map of [
			'flows4',
			'flows6',
			'fragments',
			'drops',
			'peers',
			'rules',
			'addresses',
			'cidrs',
			'host_addresses',
			'pairs',
		])
			clear(mapOf(object, map));
		for (const endpoint of [a, b, x, y]) attach(subject, endpoint);
		for (const endpoint of [a, b, x, y]) clearCounters(object, endpoint.id);
		setTimeouts(100_000);
		subject.control('aggregationLimit', abi.Aggregation.None);
		subject.control('tracing', 0);
		subject.bumpEpoch();
		drain();
	}

	function close(): void {
		ring.close();
		object.close();
		netlink.close();
		netns.close(namespace);
		netns.remove(name);
	}
	return { subject, close, reset };
}

function entries<V>(map: BpfMap, values: Codec<V>): V[] {
	const { values: bytes, count } = map.dump();
	return Array.from({ length: count }, (_, i) => values.decode(bytes, i * values.size));
}

function clear(map: BpfMap): void {
	const { keys, count } = map.dump();
	for (let i = 0; i < count; i++) map.delete(keys.subarray(i * map.info.keySize, (i + 1) * map.info.keySize));
}

function loseKeys(map: BpfMap, codec: { decode(bytes: Uint8Array): { leg: number } }, leg?: number): void {
	const { keys, count } = map.dump();
	for (let i = 0; i < count; i++) {
		const key = keys.subarray(i * map.info.keySize, (i + 1) * map.info.keySize);
		if (leg === undefined || codec.decode(key).leg === leg) map.delete(key);
	}
}

function clearCounters(object: BpfObject, id: number): void {
	const map = mapOf(object, 'endpoint_counters');
	map.update(
		abi.maps.endpoint_counters.key.encode(id),
		new Uint8Array(abi.endpointCountersCodec.size * possibleCpus()),
	);
}

export function endpointValue(endpoint: TestEndpoint, change: Partial<abi.Endpoint> = {}): abi.Endpoint {
	return {
		ifindex: endpoint.ifindex,
		identity: endpoint.identity,
		policySet: endpoint.id,
		network: endpoint.network,
		enforcement: 0,
		audit: 0,
		aggregation: 0,
		sampling: 0,
		mac: macBytes(endpoint.mac),
		hostMac: macBytes(endpoint.hostMac),
		mtu: 1500,
		ipv4: new DataView(addressBytes(endpoint.ipv4).buffer).getUint32(0),
		ipv6: addressBytes(endpoint.ipv6),
		...change,
	};
}

export function attach(subject: Subject, endpoint: TestEndpoint, change: Partial<abi.Endpoint> = {}): void {
	const { id, ifindex, identity, network } = endpoint;
	const { maps } = abi;
	subject.put('endpoints', maps.endpoints.key, id, abi.endpointCodec, endpointValue(endpoint, change));
	subject.put('ifindex_slots', maps.ifindex_slots.key, ifindex & 0xffff, abi.ifindexSlotCodec, {
		ifindex,
		endpoint: id,
		network,
		mac: macBytes(endpoint.mac),
	});
	if (change.aggregation || change.sampling) subject.control('tracing', 1);
	for (const address of [endpoint.ipv4, endpoint.ipv6])
		subject.put('addresses', abi.addressKeyCodec, addressKey(network, address), abi.addressCodec, {
			identity,
			endpoint: id,
		});
	subject.put('policy_sets', maps.policy_sets.key, id, abi.policySetCodec, { flags: 0, defaultClass: [0, 0] });
}
