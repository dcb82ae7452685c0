import type { Flow } from '../flows/flow.js';
import { createRecentRate } from './recent-rate.js';
import type { RecentRate } from './recent-rate.js';
import type { EdgeVerdict, WireEdge, WireEnd, WireFlow, WireMap, WireNode } from './wire.js';

/** Who talked to whom, by network and verdict, since the page is served. */
export interface MapTally {
	add(flow: Flow, wire: WireFlow): void;
	map(nowMs: number): WireMap;
}

interface Edge {
	readonly from: WireNode;
	readonly to: WireNode;
	readonly verdict: EdgeVerdict;
	readonly rate: RecentRate;
	count: number;
	last: WireFlow;
}

/** More than can be read; the one that was silent longest makes room. */
const MOST_EDGES = 500;

export function createMapTally(clock: () => number = Date.now): MapTally {
	// In the order of their last flows.
	const edges = new Map<string, Edge>();
	let forgotten = 0;

	function makeRoom(): void {
		const [oldest] = edges.keys();
		if (edges.size >= MOST_EDGES && oldest !== undefined) {
			edges.delete(oldest);
			forgotten++;
		}
	}

	return {
		add(flow, wire) {
			const verdict = verdictOf(flow);
			if (verdict === undefined) {
				return;
			}
			const [from, to] = [nodeOf(wire.source, wire.network), nodeOf(wire.destination, wire.network)];
			const key = JSON.stringify([from.key, to.key, verdict]);
			const former = edges.get(key);
			if (former === undefined) {
				makeRoom();
			}
			const edge = former ?? { from, to, verdict, rate: createRecentRate(), count: 0, last: wire };
			edges.delete(key);
			edges.set(key, edge);
			edge.count += flow.weight ?? 1;
			edge.last = wire;
			edge.rate.add(clock(), flow.weight);
		},
		map: (nowMs) => wireMap([...edges.values()], nowMs, forgotten),
	};
}

/** One flow of each conversation counts: where it was handed to, or where it ended. Replies are its other half. */
function verdictOf({ eventType, verdict, isReply, policy, traceReason = 'NEW' }: Flow): EdgeVerdict | undefined {
	if (eventType === 'drop' || (eventType === 'l7' && verdict === 'DROPPED')) {
		return 'denied';
	}
	if (eventType === 'policy-verdict') {
		return policy?.action === 'AUDITED' ? 'audited' : undefined;
	}
	const begins = eventType.startsWith('to-') && traceReason === 'NEW';
	return begins && !isReply && verdict === 'FORWARDED' ? 'allowed' : undefined;
}

/** Endpoints by number, what is outside by its name: a thousand addresses of the world are one node. */
function nodeOf(end: WireEnd, network: string): WireNode {
	const { endpointId, namespace, name } = end;
	const at = endpointId === undefined ? network : end.network;
	const key = endpointId === undefined ? `${at}/${name}` : `${at}/#${endpointId}`;
	return { key, name: namespace === undefined ? name : `${namespace}/${name}`, network: at };
}

function wireMap(edges: readonly Edge[], nowMs: number, forgotten: number): WireMap {
	const nodes = new Map(edges.flatMap(({ from, to }) => [from, to]).map((node) => [node.key, node]));
	const wire = edges.map(({ from, to, verdict, count, last, rate }): WireEdge => ({
		network: last.network,
		from: from.key,
		to: to.key,
		verdict,
		count,
		perSecond: rate.perSecond(nowMs),
		last,
	}));
	return { nodes: [...nodes.values()].sort(byKey), edges: wire.sort(byEnds), forgotten };
}

function byKey(a: WireNode, b: WireNode): number {
	return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}

/** The same order however they came: what stands still is easier to look at. */
function byEnds(a: WireEdge, b: WireEdge): number {
	const [one, other] = [a, b].map(({ from, to, verdict }) => `${from}\n${to}\n${verdict}`) as [string, string];
	return one < other ? -1 : one > other ? 1 : 0;
}
