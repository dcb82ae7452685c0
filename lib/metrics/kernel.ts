import type { MapUsage } from '../datapath/stats-types.js';
import type { Family, Sample } from './family.js';
import type { MetricsView } from './view.js';

/** Maps and the ring of events. */
export const KERNEL_FAMILIES: readonly Family[] = [
	{
		name: 'cilium_bpf_map_pressure',
		help: 'Fill percentage of map, tagged by map name: 1 is full',
		type: 'gauge',
		labels: ['map_name'],
		samples: (view) => eachMap(view, ({ entries, maxEntries }) => entries / maxEntries),
	},
	{
		name: 'heddle_bpf_map_entries',
		help: 'Entries of a map',
		type: 'gauge',
		labels: ['map_name'],
		samples: (view) => eachMap(view, ({ entries }) => entries),
	},
	{
		name: 'heddle_bpf_map_memory_bytes',
		help: 'Kernel memory of a map',
		type: 'gauge',
		labels: ['map_name'],
		samples: (view) => eachMap(view, ({ memoryBytes }) => memoryBytes),
	},
	{
		name: 'heddle_conversations',
		help: 'Conversations that the last sweep saw',
		type: 'gauge',
		labels: [],
		samples: ({ stats }) => [[{}, stats.flows]],
	},
	{
		name: 'hubble_lost_events_total',
		help: "Number of lost events: perf_event_ring_buffer is the kernel's ring, observer_events_queue the queue before these metrics",
		type: 'counter',
		labels: ['source'],
		samples: ({ stats, queueLost }) => [
			[{ source: 'perf_event_ring_buffer' }, stats.events.lost],
			[{ source: 'observer_events_queue' }, queueLost],
		],
	},
	{
		name: 'cilium_bpf_ratelimit_dropped_total',
		help: 'Total drops resulting from BPF ratelimiter, tagged by source of drop: events_map are drop events that were not told',
		type: 'counter',
		labels: ['usage'],
		samples: ({ stats }) => [[{ usage: 'events_map' }, stats.events.suppressed]],
	},
	{
		name: 'heddle_aggregated_events_total',
		help: 'Packets of which less was told than their endpoints ask for, because the ring was filling',
		type: 'counter',
		labels: [],
		samples: ({ stats }) => [[{}, stats.events.aggregated]],
	},
];

function eachMap({ stats }: MetricsView, valueOf: (usage: MapUsage) => number): Sample[] {
	return Object.entries(stats.maps).map(([name, usage]) => [{ map_name: name }, valueOf(usage)]);
}
