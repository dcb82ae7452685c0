import type { FlowIp, FlowL4 } from '../../flows/flow.js';
import type { IpMessage, L4Message, PortsMessage, TcpFlagsMessage } from '../messages/flow-message.js';

export const IP_VERSIONS = { 4: 1, 6: 2 } as const;

export function ipMessage({ version, source, destination }: FlowIp): IpMessage {
	return { source, destination, ipVersion: IP_VERSIONS[version] };
}

/** undefined for protocols that Hubble has no message for. */
export function l4Message(l4: FlowL4): L4Message | undefined {
	switch (l4.protocol) {
		case 'TCP':
			return { TCP: { ...portsMessage(l4), flags: flagsMessage(l4.flags ?? []) } };
		case 'UDP':
			return { UDP: portsMessage(l4) };
		case 'SCTP':
			return { SCTP: portsMessage(l4) };
		case 'ICMPv4':
			return { ICMPv4: l4.icmp ?? {} };
		case 'ICMPv6':
			return { ICMPv6: l4.icmp ?? {} };
		default:
			return undefined;
	}
}

function portsMessage({ sourcePort, destinationPort }: FlowL4): PortsMessage {
	return { source_port: sourcePort, destination_port: destinationPort };
}

export function flagsMessage(flags: readonly string[]): TcpFlagsMessage {
	return Object.fromEntries(flags.map((flag) => [flag, true]));
}
