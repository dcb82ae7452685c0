import type { Flow, FlowEndpoint, FlowL4 } from '../../flows/flow.js';
import { l7Of } from '../../flows/l7.js';
import { flowWords } from '../../flows/words.js';
import { EVENT_NUMBERS, isServed, observationPoint } from '../../hubble/translate/event-type.js';
import { POLICY_MATCH_TYPES } from '../../hubble/translate/policies.js';
import { TIME_FORMATS } from './time-format.js';

/** Cilium's number of the event type. */
const L7 = 129;

/** As `hubble observe -o jsonpb` prints it: GetFlowsResponse in proto3's JSON. */
export function hubbleResponse(flow: Flow, nodeName: string): object {
	return { flow: hubbleFlow(flow, nodeName), node_name: nodeName, time: timeOf(flow) };
}

/** The same, with what Hubble has no fields for. */
export function extendedResponse(flow: Flow, nodeName: string): object {
	const { network, source, destination, policy, eventType, length, weight, end } = flow;
	const told = hubbleFlow(flow, nodeName);
	return {
		flow: {
			...told,
			source: { ...told.source, ...placeOf(source) },
			destination: { ...told.destination, ...placeOf(destination) },
			network,
			point: eventType,
			length,
			...(weight === undefined ? {} : { weight }),
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
		...(policy === undefined ? {} : { policy_match_type: POLICY_MATCH_TYPES[policy.rule?.match ?? 'none'] }),
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
	const { eventType, traceReason } = flow;
	if (!isServed(eventType)) {
		return {};
	}
	const { type, subType } = EVENT_NUMBERS[eventType];
	const point = observationPoint(eventType);
	if (point !== undefined) {
		const reason = traceReason === undefined ? {} : { trace_reason: traceReason };
		return { event_type: { type, sub_type: subType }, trace_observation_point: point, ...reason };
	}
	return { event_type: eventType === 'drop' ? { type, sub_type: flow.dropReason?.number } : { type } };
}

function placeOf({ name, interface: host, podInterface }: FlowEndpoint): object {
	return { name, interface: host, pod_interface: podInterface };
}

function countsOf({ packets, bytes, replyPackets, replyBytes }: NonNullable<Flow['end']>): object {
	return { packets: `${packets}`, bytes: `${bytes}`, replyPackets: `${replyPackets}`, replyBytes: `${replyBytes}` };
}
