import { invalidArgument } from '../../errors.js';
import { TCP_FLAGS } from '../messages/flow-message.js';
import type { TcpFlagsMessage } from '../messages/flow-message.js';
import { oneOf } from './test.js';
import type { Test } from './test.js';

const PROTOCOLS: Readonly<Record<string, Test>> = {
	tcp: ({ l4 }) => l4?.TCP !== undefined,
	udp: ({ l4 }) => l4?.UDP !== undefined,
	sctp: ({ l4 }) => l4?.SCTP !== undefined,
	icmp: ({ l4 }) => l4?.ICMPv4 !== undefined || l4?.ICMPv6 !== undefined,
	icmpv4: ({ l4 }) => l4?.ICMPv4 !== undefined,
	icmpv6: ({ l4 }) => l4?.ICMPv6 !== undefined,
	vrrp: ({ l4 }) => l4?.VRRP !== undefined,
	igmp: ({ l4 }) => l4?.IGMP !== undefined,
	dns: ({ l7 }) => l7?.dns !== undefined,
	http: ({ l7 }) => l7?.http !== undefined,
	kafka: ({ l7 }) => l7?.kafka !== undefined,
};

/** In any letter case. */
export function protocolTests(wanted: readonly string[], field: string): readonly Test[] {
	return oneOf(wanted, field, (text, at) => {
		const name = text.toLowerCase();
		const test = Object.hasOwn(PROTOCOLS, name) ? PROTOCOLS[name] : undefined;
		if (test === undefined) {
			throw invalidArgument(at, text, `one of ${Object.keys(PROTOCOLS).join(', ')}`);
		}
		return test;
	});
}

/** All flags that are set in one of those wanted must be set in the packet. */
export function tcpFlagTests(wanted: readonly TcpFlagsMessage[], field: string): readonly Test[] {
	return oneOf(wanted, field, (flags) => {
		const needed = TCP_FLAGS.filter((flag) => flags[flag] === true);
		return ({ l4 }) => {
			const found = l4?.TCP?.flags;
			return found !== undefined && needed.every((flag) => found[flag] === true);
		};
	});
}
