import type { Type } from 'protobufjs';
import { fieldMask } from './field-mask.js';
import type { FlowMessage, TimestampMessage } from './messages/flow-message.js';
import type { GetFlowsRequest } from './messages/requests.js';
import type { Schema } from './schema.js';

/** `observer.GetFlowsResponse` of one kind each. */
export interface FlowsResponse {
	readonly flow?: FlowMessage;
	readonly lost_events?: LostEventMessage;
	readonly node_name: string;
	readonly time?: TimestampMessage;
}

export interface LostEventMessage {
	readonly source: number;
	readonly num_events_lost: number;
	readonly first: TimestampMessage;
	readonly last: TimestampMessage;
}

export interface FlowCodec {
	encode(response: FlowsResponse): Uint8Array;
	/** @throws ERR_INVALID_ARGUMENT */
	mask(request: GetFlowsRequest): ((flow: FlowMessage) => FlowMessage) | undefined;
}

export function createFlowCodec(schema: Schema): FlowCodec {
	const response: Type = schema.type('observer.GetFlowsResponse');
	const flow = schema.type('flow.Flow');
	return {
		encode: (message) => response.encode(message).finish(),
		mask: (request) => fieldMask(request, flow),
	};
}
