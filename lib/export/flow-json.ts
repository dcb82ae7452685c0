import { randomUUID } from 'node:crypto';
import type { Flow, FlowEndpoint, FlowL4, TrafficDirection } from '../flows/flow.js';
import type { DropReasonNumbers } from '../hubble/translate/drop-reason.js';
import { NETWORK_LABEL_PREFIX, clusterOf, namespaceOf } from '../hubble/translate/endpoint.js';
import { EVENT_NUMBERS, isServed, observationPoint } from '../hubble/translate/event-type.js';
import { interfaceMessage, reasonOf, summaryOf } from '../hubble/translate/flow.js';
import { policyFields } from '../hubble/translate/policies.js';
import { dropReasonName } from './drop-reason-name.js';
import { l7Json } from './l7-json.js';
import { formatTimestamp } from './timestamp.js';

export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * A flow as JSON of Hubble's `flow.Flow`: names as in flow.proto, enums as words, what is 0 or empty left out. The network
 * of an end is its label `heddle:network=…`. The end of a conversation has no event type: Hubble has none for it.
 */
export function flowJson(flow: Flow, nodeName: string, version: string): JsonObject {
	const { ip, l4, l7 } = flow;
	const reason = reasonOf(flow);
	const { policy_match_type: match, ...policies } = policyFields(flow);
	return {
		time: formatTimestamp(flow.timeNs),
		verdict: flow.verdict,
		drop_reason: reason?.number,
		IP: ip && { source: ip.source, destination: ip.destination, ipVersion: `IPv${ip.version}` },
		l4: l4 && l4Json(l4),
		source: endpointJson(flow.source),
		destination: endpointJson(flow.destination),
		Type: l7 === undefined ? 'L3_L4' : 'L7',
		node_name: nodeName,
		l7: l7 && l7Json(l7),
		reply: flow.isReply || undefined,
		...eventJson(flow, reason),
		traffic_direction: known(flow.trafficDirection),
		policy_match_type: orAbsent(match),
		drop_reason_desc: reason && dropReasonName(reason),
		is_reply: flow.isReply,
		interface: interfaceMessage(flow),
		uuid: randomUUID(),
		emitter: { name: 'Heddle', version },
		...policies,
		Summary: summaryOf(flow, reason) || undefined,
	};
}

function eventJson({ eventType, traceReason }: Flow, reason: DropReasonNumbers | undefined): JsonObject {
	if (!isServed(eventType)) {
		return {};
	}
	const { type, subType } = EVENT_NUMBERS[eventType];
	const sub_type = orAbsent(eventType === 'drop' ? (reason?.number ?? 0) : subType);
	const trace_observation_point = observationPoint(eventType);
	return { event_type: { type, sub_type }, trace_observation_point, trace_reason: traceReason };
}

function endpointJson(end: FlowEndpoint): JsonObject {
	return {
		ID: end.endpointId,
		identity: orAbsent(end.identity),
		cluster_name: clusterOf(end),
		namespace: namespaceOf(end),
		labels: [...end.labels, NETWORK_LABEL_PREFIX + end.network],
		pod_name: end.pod,
	};
}

const PORT_PROTOCOLS = new Set(['TCP', 'UDP', 'SCTP']);

/** undefined for protocols that Hubble has no message for. */
function l4Json(l4: FlowL4): JsonObject | undefined {
	const { protocol, sourcePort, destinationPort, flags, icmp } = l4;
	if (icmp !== undefined) {
		return { [protocol]: { type: orAbsent(icmp.type), code: orAbsent(icmp.code) } };
	}
	if (!PORT_PROTOCOLS.has(protocol)) {
		return undefined;
	}
	const ports = { source_port: orAbsent(sourcePort), destination_port: orAbsent(destinationPort) };
	const set = flags && Object.fromEntries(flags.map((flag) => [flag, true]));
	return { [protocol]: { ...ports, ...(protocol === 'TCP' ? { flags: set ?? {} } : {}) } };
}

function known(direction: TrafficDirection): TrafficDirection | undefined {
	return direction === 'TRAFFIC_DIRECTION_UNKNOWN' ? undefined : direction;
}

/** JSON of protobuf leaves out what is 0. */
function orAbsent(value: number | undefined): number | undefined {
	return value === 0 ? undefined : value;
}
