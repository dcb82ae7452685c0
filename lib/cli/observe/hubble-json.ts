import type { Flow, FlowEndpoint, FlowEventType, FlowL4 } from '../../flows/flow.js';
import { l7Of } from '../../flows/l7.js';
import { flowWords } from '../../flows/words.js';
import { TIME_FORMATS } from './time-format.js';

/** Cilium's numbers of event types. */
const DROP = 1;
const TRACE = 4;
const POLICY_VERDICT = 5;
const L7 = 129;

/** Cilium's numbers of trace points. */
const TRACE_POINTS: Partial<Record<FlowEventType, number>> = {
	'to-endpoint': 0,
	'to-host': 2,
	'to-stack': 3,
	'from-endpoint': 5,
	'to-network': 11,
};

const MATCH_TYPES = { none: 0, 'L3-Only': 1, 'L3-L4': 2, 'L4-Only': 3, all: 4 } as const;

/** As `hubble observe -o jsonpb` prints it: GetFlowsResponse in proto3's JSON. */
export function hubbleResponse(flow: Flow, nodeName: string): object {
	return { flow: hubbleFlow(flow, nodeName), node_name: nodeName, time: timeOf(flow) };
}

/** The same, with what Hubble has no fields for. */
export function extendedResponse(flow: Flow, nodeName: string): object {
	const { network, source, destination, policy, eventType, length, end } = flow;
	const told = hubbleFlow(flow, nodeName);
	return {
		flow: {
			...told,
			source: { ...told.source, ...placeOf(source) },
			destination: { ...told.destination, ...placeOf(destination) },
			network,
			point: eventType,
			length,
			...(policy === undefined ? {} : { policy }),
			...(end === undefined ? {} : { end: { ...end, ...countsOf(end) } }),
		},
		node_name: nodeName,
		time: timeOf(flow),
	};
}

function hubbleFlow(flow: Flow, nodeName: string) {
	const { ip, l4, dropReason, policy, isReply, trafficDirection, verdict } = flow;
	const l7 = l7Of(flow);
	return {
		time: timeOf(flow),
		verdict,
		...(dropReason === undefined ? {} : { drop_reason: dropReason.number, drop_reason_desc: dropReason.name }),
		...(ip === undefined
			? {}
			: { IP: { source: ip.source, destination: ip.destination, ipVersion: `IPv${ip.version}` } }),
		...(l4 === undefined ? {} : { l4: layer4(l4) }),
		source: endpointOf(flow.source),
		destination: endpointOf(flow.destination),
		Type: l7 === undefined ? 'L3_L4' : 'L7',
		node_name: nodeName,
		...(l7 === undefined ? {} : { l7: layer7(l7) }),
		...eventOf(flow),
		traffic_direction: trafficDirection,
		...(policy === undefined ? {} : { policy_match_type: MATCH_TYPES[policy.rule?.match ?? 'none'] }),
		is_reply: isReply,
		Summary: flowWords(flow).summary,
	};
}

function timeOf({ timeNs }: Flow): string {
	return TIME_FORMATS.RFC3339Nano(timeNs);
}

function layer4({ protocol, sourcePort, destinationPort, icmp, flags }: FlowL4): object {
	if (icmp !== undefined) {
		return { [protocol]: icmp };
	}
	const set = flags === undefined ? {} : { flags: Object.fromEntries(flags.map((name) => [name, true])) };
	return /^\d+$/.test(protocol)
		? {}
		: { [protocol]: { source_port: sourcePort, destination_port: destinationPort, ...set } };
}

function layer7({ latencyNs, type, ...record }: NonNullable<ReturnType<typeof l7Of>>): object {
	return { type, ...(latencyNs === undefined ? {} : { latency_ns: String(latencyNs) }), ...record };
}

function endpointOf({ endpointId, identity, namespace, labels, pod }: FlowEndpoint) {
	return {
		...(endpointId === undefined ? {} : { ID: endpointId }),
		identity,
		...(namespace === undefined ? {} : { namespace }),
		labels,
		...(pod === undefined ? {} : { pod_name: pod }),
	};
}

/** The end of a conversation is no event of Cilium's. */
function eventOf(flow: Flow): object {
	if (l7Of(flow) !== undefined) {
		return { event_type: { type: L7 } };
	}
	switch (flow.eventType) {
		case 'drop':
			return { event_type: { type: DROP, sub_type: flow.dropReason?.number } };
		case 'policy-verdict':
			return { event_type: { type: POLICY_VERDICT } };
		default: {
			const point = TRACE_POINTS[flow.eventType];
			const name = flow.eventType.toUpperCase().replace('-', '_');
			return point === undefined ? {} : { event_type: { type: TRACE, sub_type: point }, trace_observation_point: name };
		}
	}
}

function placeOf({ name, interface: host, podInterface }: FlowEndpoint): object {
	return { name, interface: host, pod_interface: podInterface };
}

function countsOf({ packets, bytes, replyPackets, replyBytes }: NonNullable<Flow['end']>): object {
	return { packets: `${packets}`, bytes: `${bytes}`, replyPackets: `${replyPackets}`, replyBytes: `${replyBytes}` };
}
