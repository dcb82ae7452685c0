import type { Type } from 'protobufjs';
import { fieldMask } from './field-mask.js';
import type { FlowMessage, TimestampMessage } from './messages/flow-message.js';
import type { GetFlowsRequest } from './messages/requests.js';
import type { Schema } from './schema.js';
import type { Teller } from './translate/flow.js';
import { createFlowWriter } from './wire/flow-writer.js';
import type { FlowWriter } from './wire/flow-writer.js';

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
	/** What `encode` makes of the flow's message, without making one. */
	readonly encodeFlow: FlowWriter;
	encode(response: FlowsResponse): Uint8Array;
	/** @throws ERR_INVALID_ARGUMENT */
	mask(request: GetFlowsRequest): ((flow: FlowMessage) => FlowMessage) | undefined;
}

export function createFlowCodec(schema: Schema, teller: Teller): FlowCodec {
	const response: Type = schema.type('observer.GetFlowsResponse');
	const flow = schema.type('flow.Flow');
	return {
		encodeFlow: createFlowWriter(schema, teller),
		encode: (message) => response.encode(message).finish(),
		mask: (request) => fieldMask(request, flow),
	};
}
