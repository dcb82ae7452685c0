import { randomUUID } from 'node:crypto';
import type { Flow, FlowVerdict, TraceReason, TrafficDirection } from '../../flows/flow.js';
import { packetWords } from '../../flows/words.js';
import type { FlowMessage, InterfaceMessage } from '../messages/flow-message.js';
import { timestampOf } from '../messages/timestamp.js';
import { dropReasonNumbers, refusalNumbers } from './drop-reason.js';
import type { DropReasonNumbers } from './drop-reason.js';
import { endpointMessage } from './endpoint.js';
import { EVENT_NUMBERS, isServed } from './event-type.js';
import type { ServedEventType } from './event-type.js';
import { ipMessage, l4Message } from './l4.js';
import { l7Message } from './l7.js';
import { policyFields } from './policies.js';

export type ServedFlow = Flow & { readonly eventType: ServedEventType };

export function isServedFlow(flow: Flow): flow is ServedFlow {
	return isServed(flow.eventType);
}

/** Who tells the flows. */
export interface Teller {
	readonly nodeName: string;
	readonly clusterName: string;
	readonly version: string;
}

const VERDICTS: Readonly<Record<FlowVerdict, number>> = {
	FORWARDED: 1,
	DROPPED: 2,
	ERROR: 3,
	AUDIT: 4,
	REDIRECTED: 5,
};
const DIRECTIONS: Readonly<Record<TrafficDirection, number>> = { TRAFFIC_DIRECTION_UNKNOWN: 0, INGRESS: 1, EGRESS: 2 };
const TRACE_REASONS: Readonly<Record<TraceReason, number>> = { NEW: 1, ESTABLISHED: 2, REPLY: 3, RELATED: 4 };
const L3_L4 = 1;
const L7 = 2;

/** A flow as `flow.Flow`. */
export function flowMessage(
	flow: ServedFlow,
	{ nodeName, clusterName, version }: Teller,
	uuid: string = randomUUID(),
): FlowMessage {
	const reason = reasonOf(flow);
	return {
		time: timestampOf(flow.timeNs),
		uuid,
		emitter: { name: 'Heddle', version },
		node_name: nodeName,
		Type: flow.l7 === undefined ? L3_L4 : L7,
		verdict: VERDICTS[flow.verdict],
		IP: flow.ip === undefined ? undefined : ipMessage(flow.ip),
		l4: flow.l4 === undefined ? undefined : l4Message(flow.l4),
		l7: flow.l7 === undefined ? undefined : l7Message(flow.l7),
		source: endpointMessage(flow.source, clusterName),
		destination: endpointMessage(flow.destination, clusterName),
		traffic_direction: DIRECTIONS[flow.trafficDirection],
		is_reply: { value: flow.isReply },
		reply: flow.isReply,
		interface: interfaceMessage(flow),
		Summary: summaryOf(flow, reason),
		...eventFields(flow, reason),
		...policyFields(flow),
	};
}

/** A refusing verdict has no reason of its own: it is that of the drop which follows it. What a proxy refused has none. */
export function reasonOf({ verdict, dropReason, policy, l7 }: Flow): DropReasonNumbers | undefined {
	if (dropReason !== undefined) {
		return dropReasonNumbers(dropReason);
	}
	return verdict === 'DROPPED' && policy !== undefined && l7 === undefined ? refusalNumbers(policy) : undefined;
}

function eventFields({ eventType, traceReason }: ServedFlow, reason: DropReasonNumbers | undefined): FlowMessage {
	const { type, subType, point } = EVENT_NUMBERS[eventType];
	return {
		event_type: { type, sub_type: eventType === 'drop' ? (reason?.number ?? 0) : subType },
		trace_observation_point: point,
		trace_reason: traceReason && TRACE_REASONS[traceReason],
		drop_reason: reason?.number,
		drop_reason_desc: reason?.desc,
	};
}

/** What arrives is seen at its destination, everything else where it left. Its index no event tells. */
export function interfaceMessage({ trafficDirection, source, destination }: Flow): InterfaceMessage | undefined {
	const here = trafficDirection === 'INGRESS' ? destination : source;
	const name = here.interface ?? source.interface ?? destination.interface;
	return name === undefined ? undefined : { name };
}

export function summaryOf(flow: Flow, reason: DropReasonNumbers | undefined): string {
	return [reason?.text, packetWords(flow)].filter((part) => part !== undefined && part !== '').join('; ');
}
