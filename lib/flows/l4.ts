import type { Event } from '../abi/generated.js';
import type { FlowL4 } from './flow.js';

const TCP_FLAGS = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR'];
const PORT_PROTOCOLS: Readonly<Record<number, string>> = { 6: 'TCP', 17: 'UDP', 132: 'SCTP' };
const ICMP_PROTOCOLS: Readonly<Record<number, string>> = { 1: 'ICMPv4', 58: 'ICMPv6' };

export function flowL4(event: Event): FlowL4 {
	const { protocol } = event;
	const icmp = ICMP_PROTOCOLS[protocol];
	if (icmp !== undefined) {
		return { protocol: icmp, icmp: { type: event.destinationPort >> 8, code: event.destinationPort & 0xff } };
	}
	const name = PORT_PROTOCOLS[protocol];
	if (name === undefined) {
		return { protocol: String(protocol) };
	}
	const ports = { sourcePort: event.sourcePort, destinationPort: event.destinationPort };
	return protocol === 6 ? { protocol: name, ...ports, flags: tcpFlags(event.tcpFlags) } : { protocol: name, ...ports };
}

/** 'TCP', 'ICMPv6', or the number as text. */
export function flowL4Name(protocol: number): string {
	return ICMP_PROTOCOLS[protocol] ?? PORT_PROTOCOLS[protocol] ?? String(protocol);
}

/** By their bits: 256 lists that all flows share. */
const FLAG_LISTS: readonly (readonly string[])[] = Array.from({ length: 256 }, (_, bits) =>
	Object.freeze(TCP_FLAGS.filter((_name, bit) => (bits & (1 << bit)) !== 0)),
);

function tcpFlags(bits: number): readonly string[] {
	return FLAG_LISTS[bits & 0xff]!;
}
