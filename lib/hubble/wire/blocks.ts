import type { FlowEndpoint, FlowRule } from '../../flows/flow.js';
import type { FlowL7 } from '../../flows/l7.js';
import { timestampOf } from '../messages/timestamp.js';
import type { Schema } from '../schema.js';
import { endpointMessage } from '../translate/endpoint.js';
import { flagsMessage } from '../translate/l4.js';
import { l7Message } from '../translate/l7.js';
import { policyMessage } from '../translate/policies.js';

/** Encoded messages that many flows have in common. What they are made of must not change. */
export interface Blocks {
	/** flow.Endpoint */
	endpoint(end: FlowEndpoint): Uint8Array;
	/** flow.NetworkInterface */
	interface(name: string): Uint8Array;
	/** flow.Policy */
	policy(rule: FlowRule): Uint8Array;
	/** flow.TCPFlags */
	flags(flags: readonly string[]): Uint8Array;
	/** flow.Layer7: of one flow alone. */
	l7(l7: FlowL7): Uint8Array;
	/** google.protobuf.Timestamp: of one flow alone. */
	timestamp(timeNs: bigint): Uint8Array;
	/** Any message of the schema. */
	encode(type: string, message: object): Uint8Array;
}

/** Names come with endpoints, which come and go. */
const MOST_NAMES = 8192;

export function createBlocks(schema: Schema, clusterName: string): Blocks {
	const encode = (type: string, message: object) => schema.type(type).encode(message).finish();
	const names = new Map<string, Uint8Array>();
	const layer7 = schema.type('flow.Layer7');
	const timestamp = schema.type('google.protobuf.Timestamp');
	return {
		endpoint: known((end: FlowEndpoint) => encode('flow.Endpoint', endpointMessage(end, clusterName))),
		interface(name) {
			let block = names.get(name);
			if (block === undefined) {
				block = encode('flow.NetworkInterface', { name });
				if (names.size >= MOST_NAMES) {
					names.clear();
				}
				names.set(name, block);
			}
			return block;
		},
		policy: known((rule: FlowRule) => encode('flow.Policy', policyMessage(rule))),
		flags: known((flags: readonly string[]) => encode('flow.TCPFlags', flagsMessage(flags))),
		l7: (l7) => layer7.encode(l7Message(l7)).finish(),
		timestamp: (timeNs) => timestamp.encode(timestampOf(timeNs)).finish(),
		encode,
	};
}

function known<T extends object>(encode: (of: T) => Uint8Array): (of: T) => Uint8Array {
	const blocks = new WeakMap<T, Uint8Array>();
	return (of) => {
		let block = blocks.get(of);
		if (block === undefined) {
			block = encode(of);
			blocks.set(of, block);
		}
		return block;
	};
}
