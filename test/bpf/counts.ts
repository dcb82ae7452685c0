/** Per-CPU counters of the loaded programs, summed. */
import * as abi from '../../lib/abi/generated.js';
import { kernelMaps } from '../../lib/kernel/maps.js';
import { type BpfMap, type BpfObject, possibleCpus } from '../../lib/native/addon.js';

export function mapOf(object: BpfObject, name: string): BpfMap {
	const map = object.maps[name];
	if (map === undefined) throw new Error(`no map ${name}`);
	return map;
}

export function countDrops(object: BpfObject, endpoint: number, reason: number, direction: number): number {
	const { DropReason } = abi;
	if (reason !== DropReason.PolicyDenied && reason !== DropReason.PolicyDeniedByDenylist)
		return sumOfDrops(
			object,
			(key) => key.endpoint === endpoint && key.reason === reason && key.direction === direction,
		);
	const bytes = new Uint8Array(abi.endpointCountersCodec.size * possibleCpus());
	mapOf(object, 'endpoint_counters').lookup(abi.maps.endpoint_counters.key.encode(endpoint), bytes);
	let sum = 0n;
	for (let cpu = 0; cpu < possibleCpus(); cpu++) {
		const counters = abi.endpointCountersCodec.decode(bytes, cpu * abi.endpointCountersCodec.size);
		const cells = reason === DropReason.PolicyDenied ? counters.policyDenied : counters.policyDeniedByDenylist;
		sum += cells[direction] ?? 0n;
	}
	return Number(sum);
}

function sumOfDrops(object: BpfObject, wanted: (key: abi.DropKey) => boolean): number {
	const { keys, values, count } = mapOf(object, 'drops').dump();
	const view = new DataView(values.buffer, values.byteOffset, values.byteLength);
	const cpus = possibleCpus();
	let sum = 0;
	for (let i = 0; i < count; i++) {
		if (!wanted(abi.dropKeyCodec.decode(keys, i * abi.dropKeyCodec.size))) continue;
		for (let cpu = 0; cpu < cpus; cpu++) sum += Number(view.getBigUint64((i * cpus + cpu) * 8, true));
	}
	return sum;
}

export function countAllDrops(object: BpfObject): number {
	let policy = 0;
	const { PolicyDenied, PolicyDeniedByDenylist } = abi.DropReason;
	for (let id = 0; id < 16; id++)
		for (const reason of [PolicyDenied, PolicyDeniedByDenylist])
			for (const direction of [0, 1]) policy += countDrops(object, id, reason, direction);
	return policy + sumOfDrops(object, () => true);
}

export function counters(object: BpfObject): abi.Counters {
	return kernelMaps(object.maps).counters.get(0)!;
}

export function pairs(object: BpfObject): (abi.PairKey & abi.Pair)[] {
	return Array.from(kernelMaps(object.maps).pairs.entries(), ([key, counts]) => ({ ...key, ...counts }));
}

/** What found no room among the pairs: verdict and direction as in the kernel's index. */
export function pairOverflow(object: BpfObject): ReadonlyMap<number, abi.Pair> {
	return new Map(kernelMaps(object.maps).pairOverflow.entries());
}
