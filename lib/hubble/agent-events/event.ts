import type { TimestampMessage } from '../messages/flow-message.js';

/** Numbers of Hubble's AgentEventType. */
export const AgentEventType = {
	AgentStarted: 2,
	PolicyUpdated: 3,
	PolicyDeleted: 4,
	EndpointRegenerated: 5,
	EndpointCreated: 7,
	EndpointDeleted: 8,
	IpcacheUpserted: 9,
	IpcacheDeleted: 10,
} as const;
export type AgentEventType = (typeof AgentEventType)[keyof typeof AgentEventType];

/** `flow.AgentEvent` as protobufjs encodes it. */
export interface AgentEventMessage {
	readonly type: AgentEventType;
	readonly agent_start?: { readonly time: TimestampMessage };
	readonly policy_update?: PolicyUpdate;
	readonly endpoint_regenerate?: { readonly id: number; readonly labels: readonly string[] };
	readonly endpoint_update?: EndpointUpdate;
	readonly ipcache_update?: IpcacheUpdate;
}

export interface PolicyUpdate {
	readonly labels: readonly string[];
	/** Counts changes of policy. */
	readonly revision: number;
	readonly rule_count: number;
}

export interface EndpointUpdate {
	readonly id: number;
	readonly labels: readonly string[];
	readonly pod_name?: string;
	readonly namespace?: string;
}

export interface IpcacheUpdate {
	readonly cidr: string;
	readonly identity: number;
	readonly old_identity?: { readonly value: number };
	readonly namespace?: string;
	readonly pod_name?: string;
}
