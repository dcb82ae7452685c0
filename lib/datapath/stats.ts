import * as abi from '../abi/generated.js';
import { dropReason } from '../flows/drop-reasons.js';
import { NO_COUNTERS } from '../kernel/maps.js';
import type { Core } from './core.js';
import type { EndpointState } from './endpoint.js';
import type { DatapathStats, DropCount, EndpointStats, MapUsage } from './stats-types.js';
import { DIRECTIONS, directionNumber } from './types.js';
import type { Aggregation, Direction, EndpointId } from './types.js';

export type {
	DatapathStats,
	DropCount,
	EndpointStats,
	MapUsage,
	NetworkDropCount,
	TrafficCount,
} from './stats-types.js';

type DropIndex = ReadonlyMap<number, DropCount[]>;

interface GoneEndpoint {
	readonly id: EndpointId;
	readonly network: { readonly name: string };
}

const NO_DROPS: DropIndex = new Map();

export function endpointStats(core: Core, state: EndpointState): EndpointStats {
	return statsOf(core, state.id, otherDrops(core, state.id));
}

/** Their counts are kept, for their numbers will count for others. */
export function keepDrops(core: Core, gone: readonly GoneEndpoint[]): void {
	const drops = gone.length === 0 ? NO_DROPS : otherDrops(core);
	for (const { id, network } of gone) {
		core.detachedDrops.add(network.name, statsOf(core, id, drops).drops);
	}
}

export function datapathStats(
	core: Core,
	endpoints: Iterable<EndpointState>,
	aggregationLimit: Aggregation,
): DatapathStats {
	const drops = otherDrops(core);
	const all = new Map<EndpointId, EndpointStats>();
	for (const { id } of endpoints) {
		all.set(id, statsOf(core, id, drops));
	}
	const { forwardedPackets: packets, forwardedBytes: bytes, ...events } = counters(core);
	const { lost, suppressed, uncountedDrops, aggregated } = events;
	return {
		epoch: core.epoch.value,
		forwarded: {
			fromPods: { packets: packets[1], bytes: bytes[1] },
			fromHost: { packets: packets[0], bytes: bytes[0] },
		},
		endpoints: all,
		otherDrops: drops.get(0) ?? [],
		detachedDrops: [...core.detachedDrops],
		events: { lost, suppressed, uncountedDrops, aggregated },
		aggregationLimit,
		flows: Number(lastSweep(core)),
		maps: mapUsage(core),
	};
}

export function counters(core: Core): abi.Counters {
	return core.maps.counters.get(0) as abi.Counters;
}

function lastSweep(core: Core): bigint {
	const last = core.maps.sweepResult.get(0);
	return last === undefined ? 0n : last.visited - last.deleted;
}

function statsOf(core: Core, id: number, drops: DropIndex): EndpointStats {
	const denied = core.maps.endpointCounters.get(id) ?? NO_COUNTERS;
	const byPolicy = DIRECTIONS.flatMap((direction) => policyDrops(denied, direction));
	const all = [...byPolicy, ...(drops.get(id) ?? [])];
	return {
		drops: all.sort(
			(a, b) => directionNumber(a.direction) - directionNumber(b.direction) || a.reason.number - b.reason.number,
		),
	};
}

function policyDrops(denied: abi.EndpointCounters, direction: Direction): DropCount[] {
	const index = directionNumber(direction);
	const counts: [number, bigint][] = [
		[abi.DropReason.PolicyDenied, denied.policyDenied[index]],
		[abi.DropReason.PolicyDeniedByDenylist, denied.policyDeniedByDenylist[index]],
	];
	return counts
		.filter(([, packets]) => packets > 0n)
		.map(([reason, packets]) => ({ direction, reason: dropReason(reason), packets }));
}

/** `only`: leave out what belongs to others. */
function otherDrops(core: Core, only?: number): DropIndex {
	const byEndpoint = new Map<number, DropCount[]>();
	for (const [key, packets] of core.maps.drops.entries()) {
		if (packets > 0n && (only === undefined || key.endpoint === only)) {
			const list = byEndpoint.get(key.endpoint) ?? [];
			list.push({ direction: key.direction === 0 ? 'ingress' : 'egress', reason: dropReason(key.reason), packets });
			byEndpoint.set(key.endpoint, list);
		}
	}
	return byEndpoint;
}

function mapUsage(core: Core): Record<string, MapUsage> {
	const { maps } = core;
	const counted = [maps.networks, maps.addresses, maps.hostAddresses, maps.cidrs, maps.peers, maps.rules, maps.records];
	return Object.fromEntries(
		counted.map((map) => [
			map.name,
			{ entries: map.count(), maxEntries: map.maxEntries, memoryBytes: map.handle.info.memoryBytes },
		]),
	);
}
