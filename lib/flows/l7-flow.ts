import { describeEnd } from './describe-end.js';
import type { Flow, FlowEndpoint, FlowIp, FlowL4, FlowVerdict, TrafficDirection } from './flow.js';
import type { FlowL7 } from './l7.js';
import type { FlowNames } from './names.js';

/** What a proxy tells of one request or response: numbers, as the kernel tells them. */
export interface L7Access {
	/** Unix time in nanoseconds. */
	readonly timeNs: bigint;
	/** 'DROPPED': by policy; 'ERROR': allowed, and the server could not be asked. */
	readonly verdict: Extract<FlowVerdict, 'FORWARDED' | 'DROPPED' | 'AUDIT' | 'ERROR'>;
	/** Whose policy sent the connection to the proxy: 'INGRESS' is the server's. */
	readonly trafficDirection: Exclude<TrafficDirection, 'TRAFFIC_DIRECTION_UNKNOWN'>;
	readonly network: number;
	/** Who opened the connection. */
	readonly client: L7Peer;
	readonly server: L7Peer;
	readonly protocol: 'TCP' | 'UDP';
	readonly l7: FlowL7;
	/** Of the row that sent the connection to the proxy; 0 or absent: not known. */
	readonly cookie?: number;
}

export interface L7Peer {
	/** 0: no endpoint of this node. */
	readonly endpointId: number;
	/** 0: not known; then it is the endpoint's. */
	readonly identity: number;
	readonly address: string;
	readonly port: number;
}

/** A response comes from the server, everything else from the client. */
export function l7Flow(access: L7Access, names: FlowNames): Flow {
	const { timeNs, verdict, trafficDirection, l7, cookie = 0 } = access;
	const isReply = l7.type === 'RESPONSE';
	const network = names.network(access.network);
	const [source, destination] = isReply ? [access.server, access.client] : [access.client, access.server];
	const rule = cookie === 0 ? undefined : names.rule(cookie);
	return {
		time: new Date(Number(timeNs / 1_000_000n)),
		timeNs,
		verdict,
		eventType: 'l7',
		trafficDirection,
		network,
		source: endOf(source, network, names),
		destination: endOf(destination, network, names),
		ip: ipOf(source, destination),
		l4: l4Of(access.protocol, source, destination),
		l7,
		isReply,
		length: 0,
		dropReason: undefined,
		policy: rule === undefined ? undefined : { action: verdict === 'DROPPED' ? 'DENIED' : 'ALLOWED', rule },
		end: undefined,
	};
}

function endOf({ endpointId, identity }: L7Peer, network: string, names: FlowNames): FlowEndpoint {
	return describeEnd(endpointId, identity, false, network, names);
}

function ipOf({ address: source }: L7Peer, { address: destination }: L7Peer): FlowIp {
	return { version: source.includes(':') ? 6 : 4, source, destination };
}

function l4Of(protocol: 'TCP' | 'UDP', { port: sourcePort }: L7Peer, { port: destinationPort }: L7Peer): FlowL4 {
	return { protocol, sourcePort, destinationPort };
}
