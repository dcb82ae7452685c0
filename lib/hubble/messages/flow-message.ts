/** `flow.Flow` and its parts as protobufjs encodes them: names as in the .proto files, enums as numbers. */

export interface TimestampMessage {
	readonly seconds: number;
	readonly nanos: number;
}

export interface FlowMessage {
	readonly time?: TimestampMessage;
	readonly uuid?: string;
	readonly verdict?: number;
	readonly drop_reason?: number;
	readonly drop_reason_desc?: number;
	readonly IP?: IpMessage;
	readonly l4?: L4Message;
	readonly l7?: L7Message;
	readonly source?: EndpointMessage;
	readonly destination?: EndpointMessage;
	readonly Type?: number;
	readonly node_name?: string;
	readonly node_labels?: readonly string[];
	readonly source_names?: readonly string[];
	readonly destination_names?: readonly string[];
	readonly reply?: boolean;
	readonly is_reply?: { readonly value: boolean };
	readonly event_type?: { readonly type: number; readonly sub_type: number };
	readonly source_service?: ServiceMessage;
	readonly destination_service?: ServiceMessage;
	readonly traffic_direction?: number;
	readonly policy_match_type?: number;
	readonly trace_observation_point?: number;
	readonly trace_reason?: number;
	readonly interface?: InterfaceMessage;
	readonly trace_context?: { readonly parent?: { readonly trace_id?: string } };
	readonly ip_trace_id?: { readonly trace_id?: number };
	readonly emitter?: { readonly name: string; readonly version: string };
	readonly egress_allowed_by?: readonly PolicyMessage[];
	readonly ingress_allowed_by?: readonly PolicyMessage[];
	readonly egress_denied_by?: readonly PolicyMessage[];
	readonly ingress_denied_by?: readonly PolicyMessage[];
	readonly Summary?: string;
}

export interface EndpointMessage {
	readonly ID?: number;
	readonly identity?: number;
	readonly namespace?: string;
	readonly labels?: readonly string[];
	readonly pod_name?: string;
	readonly workloads?: readonly WorkloadMessage[];
	readonly cluster_name?: string;
}

export interface WorkloadMessage {
	readonly name?: string;
	readonly kind?: string;
}

export interface ServiceMessage {
	readonly name?: string;
	readonly namespace?: string;
}

export interface InterfaceMessage {
	readonly index?: number;
	readonly name?: string;
}

export interface PolicyMessage {
	readonly name?: string;
	readonly namespace?: string;
	readonly labels?: readonly string[];
	readonly kind?: string;
}

export interface IpMessage {
	readonly source?: string;
	readonly destination?: string;
	readonly ipVersion?: number;
	readonly encrypted?: boolean;
	readonly source_xlated?: string;
}

export interface PortsMessage {
	readonly source_port?: number;
	readonly destination_port?: number;
}

export interface IcmpMessage {
	readonly type?: number;
	readonly code?: number;
}

export const TCP_FLAGS = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR', 'NS'] as const;

export type TcpFlagsMessage = { readonly [flag in (typeof TCP_FLAGS)[number]]?: boolean };

/** One of these. */
export interface L4Message {
	readonly TCP?: PortsMessage & { readonly flags?: TcpFlagsMessage };
	readonly UDP?: PortsMessage;
	readonly SCTP?: PortsMessage;
	readonly ICMPv4?: IcmpMessage;
	readonly ICMPv6?: IcmpMessage;
	readonly VRRP?: object;
	readonly IGMP?: object;
}

export interface L7Message {
	readonly type?: number;
	readonly latency_ns?: number;
	readonly dns?: DnsMessage;
	readonly http?: HttpMessage;
	readonly kafka?: object;
}

export interface DnsMessage {
	readonly query?: string;
	readonly ips?: readonly string[];
	readonly ttl?: number;
	readonly cnames?: readonly string[];
	readonly observation_source?: string;
	readonly rcode?: number;
	readonly qtypes?: readonly string[];
	readonly rrtypes?: readonly string[];
}

export interface HttpMessage {
	readonly code?: number;
	readonly method?: string;
	readonly url?: string;
	readonly protocol?: string;
	readonly headers?: readonly HeaderMessage[];
}

export interface HeaderMessage {
	readonly key?: string;
	readonly value?: string;
}
