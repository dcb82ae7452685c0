import type { FlowDropReason } from '../flows/flow.js';
import type { Aggregation, Direction, EndpointId } from './types.js';

export interface TrafficCount {
	readonly packets: bigint;
	/** Ethernet frames without checksum, as the host's interface sees them. */
	readonly bytes: bigint;
}

export interface DropCount {
	readonly direction: Direction;
	readonly reason: FlowDropReason;
	readonly packets: bigint;
}

export interface NetworkDropCount extends DropCount {
	/** By name. */
	readonly network: string;
}

/** Exact: every packet since the endpoint was attached, all CPUs summed. What was forwarded is told by conversation, in flow ends. */
export interface EndpointStats {
	/** Reasons that have occurred, by direction and number. */
	readonly drops: readonly DropCount[];
}

export interface MapUsage {
	readonly entries: number;
	readonly maxEntries: number;
	/** Kernel memory, bytes. */
	readonly memoryBytes: number;
}

export interface DatapathStats {
	readonly epoch: number;
	/** Exact, all CPUs summed. */
	readonly forwarded: {
		/** What pods sent, to pods and to the host. */
		readonly fromPods: TrafficCount;
		/** What the host sent to pods. */
		readonly fromHost: TrafficCount;
	};
	readonly endpoints: ReadonlyMap<EndpointId, EndpointStats>;
	/** Drops of frames that belong to no endpoint. */
	readonly otherDrops: readonly DropCount[];
	/** Of endpoints that are gone: with these, sums never shrink while the datapath is loaded. */
	readonly detachedDrops: readonly NetworkDropCount[];
	readonly events: {
		/** Not told: the ring was full. */
		readonly lost: bigint;
		/** Not told: over `dropEventsPerSecond`. The drops are counted all the same. */
		readonly suppressed: bigint;
		/** Drops missing in `drops`: the kernel's map of reasons was full. */
		readonly uncountedDrops: bigint;
		/** Packets of which less was told than their endpoints' aggregation asks for: the ring was filling. */
		readonly aggregated: bigint;
	};
	/** No endpoint tells more at this moment; 'none': as they ask for. */
	readonly aggregationLimit: Aggregation;
	/** Conversations the last sweep saw. */
	readonly flows: number;
	readonly maps: Readonly<Record<string, MapUsage>>;
}
