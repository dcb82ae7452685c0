/** A million packets between two pods, the ring overflowing and nobody reading: what the counters say against what was sent. */
import { openPort } from '../live/peer.js';
import { configureGateways, createHostedPair, type Pair, type Pod } from '../live/topology.js';
import { startChild } from '../support/child.js';
import type { BenchContext } from '../support/context.js';
import { run } from '../support/process.js';
import { runTool } from '../support/tools.js';
import type { Totals } from './exact-host.js';

const packetsEach = 500_000;
const flows = 1000;
const seconds = 1;

export async function runExact({ cleanup, cpu, results, say }: BenchContext): Promise<void> {
	const pair = await createHostedPair(cleanup, 'exact');
	const pods = [pair.client, pair.server];
	// Their multicast would be sent at moments of its own.
	for (const { namespace } of [...pods, { namespace: pair.host }])
		await run('ip', 'netns', 'exec', namespace, 'sysctl', '-qw', 'net.ipv6.conf.all.disable_ipv6=1');
	await configureGateways(pair.client, pair.server);
	const child = startChild(new URL('./exact-host.ts', import.meta.url), { namespace: pair.host });
	cleanup.add(() => child.stop());
	await child.call('open', { client: pair.client, server: pair.server });
	const before = await child.call<Totals>('totals');
	const sentBefore = await sentBy(pods);
	await flood(pair, cpu, say, 'allowed');
	await child.call('deny');
	await flood(pair, cpu, say, 'denied');
	const sent = (await sentBy(pods)) - sentBefore;
	const after = await child.call<Totals>('totals');
	const grown = (field: keyof Totals) => after[field] - before[field];
	if (grown('lost') === 0n) throw new Error('exact: found no event lost, expected the ring to overflow');
	if (after.open !== 0n) throw new Error(`exact: found ${after.open} conversations open, expected none`);
	results.add('exact_packets', 'packets', Number(sent), `${grown('lost')} events found no room in the ring`);
	const counted = grown('forwarded') + grown('dropped');
	results.add('exact_difference', 'packets', distance(sent, counted), 'sent, by the pods’ interfaces, against counted');
	const byPair = grown('pairPackets') + grown('pairDrops');
	results.add('exact_pairs_difference', 'packets', distance(sent, byPair), 'the same against totals by pair');
}

async function flood(
	{ client, server, clientNextHop, serverNextHop }: Pair,
	cpu: number,
	say: BenchContext['say'],
	what: string,
) {
	const start = await sentBy([client]);
	while ((await sentBy([client])) - start < packetsEach) {
		say(`exact: ${what} packets`);
		await runTool(
			'traffic',
			...['inject', '--flows', String(flows), '--source', client.address, '--batch', '64'],
			...['--to-mac', clientNextHop, '--back-mac', serverNextHop],
			...['--client-ns', client.namespace, '--server-ns', server.namespace, '--address', server.address],
			...['--port', String(openPort), '--cpu', String(cpu), '--seconds', String(seconds)],
		);
	}
}

async function sentBy(pods: readonly Pod[]): Promise<bigint> {
	const file = '/sys/class/net/eth0/statistics/tx_packets';
	const counts = await Promise.all(pods.map(({ namespace }) => run('ip', 'netns', 'exec', namespace, 'cat', file)));
	return counts.reduce((sum, count) => sum + BigInt(count.trim()), 0n);
}

function distance(a: bigint, b: bigint): number {
	return Math.abs(Number(a - b));
}
