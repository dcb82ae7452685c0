import type { Flow } from '../flows/flow.js';
import type { Distribution, Family, LabelValues } from './family.js';
import { dropLabels, icmpLabels, policyLabels, portLabels, processedLabels, tcpFlagLabels } from './flow-labels.js';
import { dnsQueryLabels, dnsResponseLabels, dnsResponseTypeLabels, httpDuration, httpLabels } from './l7-labels.js';
import { createTally } from './tally.js';

/** Counts flows as they are told. What was not told is in `hubble_lost_events_total`. */
export interface FlowCounters {
	readonly families: readonly Family[];
	readonly distributions: readonly Distribution[];
	count(flow: Flow): void;
}

interface FlowMetric {
	readonly name: string;
	readonly help: string;
	readonly labels: readonly string[];
	/** Counts what was told, whatever it stands for. */
	readonly told?: true;
	/** One increment each, by the flow's weight. */
	labelsOf(flow: Flow): readonly LabelValues[];
}

const FLOW_METRICS: readonly FlowMetric[] = [
	{
		name: 'hubble_flows_processed_total',
		help: 'Total number of flows processed',
		labels: ['protocol', 'type', 'subtype', 'verdict', 'network'],
		told: true,
		labelsOf: processedLabels,
	},
	{
		name: 'hubble_drop_total',
		help: 'Number of drops that were told; cilium_drop_count_total has every one',
		labels: ['reason', 'protocol', 'network'],
		labelsOf: dropLabels,
	},
	{
		name: 'hubble_policy_verdicts_total',
		help: 'Total number of Cilium network policy verdicts',
		labels: ['direction', 'match', 'action', 'network'],
		labelsOf: policyLabels,
	},
	{
		name: 'hubble_icmp_total',
		help: 'Number of ICMP messages: those that opened a conversation or were dropped',
		labels: ['family', 'type', 'network'],
		labelsOf: icmpLabels,
	},
	{
		name: 'hubble_tcp_flags_total',
		help: "TCP flag occurrences: of a conversation's first packet and of its end",
		labels: ['flag', 'family', 'network'],
		labelsOf: tcpFlagLabels,
	},
	{
		name: 'hubble_port_distribution_total',
		help: 'Numbers of packets distributed by destination port: of those that opened a conversation',
		labels: ['protocol', 'port', 'network'],
		labelsOf: portLabels,
	},
	{
		name: 'hubble_http_requests_total',
		help: 'Count of HTTP requests',
		labels: ['method', 'protocol', 'status', 'reporter', 'network'],
		labelsOf: httpLabels,
	},
	{
		name: 'hubble_dns_queries_total',
		help: 'Number of DNS queries observed',
		labels: ['rcode', 'qtypes', 'ips_returned', 'network'],
		labelsOf: dnsQueryLabels,
	},
	{
		name: 'hubble_dns_responses_total',
		help: 'Number of DNS responses observed',
		labels: ['rcode', 'qtypes', 'ips_returned', 'network'],
		labelsOf: dnsResponseLabels,
	},
	{
		name: 'hubble_dns_response_types_total',
		help: 'Number of DNS responses observed, by type of their records',
		labels: ['type', 'qtypes', 'network'],
		labelsOf: dnsResponseTypeLabels,
	},
];

/** As Prometheus' clients have them where nobody asks for others. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** @param names which of a metric's labels are wanted */
export function createFlowCounters(
	names: (labels: readonly string[]) => readonly string[],
	mostLabelSets: number,
): FlowCounters {
	const counters = FLOW_METRICS.map((metric) => ({
		metric,
		tally: createTally(names(metric.labels), mostLabelSets),
	}));
	let observe: (labels: LabelValues, value: number) => void = () => undefined;
	return {
		families: counters.map(({ metric: { name, help, labels }, tally }) => ({
			name,
			help,
			type: 'counter',
			labels,
			samples: () => tally,
		})),
		distributions: [
			{
				name: 'hubble_http_request_duration_seconds',
				help: 'Quantiles of HTTP request duration in seconds',
				type: 'histogram',
				labels: ['method', 'reporter', 'network'],
				buckets: SECONDS,
				follow: (follower) => void (observe = follower),
			},
		],
		count(flow) {
			const duration = httpDuration(flow);
			if (duration !== undefined) {
				observe(duration.labels, duration.seconds);
			}
			for (const { metric, tally } of counters) {
				for (const labels of metric.labelsOf(flow)) {
					tally.add(labels, metric.told === true ? 1 : flow.weight);
				}
			}
		},
	};
}
