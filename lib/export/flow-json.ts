import { randomUUID } from 'node:crypto';
import type { Flow, FlowEndpoint, FlowL4, FlowPolicy, TrafficDirection } from '../flows/flow.js';
import { l4Words } from '../flows/words.js';
import { CLUSTER_LABEL, NAMESPACE_LABEL } from '../labels/pod-labels.js';
import { HUBBLE_EVENTS, POLICY_MATCHES, hubbleDropReason } from './hubble-names.js';
import type { ExportedEventType, HubbleDropReason } from './hubble-names.js';
import { formatTimestamp } from './timestamp.js';

export type ExportedFlow = Flow & { readonly eventType: ExportedEventType };
export type JsonObject = Readonly<Record<string, unknown>>;

export function isExported(flow: Flow): flow is ExportedFlow {
	return flow.eventType !== 'flow-end';
}

/**
 * A flow as JSON of Hubble's `flow.Flow`: names as in flow.proto, enums as words, what is 0 or empty left out. The network
 * of an end is its label `heddle:network=…`.
 */
export function flowJson(flow: ExportedFlow, nodeName: string, version: string): JsonObject {
	const { ip, l4 } = flow;
	const reason = hubbleDropReason(flow);
	return {
		time: formatTimestamp(flow.timeNs),
		verdict: flow.verdict,
		drop_reason: reason?.number,
		IP: ip && { source: ip.source, destination: ip.destination, ipVersion: `IPv${ip.version}` },
		l4: l4 && l4Json(l4),
		source: endpointJson(flow.source),
		destination: endpointJson(flow.destination),
		Type: 'L3_L4',
		node_name: nodeName,
		reply: flow.isReply || undefined,
		...eventJson(flow, reason),
		traffic_direction: known(flow.trafficDirection),
		policy_match_type: flow.policy?.rule && orAbsent(POLICY_MATCHES[flow.policy.rule.match]),
		drop_reason_desc: reason?.name,
		is_reply: flow.isReply,
		interface: interfaceJson(flow),
		uuid: randomUUID(),
		emitter: { name: 'Heddle', version },
		...(flow.policy === undefined ? {} : policiesJson(flow.policy, flow.trafficDirection)),
		Summary: summaryOf(flow, reason),
	};
}

/** Reasons that only heddle has are told in words: clients have none for their numbers. */
function summaryOf(flow: Flow, reason: HubbleDropReason | undefined): string | undefined {
	const own = reason !== undefined && reason.name === undefined ? flow.dropReason?.text : undefined;
	const parts = [own, l4Words(flow)].filter((part) => part !== undefined && part !== '');
	return parts.length === 0 ? undefined : parts.join('; ');
}

function eventJson({ eventType }: ExportedFlow, reason: HubbleDropReason | undefined): JsonObject {
	const { type, subType, point } = HUBBLE_EVENTS[eventType];
	const sub_type = orAbsent(eventType === 'drop' ? (reason?.number ?? 0) : subType);
	return { event_type: { type, sub_type }, trace_observation_point: point };
}

function endpointJson({ endpointId, identity, namespace, labels, pod, network }: FlowEndpoint): JsonObject {
	return {
		ID: endpointId,
		identity: orAbsent(identity),
		cluster_name: labelValue(labels, CLUSTER_LABEL),
		// Of pods on other nodes only their identity is known.
		namespace: namespace ?? labelValue(labels, NAMESPACE_LABEL),
		labels: [...labels, `heddle:network=${network}`],
		pod_name: pod,
	};
}

function labelValue(labels: readonly string[], key: string): string | undefined {
	const prefix = `k8s:${key}=`;
	return labels.find((label) => label.startsWith(prefix))?.slice(prefix.length);
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

/** What arrives is seen at its destination, everything else where it left. */
function interfaceJson({ trafficDirection, source, destination }: Flow): JsonObject | undefined {
	const here = trafficDirection === 'INGRESS' ? destination : source;
	const name = here.interface ?? source.interface ?? destination.interface;
	return name === undefined ? undefined : { name };
}

function policiesJson({ action, rule }: FlowPolicy, direction: TrafficDirection): JsonObject {
	if (rule === undefined) {
		return {};
	}
	const side = direction === 'INGRESS' ? 'ingress' : 'egress';
	const allows = action === 'ALLOWED' || action === 'REDIRECTED';
	return { [`${side}_${allows ? 'allowed' : 'denied'}_by`]: [policyJson(rule.policy, rule.rule)] };
}

/** Of `CiliumNetworkPolicy default/web`; rows by hand have no kind. */
function policyJson(policy: string, rule: string): JsonObject {
	const labels = [`heddle:rule=${rule}`];
	const space = policy.indexOf(' ');
	if (space === -1) {
		return { name: policy, labels };
	}
	const path = policy.slice(space + 1).split('/');
	const name = path.pop();
	return { name, namespace: path[0], labels, kind: policy.slice(0, space) };
}

function known(direction: TrafficDirection): TrafficDirection | undefined {
	return direction === 'TRAFFIC_DIRECTION_UNKNOWN' ? undefined : direction;
}

/** JSON of protobuf leaves out what is 0. */
function orAbsent(value: number | undefined): number | undefined {
	return value === 0 ? undefined : value;
}
