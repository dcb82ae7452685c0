import * as abi from '../abi/generated.js';
import type { Codec } from '../abi/codec.js';
import type { BpfMap } from '../native/addon.js';
import { perCpuMap } from './per-cpu.js';
import type { PerCpuMap } from './per-cpu.js';
import { typedMap } from './typed-map.js';
import type { TypedMap } from './typed-map.js';

/** Every map that the control plane reads or writes, typed. */
export interface KernelMaps {
	readonly raw: Readonly<Record<string, BpfMap>>;
	readonly ifindexSlots: TypedMap<number, abi.IfindexSlot>;
	readonly endpoints: TypedMap<number, abi.Endpoint>;
	readonly networks: TypedMap<number, abi.Network>;
	readonly addresses: TypedMap<abi.AddressKey, abi.Address>;
	readonly hostAddresses: TypedMap<abi.HostAddressKey, abi.HostAddress>;
	readonly cidrs: TypedMap<abi.CidrKey, abi.Cidr>;
	readonly uplinks: TypedMap<number, abi.Uplink>;
	readonly proxies: TypedMap<number, abi.Proxy>;
	readonly unmasqueraded: TypedMap<abi.UnmasqueradedKey, number>;
	readonly policySets: TypedMap<number, abi.PolicySet>;
	readonly peers: TypedMap<abi.PeerKey, abi.Peer>;
	readonly rules: TypedMap<abi.RuleKey, abi.Rule>;
	readonly records: TypedMap<abi.RecordKey, abi.Record>;
	readonly simulation: TypedMap<number, abi.Simulation>;
	readonly sweepResult: TypedMap<number, abi.Sweep>;
	readonly clockResult: TypedMap<number, abi.Clock>;
	readonly control: TypedMap<number, abi.DataControl>;
	readonly endpointCounters: PerCpuMap<number, abi.EndpointCounters>;
	readonly drops: PerCpuMap<abi.DropKey, bigint>;
	readonly counters: PerCpuMap<number, abi.Counters>;
	readonly pairs: PerCpuMap<abi.PairKey, abi.Pair>;
	readonly pairOverflow: PerCpuMap<number, abi.Pair>;
}

export const MAP_NAMES = Object.keys(abi.maps) as abi.MapName[];

export function kernelMaps(raw: Readonly<Record<string, BpfMap>>): KernelMaps {
	const typed = <K, V>(layout: { name: string; key: Codec<K>; value: Codec<V> }): TypedMap<K, V> =>
		typedMap(layout.name, handleOf(raw, layout.name), layout.key, layout.value);
	const perCpu = <K, V>(
		layout: { name: string; key: Codec<K>; value: Codec<V> },
		fold: (a: V, b: V) => V,
	): PerCpuMap<K, V> => perCpuMap(handleOf(raw, layout.name), layout.key, layout.value, fold);
	const { maps } = abi;
	return {
		raw,
		ifindexSlots: typed(maps.ifindex_slots),
		endpoints: typed(maps.endpoints),
		networks: typed(maps.networks),
		addresses: typed(maps.addresses),
		hostAddresses: typed(maps.host_addresses),
		cidrs: typed(maps.cidrs),
		uplinks: typed(maps.uplinks),
		proxies: typed(maps.proxies),
		unmasqueraded: typed(maps.unmasqueraded),
		policySets: typed(maps.policy_sets),
		peers: typed(maps.peers),
		rules: typed(maps.rules),
		records: typed(maps.records),
		simulation: typed(maps.simulation),
		sweepResult: typed(maps.sweep_result),
		clockResult: typed(maps.clock_result),
		control: typed(maps['.data.control']),
		endpointCounters: perCpu(maps.endpoint_counters, addEndpointCounters),
		drops: perCpu(maps.drops, (a, b) => a + b),
		counters: perCpu(maps.counters, addCounters),
		pairs: perCpu(maps.pairs, addPairs),
		pairOverflow: perCpu(maps.pair_overflow, addPairs),
	};
}

export const NO_COUNTERS: abi.EndpointCounters = {
	policyDenied: [0n, 0n],
	policyDeniedByDenylist: [0n, 0n],
};

function handleOf(raw: Readonly<Record<string, BpfMap>>, name: string): BpfMap {
	const handle = raw[name];
	if (handle === undefined) {
		throw new TypeError(`the object has no map '${name}'`);
	}
	return handle;
}

function addEndpointCounters(a: abi.EndpointCounters, b: abi.EndpointCounters): abi.EndpointCounters {
	return {
		policyDenied: addPair(a.policyDenied, b.policyDenied),
		policyDeniedByDenylist: addPair(a.policyDeniedByDenylist, b.policyDeniedByDenylist),
	};
}

function addCounters(a: abi.Counters, b: abi.Counters): abi.Counters {
	return {
		forwardedPackets: addPair(a.forwardedPackets, b.forwardedPackets),
		forwardedBytes: addPair(a.forwardedBytes, b.forwardedBytes),
		lost: a.lost + b.lost,
		suppressed: a.suppressed + b.suppressed,
		uncountedDrops: a.uncountedDrops + b.uncountedDrops,
		aggregated: a.aggregated + b.aggregated,
		tick: 0,
		used: 0,
	};
}

function addPairs(a: abi.Pair, b: abi.Pair): abi.Pair {
	return {
		began: a.began + b.began,
		ended: a.ended + b.ended,
		packets: addPair(a.packets, b.packets),
		bytes: addPair(a.bytes, b.bytes),
	};
}

function addPair(a: readonly [bigint, bigint], b: readonly [bigint, bigint]): [bigint, bigint] {
	return [a[0] + b[0], a[1] + b[1]];
}
