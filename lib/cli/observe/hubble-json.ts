import { flowJson, type JsonObject } from '../../export/flow-json.js';
import type { Flow, FlowEndpoint } from '../../flows/flow.js';
import { packageVersion } from '../version.js';

/** As `hubble observe -o jsonpb` prints it: GetFlowsResponse in proto3's JSON. */
export function hubbleResponse(flow: Flow, nodeName: string): object {
	const told = flowJson(flow, nodeName, packageVersion());
	return { flow: told, node_name: nodeName, time: told['time'] };
}

/** The same, with what Hubble has no fields for. */
export function extendedResponse(flow: Flow, nodeName: string): object {
	const { network, source, destination, policy, eventType, length, weight, end } = flow;
	const told = flowJson(flow, nodeName, packageVersion());
	return {
		flow: {
			...told,
			source: { ...(told['source'] as JsonObject), ...placeOf(source) },
			destination: { ...(told['destination'] as JsonObject), ...placeOf(destination) },
			network,
			point: eventType,
			length,
			...(weight === undefined ? {} : { weight }),
			...(policy === undefined ? {} : { policy }),
			...(end === undefined ? {} : { end: { ...end, ...countsOf(end) } }),
		},
		node_name: nodeName,
		time: told['time'],
	};
}

function placeOf({ name, interface: host, podInterface }: FlowEndpoint): object {
	return { name, interface: host, pod_interface: podInterface };
}

function countsOf({ packets, bytes, replyPackets, replyBytes }: NonNullable<Flow['end']>): object {
	return { packets: `${packets}`, bytes: `${bytes}`, replyPackets: `${replyPackets}`, replyBytes: `${replyBytes}` };
}
