import { randomUUID } from 'node:crypto';
import type { Flow } from '../../flows/flow.js';
import { packetWords } from '../../flows/words.js';
import type { FlowMessage, InterfaceMessage } from '../messages/flow-message.js';
import { timestampOf } from '../messages/timestamp.js';
import { dropReasonNumbers, refusalNumbers } from './drop-reason.js';
import type { DropReasonNumbers } from './drop-reason.js';
import { endpointMessage } from './endpoint.js';
import { DIRECTIONS, FLOW_TYPES, TRACE_REASONS, VERDICTS } from './enums.js';
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

/** A flow as `flow.Flow`. */
export function flowMessage(flow: ServedFlow, teller: Teller, uuid: string = randomUUID()): FlowMessage {
	const { nodeName, clusterName } = teller;
	const reason = reasonOf(flow);
	return {
		time: timestampOf(flow.timeNs),
		uuid,
		emitter: emitterOf(teller),
		node_name: nodeName,
		Type: flow.l7 === undefined ? FLOW_TYPES.L3_L4 : FLOW_TYPES.L7,
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

export function emitterOf({ version }: Teller): { readonly name: string; readonly version: string } {
	return { name: 'Heddle', version };
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

export function interfaceMessage(flow: Flow): InterfaceMessage | undefined {
	const name = interfaceName(flow);
	return name === undefined ? undefined : { name };
}

/** What arrives is seen at its destination, everything else where it left. Its index no event tells. */
export function interfaceName({ trafficDirection, source, destination }: Flow): string | undefined {
	const here = trafficDirection === 'INGRESS' ? destination : source;
	return here.interface ?? source.interface ?? destination.interface;
}

export function summaryOf(flow: Flow, reason: DropReasonNumbers | undefined): string {
	return [reason?.text, packetWords(flow)].filter((part) => part !== undefined && part !== '').join('; ');
}
