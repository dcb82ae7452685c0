import type { DropCount, TrafficCount } from '../datapath/stats-types.js';
import type { Direction } from '../datapath/types.js';
import type { Family, Sample } from './family.js';
import type { MetricsView } from './view.js';

/** As Cilium's packet metrics have them. */
const DIRECTIONS: Readonly<Record<Direction, string>> = { ingress: 'INGRESS', egress: 'EGRESS' };

/** Of frames that belong to no endpoint: an empty label is as good as none. */
const NO_NETWORK = '';

/** The kernel's own counters: every packet, whatever was told of it. */
export const TRAFFIC_FAMILIES: readonly Family[] = [
	{
		name: 'cilium_drop_count_total',
		help: 'Total dropped packets, tagged by drop reason and ingress/egress direction',
		type: 'counter',
		labels: ['reason', 'direction', 'network'],
		samples: drops,
	},
	{
		name: 'cilium_forward_count_total',
		help: 'Total forwarded packets, tagged by ingress/egress direction: EGRESS is what pods sent, INGRESS what the host sent to pods',
		type: 'counter',
		labels: ['direction'],
		samples: ({ stats }) => forwarded(stats.forwarded, ({ packets }) => packets),
	},
	{
		name: 'cilium_forward_bytes_total',
		help: 'Total forwarded bytes, tagged by ingress/egress direction: EGRESS is what pods sent, INGRESS what the host sent to pods',
		type: 'counter',
		labels: ['direction'],
		samples: ({ stats }) => forwarded(stats.forwarded, ({ bytes }) => bytes),
	},
	{
		name: 'heddle_uncounted_drops_total',
		help: "Drops missing in cilium_drop_count_total: the kernel's map of reasons was full",
		type: 'counter',
		labels: [],
		samples: ({ stats }) => [[{}, stats.events.uncountedDrops]],
	},
];

function* drops({ stats, endpoints }: MetricsView): Generator<Sample> {
	for (const [id, { drops }] of stats.endpoints) {
		yield* drops.map((drop) => dropSample(drop, endpoints.get(id)?.network.name ?? NO_NETWORK));
	}
	yield* stats.detachedDrops.map((drop) => dropSample(drop, drop.network));
	yield* stats.otherDrops.map((drop) => dropSample(drop, NO_NETWORK));
}

function dropSample({ reason, direction, packets }: DropCount, network: string): Sample {
	return [{ reason: reason.text, direction: DIRECTIONS[direction], network }, packets];
}

function forwarded(
	{ fromPods, fromHost }: MetricsView['stats']['forwarded'],
	count: (traffic: TrafficCount) => bigint,
): Sample[] {
	return [
		[{ direction: DIRECTIONS.egress }, count(fromPods)],
		[{ direction: DIRECTIONS.ingress }, count(fromHost)],
	];
}
