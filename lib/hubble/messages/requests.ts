import type {
	HeaderMessage,
	InterfaceMessage,
	TcpFlagsMessage,
	TimestampMessage,
	WorkloadMessage,
} from './flow-message.js';

/** `flow.FlowFilter` as decoded: lists that were not sent are empty. */
export interface FlowFilterMessage {
	readonly uuid: readonly string[];
	readonly source_ip: readonly string[];
	readonly source_ip_xlated: readonly string[];
	readonly source_pod: readonly string[];
	readonly source_fqdn: readonly string[];
	readonly source_label: readonly string[];
	readonly source_service: readonly string[];
	readonly source_workload: readonly WorkloadMessage[];
	readonly source_cluster_name: readonly string[];
	readonly source_identity: readonly number[];
	readonly source_port: readonly string[];
	readonly destination_ip: readonly string[];
	readonly destination_pod: readonly string[];
	readonly destination_fqdn: readonly string[];
	readonly destination_label: readonly string[];
	readonly destination_service: readonly string[];
	readonly destination_workload: readonly WorkloadMessage[];
	readonly destination_cluster_name: readonly string[];
	readonly destination_identity: readonly number[];
	readonly destination_port: readonly string[];
	readonly traffic_direction: readonly number[];
	readonly verdict: readonly number[];
	readonly drop_reason_desc: readonly number[];
	readonly interface: readonly InterfaceMessage[];
	readonly event_type: readonly EventTypeFilterMessage[];
	readonly http_status_code: readonly string[];
	readonly http_method: readonly string[];
	readonly http_path: readonly string[];
	readonly http_url: readonly string[];
	readonly http_header: readonly HeaderMessage[];
	readonly protocol: readonly string[];
	readonly reply: readonly boolean[];
	readonly dns_query: readonly string[];
	readonly tcp_flags: readonly TcpFlagsMessage[];
	readonly node_name: readonly string[];
	readonly node_labels: readonly string[];
	readonly ip_version: readonly number[];
	readonly trace_id: readonly string[];
	readonly ip_trace_id: readonly number[];
	readonly encrypted: readonly boolean[];
	readonly experimental?: { readonly cel_expression: readonly string[] } | null;
}

export interface EventTypeFilterMessage {
	readonly type: number;
	readonly match_sub_type: boolean;
	readonly sub_type: number;
}

/** What requests for flows, agent events and debug events share. */
export interface EventsRequest {
	readonly number: number;
	readonly first: boolean;
	readonly follow: boolean;
	readonly since?: TimestampMessage | null;
	readonly until?: TimestampMessage | null;
}

export interface GetFlowsRequest extends EventsRequest {
	readonly whitelist: readonly FlowFilterMessage[];
	readonly blacklist: readonly FlowFilterMessage[];
	readonly field_mask?: FieldMaskMessage | null;
	readonly experimental?: { readonly field_mask?: FieldMaskMessage | null } | null;
}

export interface FieldMaskMessage {
	readonly paths: readonly string[];
}
