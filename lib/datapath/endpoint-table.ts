import type * as abi from '../abi/generated.js';
import { HeddleError } from '../errors.js';
import { NO_COUNTERS } from '../kernel/maps.js';
import type { KernelMaps } from '../kernel/maps.js';
import type { Changes } from './changes.js';
import { createTracing } from './tracing.js';

/* As bpf/abi.h: IFINDEX_SLOTS, IFINDEX_PROBES. */
const SLOT_PROBES = 4;

const NOBODY: abi.Endpoint = {
	ifindex: 0,
	identity: 0,
	policySet: 0,
	network: 0,
	enforcement: 0,
	audit: 0,
	aggregation: 0,
	sampling: 0,
	mac: new Uint8Array(6),
	hostMac: new Uint8Array(6),
	mtu: 0,
	ipv4: 0,
	ipv6: new Uint8Array(16),
};

const FREE_SLOT: abi.IfindexSlot = { ifindex: 0, endpoint: 0, network: 0, mac: new Uint8Array(6) };

/** The kernel's `endpoints` and `ifindex_slots`. */
export interface EndpointTable {
	readonly capacity: number;
	/** A number that has been free for as long as possible. @throws ERR_MAP_FULL */
	reserve(): number;
	unreserve(id: number): void;
	/** @throws ERR_MAP_FULL when the interface's number finds no slot */
	checkSlot(ifindex: number): void;
	/** Within a change. */
	write(id: number, value: abi.Endpoint): void;
	clear(id: number): void;
	get(id: number): abi.Endpoint | undefined;
	bindSlot(id: number, value: abi.Endpoint): void;
	freeSlot(ifindex: number): void;
	/** Counters of a number start at zero for its next owner. */
	resetCounters(ids: ReadonlySet<number>): void;
	adopt(id: number): void;
	/** Empties slots and entries of endpoints that are not there. */
	sweep(isPresent: (id: number) => boolean): void;
}

export function createEndpointTable(maps: KernelMaps, changes: Changes): EndpointTable {
	const tracing = createTracing(maps.control.handle);
	const capacity = Math.min(maps.endpoints.maxEntries, 65536) - 1;
	const slots = maps.ifindexSlots.maxEntries;
	const used = new Set<number>();
	/** Numbers that had an owner, whose drops may still be counted. */
	const former = new Set<number>();
	let last = 0;

	function slotOf(ifindex: number, wanted: number): number | undefined {
		for (let probe = 0; probe < SLOT_PROBES; probe++) {
			const slot = (ifindex + probe) % slots;
			if (maps.ifindexSlots.get(slot)?.ifindex === wanted) {
				return slot;
			}
		}
		return undefined;
	}

	function freeSlotFor(ifindex: number): number {
		const slot = slotOf(ifindex, 0);
		if (slot === undefined) {
			throw new HeddleError(
				'ERR_MAP_FULL',
				`map 'ifindex_slots': found all ${SLOT_PROBES} slots of interface ${ifindex} in use, expected a free one`,
				{ map: 'ifindex_slots' },
			);
		}
		return slot;
	}

	function writeSlot(slot: number, value: abi.IfindexSlot): void {
		const former = maps.ifindexSlots.get(slot) ?? FREE_SLOT;
		maps.ifindexSlots.set(slot, value);
		changes.undo(() => maps.ifindexSlots.set(slot, former));
	}

	function put(id: number, value: abi.Endpoint): void {
		maps.endpoints.set(id, value);
		tracing.note(id, value);
	}

	function write(id: number, value: abi.Endpoint): void {
		const former = maps.endpoints.get(id) ?? NOBODY;
		put(id, value);
		changes.undo(() => put(id, former));
	}

	return {
		capacity,
		reserve() {
			for (let tried = 0; tried < capacity; tried++) {
				last = last >= capacity ? 1 : last + 1;
				if (!used.has(last)) {
					used.add(last);
					return last;
				}
			}
			throw new HeddleError(
				'ERR_MAP_FULL',
				`map 'endpoints': found ${capacity} endpoints, expected room for one more; raise capacity.endpoints`,
				{ map: 'endpoints' },
			);
		},
		unreserve(id) {
			used.delete(id);
			former.add(id);
		},
		checkSlot: (ifindex) => void freeSlotFor(ifindex),
		write,
		clear: (id) => write(id, NOBODY),
		get(id) {
			const value = maps.endpoints.get(id);
			return value === undefined || value.ifindex === 0 ? undefined : value;
		},
		bindSlot: (id, { ifindex, network, mac }) =>
			writeSlot(freeSlotFor(ifindex), { ifindex, endpoint: id, network, mac }),
		freeSlot(ifindex) {
			const slot = slotOf(ifindex, ifindex);
			if (slot !== undefined) {
				writeSlot(slot, FREE_SLOT);
			}
		},
		resetCounters(ids) {
			for (const id of ids) {
				maps.endpointCounters.fill(id, NO_COUNTERS);
			}
			const again = new Set([...ids].filter((id) => former.has(id)));
			if (again.size > 0) {
				maps.drops.deleteWhere((key) => again.has(key.endpoint));
				again.forEach((id) => former.delete(id));
			}
		},
		adopt(id) {
			used.add(id);
			last = Math.max(last, id);
			tracing.note(id, maps.endpoints.get(id) ?? NOBODY);
		},
		sweep(isPresent) {
			for (const [id, value] of maps.endpoints) {
				if (value.ifindex !== 0 && !isPresent(id)) {
					put(id, NOBODY);
				}
			}
			for (const [slot, value] of maps.ifindexSlots) {
				if (value.endpoint !== 0 && !isPresent(value.endpoint)) {
					maps.ifindexSlots.set(slot, FREE_SLOT);
				}
			}
			maps.drops.deleteWhere(({ endpoint }) => endpoint !== 0 && !isPresent(endpoint));
		},
	};
}

/** As the datapath reads it: four bytes as one number, first byte highest. */
export function ipv4Number(bytes: Uint8Array): number {
	const [a = 0, b = 0, c = 0, d = 0] = bytes;
	return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
}
