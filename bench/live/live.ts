/** Third ruler: between namespaces, everything on one processor, in interleaved pairs with the bare veth pair. */
import type { BenchContext } from '../support/context.js';
import { ratios, summarize } from '../support/statistics.js';
import { type Peer, type PeerSpec, closedPort, openPort } from './peer.js';
import { heddle } from './peers/heddle.js';
import { iptables, nftables } from './peers/netfilter.js';
import { redirect } from './peers/redirect.js';
import { barePair, bridge, routing } from './peers/plain.js';
import { uplink } from './peers/uplink.js';
import { removeLeftovers } from './topology.js';
import { type Metric, type TrafficSettings, fullMetrics, measure, metricUnits, metrics, reachable } from './traffic.js';

const contenders: readonly PeerSpec[] = [
	heddle,
	redirect,
	uplink('uplink', 'off', 'heddle, out by an uplink (TC)'),
	uplink('uplink_xdp', 'native', 'heddle, out by an uplink (XDP early drop)'),
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
	const settings = { cpu: context.cpu, seconds: context.full ? 0.25 : 0.1 };
	await removeLeftovers();
	const bare = await barePair.create(context.cleanup);
	const peers = await createPeers(context);
	for (const peer of peers) await assertPolicy(peer);
	const measured = await interleave(context, bare, peers, settings, context.full ? 14 : 8);
	for (const peer of peers) await assertPolicy(peer);
	report(context, peers, measured);
	if (context.peers === undefined && !peers.some(({ id }) => id === heddle.id))
		throw new Error('heddle itself was left out');
}

async function createPeers({ cleanup, results, say, peers: wanted }: BenchContext): Promise<Peer[]> {
	const peers: Peer[] = [];
	for (const spec of contenders) {
		if (wanted !== undefined && !wanted.has(spec.id)) continue;
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
			for (const peer of inTurn(peers)) {
				const pairs = getPairs(measured, key(peer, metric));
				await measurePair(pairs, peer, bare, metric, settings, pairs.rates.length % 2 === 0);
			}
		for (const peer of peers) if (peer.enforces) await assertPolicy(peer);
	}
	return measured;
}

/** heddle at the beginning and in the middle: what must reach something stands on twice as many pairs. */
function inTurn(peers: readonly Peer[]): Peer[] {
	const middle = peers.length >> 1;
	const again = peers.filter(({ id }) => id === heddle.id);
	return [...peers.slice(0, middle), ...again, ...peers.slice(middle)];
}

/** Every second time the peer goes first: neither always runs on the warmer machine. */
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
			const best = Math.max(...pairs.rates) / Math.max(...pairs.bases);
			results.add(id, 'share', summarize(ratios(pairs.rates, pairs.bases)), `best to best ${best.toFixed(2)}`);
			results.add(`${peer.id}_${metric}_rate`, metricUnits[metric], summarize(pairs.rates));
		}
	}
}
