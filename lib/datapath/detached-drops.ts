import * as abi from '../abi/generated.js';
import { isHeddleError } from '../errors.js';
import { dropReason } from '../flows/drop-reasons.js';
import type { Records } from '../kernel/records.js';
import type { DropCount, NetworkDropCount } from './stats-types.js';
import { directionNumber, DIRECTIONS } from './types.js';

/** What endpoints that are gone had dropped: sums over a datapath's life must never shrink. */
export interface DetachedDrops extends Iterable<NetworkDropCount> {
	/** Counts that will not rise any more. */
	add(network: string, drops: readonly DropCount[]): void;
}

/** Direction, reason, packets. */
type StoredCount = readonly [direction: 0 | 1, reason: number, packets: string];

interface DetachedRecord {
	readonly network: string;
	readonly drops: readonly StoredCount[];
}

interface NetworkSums {
	record: number | undefined;
	readonly drops: Map<string, DropCount>;
}

/** 0 is the datapath's own. */
const FIRST_RECORD = 1;
/** Networks come and go; what comes later is summed up without its name. */
const MOST_NETWORKS = 1000;
const NO_NETWORK = '';

/** Goes on with what a former process put in the records. */
export function createDetachedDrops(records: Records): DetachedDrops {
	const byNetwork = new Map<string, NetworkSums>();
	let nextRecord = FIRST_RECORD;

	function sumsOf(name: string): NetworkSums {
		const key = byNetwork.has(name) || byNetwork.size < MOST_NETWORKS ? name : NO_NETWORK;
		const sums = byNetwork.get(key) ?? { record: undefined, drops: new Map() };
		byNetwork.set(key, sums);
		return sums;
	}

	function save(network: string, sums: NetworkSums): void {
		const id = sums.record ?? nextRecord;
		const drops = Array.from(sums.drops.values(), stored);
		try {
			records.put(abi.RecordKind.Datapath, id, { network, drops } satisfies DetachedRecord);
		} catch (error) {
			// Detaching makes room in a full map. What is not stored is told by this process alone.
			if (isHeddleError(error, 'ERR_MAP_FULL')) {
				return;
			}
			throw error;
		}
		sums.record = id;
		nextRecord = Math.max(nextRecord, id + 1);
	}

	for (let id = FIRST_RECORD; ; id++) {
		const record = records.get<DetachedRecord>(abi.RecordKind.Datapath, id);
		if (record === undefined) {
			break;
		}
		const sums: NetworkSums = { record: id, drops: new Map() };
		addAll(sums.drops, record.drops.map(restored));
		byNetwork.set(record.network, sums);
		nextRecord = id + 1;
	}

	return {
		add(network, drops) {
			if (drops.length > 0) {
				const sums = sumsOf(network);
				addAll(sums.drops, drops);
				save(byNetwork.get(network) === sums ? network : NO_NETWORK, sums);
			}
		},
		*[Symbol.iterator]() {
			for (const [network, { drops }] of byNetwork) {
				for (const drop of drops.values()) {
					yield { ...drop, network };
				}
			}
		},
	};
}

function addAll(sums: Map<string, DropCount>, drops: readonly DropCount[]): void {
	for (const { direction, reason, packets } of drops) {
		const key = `${direction} ${reason.number}`;
		sums.set(key, { direction, reason, packets: packets + (sums.get(key)?.packets ?? 0n) });
	}
}

function stored({ direction, reason, packets }: DropCount): StoredCount {
	return [directionNumber(direction), reason.number, String(packets)];
}

function restored([direction, reason, packets]: StoredCount): DropCount {
	return { direction: DIRECTIONS[direction]!, reason: dropReason(reason), packets: BigInt(packets) };
}
