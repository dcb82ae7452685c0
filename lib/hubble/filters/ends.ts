import type { EndpointMessage, FlowMessage, PortsMessage, ServiceMessage } from '../messages/flow-message.js';
import type { FlowFilterMessage } from '../messages/requests.js';

/** One side of a filter and of a flow: what is asked of sources is asked of destinations. */
export interface End {
	/** 'source' or 'destination': what its fields begin with. */
	readonly name: 'source' | 'destination';
	ip(flow: FlowMessage): string | undefined;
	endpoint(flow: FlowMessage): EndpointMessage | undefined;
	names(flow: FlowMessage): readonly string[] | undefined;
	service(flow: FlowMessage): ServiceMessage | undefined;
	port(flow: FlowMessage): number | undefined;
	filter(filter: FlowFilterMessage): EndFilter;
}

export interface EndFilter {
	readonly ip: FlowFilterMessage['source_ip'];
	readonly pod: FlowFilterMessage['source_pod'];
	readonly fqdn: FlowFilterMessage['source_fqdn'];
	readonly label: FlowFilterMessage['source_label'];
	readonly service: FlowFilterMessage['source_service'];
	readonly workload: FlowFilterMessage['source_workload'];
	readonly cluster_name: FlowFilterMessage['source_cluster_name'];
	readonly identity: FlowFilterMessage['source_identity'];
	readonly port: FlowFilterMessage['source_port'];
}

export const SOURCE: End = {
	name: 'source',
	ip: (flow) => flow.IP?.source,
	endpoint: (flow) => flow.source,
	names: (flow) => flow.source_names,
	service: (flow) => flow.source_service,
	port: (flow) => portsOf(flow)?.source_port,
	filter: (filter) => ({
		ip: filter.source_ip,
		pod: filter.source_pod,
		fqdn: filter.source_fqdn,
		label: filter.source_label,
		service: filter.source_service,
		workload: filter.source_workload,
		cluster_name: filter.source_cluster_name,
		identity: filter.source_identity,
		port: filter.source_port,
	}),
};

export const DESTINATION: End = {
	name: 'destination',
	ip: (flow) => flow.IP?.destination,
	endpoint: (flow) => flow.destination,
	names: (flow) => flow.destination_names,
	service: (flow) => flow.destination_service,
	port: (flow) => portsOf(flow)?.destination_port,
	filter: (filter) => ({
		ip: filter.destination_ip,
		pod: filter.destination_pod,
		fqdn: filter.destination_fqdn,
		label: filter.destination_label,
		service: filter.destination_service,
		workload: filter.destination_workload,
		cluster_name: filter.destination_cluster_name,
		identity: filter.destination_identity,
		port: filter.destination_port,
	}),
};

function portsOf({ l4 }: FlowMessage): PortsMessage | undefined {
	return l4?.TCP ?? l4?.UDP ?? l4?.SCTP;
}
