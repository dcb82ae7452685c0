/** Third ruler: between namespaces, everything on one processor, in interleaved pairs with the bare veth pair. */
import type { BenchContext } from '../support/context.js';
import { ratios, summarize } from '../support/statistics.js';
import { type Peer, type PeerSpec, closedPort, openPort } from './peer.js';
import { heddle } from './peers/heddle.js';
import { iptables, nftables } from './peers/netfilter.js';
import { barePair, bridge, routing } from './peers/plain.js';
import { removeLeftovers } from './topology.js';
import { type Metric, type TrafficSettings, fullMetrics, measure, metricUnits, metrics, reachable } from './traffic.js';

const contenders: readonly PeerSpec[] = [
	heddle,
	routing,
	nftables(1000, 'nft1k'),
	nftables(100_000, 'nft100k'),
	iptables(1000),
	bridge,
];

/** Rates of one peer and metric, and of the bare pair just before or after each. */
interface Pairs {
	readonly rates: number[];
	readonly bases: number[];
}

export async function runLive(context: BenchContext): Promise<void> {
	const settings = { cpu: context.cpu, seconds: context.full ? 0.3 : 0.12 };
	await removeLeftovers();
	const bare = await barePair.create(context.cleanup);
	const peers = await createPeers(context);
	for (const peer of peers) await assertPolicy(peer);
	const measured = await interleave(context, bare, peers, settings, context.full ? 16 : 8);
	for (const peer of peers) await assertPolicy(peer);
	report(context, peers, measured);
	if (!peers.some(({ id }) => id === heddle.id)) throw new Error('heddle itself was left out');
}

async function createPeers({ cleanup, results, say }: BenchContext): Promise<Peer[]> {
	const peers: Peer[] = [];
	for (const spec of contenders) {
		say(`live: setting up ${spec.title}`);
		try {
			const peer = await spec.create(cleanup);
			if (peer.size !== undefined) results.fact(`${peer.title}: ${peer.size}`);
			peers.push(peer);
		} catch (error) {
			say(`live: ${spec.title} left out: ${String(error)}`);
			results.gap(`${spec.title}: ${String(error)}`);
		}
	}
	return peers;
}

/** The open port is open and the closed one closed, in the very setup that is measured. */
async function assertPolicy(peer: Peer): Promise<void> {
	for (const protocol of ['tcp', 'udp'] as const) {
		if (!(await reachable(peer, protocol, openPort)))
			throw new Error(`${peer.id}: ${protocol} port ${openPort} found closed, expected open`);
		if (peer.enforces && (await reachable(peer, protocol, closedPort)))
			throw new Error(`${peer.id}: ${protocol} port ${closedPort} found open, expected closed`);
	}
}

async function interleave(
	{ say, cleanup, full }: BenchContext,
	bare: Peer,
	peers: readonly Peer[],
	settings: TrafficSettings,
	rounds: number,
): Promise<Map<string, Pairs>> {
	const measured = new Map<string, Pairs>();
	for (let round = 0; round < rounds && !cleanup.interrupted; round++) {
		say(`live: round ${round + 1} of ${rounds}`);
		for (const metric of full ? fullMetrics : metrics)
			for (const peer of peers) {
				const pairs = getPairs(measured, key(peer, metric));
				await measurePair(pairs, peer, bare, metric, settings, round % 2 === 0);
			}
		for (const peer of peers) if (peer.enforces) await assertPolicy(peer);
	}
	return measured;
}

/** Every second round the peer goes first: neither always runs on the warmer machine. */
async function measurePair(
	{ rates, bases }: Pairs,
	peer: Peer,
	bare: Peer,
	metric: Metric,
	settings: TrafficSettings,
	bareFirst: boolean,
): Promise<void> {
	if (bareFirst) bases.push(await measure(bare, metric, settings));
	rates.push(await measure(peer, metric, settings));
	if (!bareFirst) bases.push(await measure(bare, metric, settings));
}

function key(peer: Peer, metric: Metric): string {
	return `${peer.id} ${metric}`;
}

function getPairs(measured: Map<string, Pairs>, name: string): Pairs {
	const known = measured.get(name) ?? { rates: [], bases: [] };
	measured.set(name, known);
	return known;
}

/** heddle's shares carry the bare metric names; the others' are prefixed by the peer. */
function report({ results, full }: BenchContext, peers: readonly Peer[], measured: Map<string, Pairs>): void {
	for (const metric of full ? fullMetrics : metrics) {
		const bases = peers.flatMap((peer) => getPairs(measured, key(peer, metric)).bases);
		results.add(`bare_${metric}`, metricUnits[metric], summarize(bases));
		for (const peer of peers) {
			const pairs = getPairs(measured, key(peer, metric));
			const id = peer.id === heddle.id ? metric : `${peer.id}_${metric}`;
			results.add(id, 'share', summarize(ratios(pairs.rates, pairs.bases)));
			results.add(`${peer.id}_${metric}_rate`, metricUnits[metric], summarize(pairs.rates));
		}
	}
}
