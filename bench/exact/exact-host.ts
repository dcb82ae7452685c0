/** Runs in the host namespace of exact.ts. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Datapath, type Endpoint, openDatapath } from '../../lib/index.js';
import type { Pod } from '../live/topology.js';
import { serve } from '../support/serve.js';

export interface Totals {
	readonly forwarded: bigint;
	readonly dropped: bigint;
	/** Events that found no room in the ring. */
	readonly lost: bigint;
	/** By pair of identities: packets of conversations that are over, and of drops. */
	readonly pairPackets: bigint;
	readonly pairDrops: bigint;
	/** Conversations that have begun and not ended. */
	readonly open: bigint;
}

/** Small enough for every phase to overflow it; nobody reads. */
const flowRingBytes = 1 << 16;
const idleSeconds = 1;

let datapath: Datapath | undefined;
let endpoints: readonly Endpoint[] = [];

function attach(target: Datapath, pod: Pod, app: string): Promise<Endpoint> {
	const options = { name: app, labels: { 'k8s:app': app }, addresses: [pod.address], podNetns: pod.namespace };
	return target.networks.default.attach(pod.hostSide, options);
}

async function open({ client, server }: { readonly client: Pod; readonly server: Pod }): Promise<void> {
	datapath = await openDatapath({
		capacity: { flowRingBytes },
		timeouts: { any: idleSeconds },
		dropEventsPerSecond: 1_000_000,
		sweepIntervalMs: 100,
		aggregation: 'none',
	});
	endpoints = [await attach(datapath, client, 'client'), await attach(datapath, server, 'server')];
}

/** From now on nothing passes, established or not. */
function deny(): void {
	for (const endpoint of endpoints) endpoint.setEnforcement('always');
}

/** After the last packet: every conversation is over. */
async function totals(): Promise<Totals> {
	await sleep(2 * idleSeconds * 1000);
	await datapath!.refresh();
	const { forwarded, events, otherDrops } = datapath!.stats();
	const drops = [...otherDrops, ...endpoints.flatMap((endpoint) => endpoint.stats().drops)];
	const pairs = [...datapath!.pairs()];
	const told = pairs.filter(({ began }) => began > 0n);
	return {
		forwarded: forwarded.fromPods.packets,
		dropped: sum(drops.map(({ packets }) => packets)),
		lost: events.lost,
		pairPackets: sum(told.map(({ packets, replyPackets }) => packets + replyPackets)),
		pairDrops: sum(pairs.filter(({ began }) => began === 0n).map(({ packets }) => packets)),
		open: sum(told.map(({ began, ended }) => began - ended)),
	};
}

function sum(values: readonly bigint[]): bigint {
	return values.reduce((all, value) => all + value, 0n);
}

serve({ open, deny, totals }, async () => {
	await datapath?.unload();
});
