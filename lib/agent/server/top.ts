import type { Agent } from '../agent.js';
import type { DropCount } from '../../datapath/stats-types.js';
import { conversations, type ConversationEnd } from '../../pinned/conversations.js';
import { openPinnedMaps } from '../../pinned/open.js';

/** Two ends that talk, whatever their ports, and what both sent in conversations that are there now. */
export interface Talkers {
	readonly network: string;
	readonly source: string;
	readonly destination: string;
	readonly conversations: number;
	readonly packets: bigint;
	readonly bytes: bigint;
}

export interface DropRow {
	/** Absent: frames of no endpoint. */
	readonly endpoint?: string;
	readonly network?: string;
	readonly direction: string;
	readonly reason: string;
	readonly packets: bigint;
}

/** Talkers that are told: a table of more is read by nobody. */
const MOST = 256;

/** Who talks most, by bytes, and all drops: sums, of which two tell a rate. */
export function topOf({ datapath }: Agent): object {
	const { forwarded, events, otherDrops, endpoints } = datapath.stats();
	const drops = [...endpoints].flatMap(([id, stats]) => {
		const endpoint = datapath.endpoints.get(id);
		const whose = endpoint === undefined ? {} : { endpoint: nameOf(endpoint), network: endpoint.network.name };
		return stats.drops.map((drop) => dropRow(drop, whose));
	});
	return {
		time: new Date().toISOString(),
		forwarded,
		events,
		talkers: datapath.pinPath === undefined ? [] : talkersOf(datapath.pinPath),
		drops: [...drops, ...otherDrops.map((drop) => dropRow(drop, {}))],
	};
}

function nameOf({ name, pod }: { readonly name: string; readonly pod?: { readonly namespace: string } }): string {
	return pod === undefined ? name : `${pod.namespace}/${name}`;
}

function dropRow({ direction, reason, packets }: DropCount, whose: Pick<DropRow, 'endpoint' | 'network'>): DropRow {
	return { ...whose, direction, reason: reason.text, packets };
}

function talkersOf(pinPath: string): Talkers[] {
	const pinned = openPinnedMaps(pinPath);
	try {
		const sums = new Map<string, Talkers>();
		for (const { network, source, destination } of conversations(pinned)) {
			const [from, to] = [endName(source), endName(destination)];
			const key = `${network} ${from} ${to}`;
			const known = sums.get(key) ?? { conversations: 0, packets: 0n, bytes: 0n };
			sums.set(key, {
				network,
				source: from,
				destination: to,
				conversations: known.conversations + 1,
				packets: known.packets + source.packets + destination.packets,
				bytes: known.bytes + source.bytes + destination.bytes,
			});
		}
		return [...sums.values()].sort((a, b) => Number(b.bytes - a.bytes)).slice(0, MOST);
	} finally {
		pinned.close();
	}
}

function endName({ endpointName, address }: ConversationEnd): string {
	return endpointName ?? address;
}
