import { dropReasonNames } from '../abi/generated.js';
import type { FlowDropReason } from './flow.js';

/** Words where the plain name would mislead; Cilium's where the meaning is the same. */
const TEXTS: Readonly<Record<string, string>> = {
	INVALID_SOURCE_MAC: 'Invalid source mac',
	INVALID_SOURCE_IP: 'Invalid source ip',
	POLICY_DENIED_BY_DENYLIST: 'Policy denied by denylist',
	CT_INVALID_HEADER: 'CT: Truncated or invalid header',
	UNSUPPORTED_L3_PROTOCOL: 'Unsupported L3 protocol',
	UNSUPPORTED_L2_PROTOCOL: 'Unsupported L2 protocol',
	UNKNOWN_ICMPV4_TYPE: 'Unknown ICMPv4 type',
	UNKNOWN_ICMPV6_TYPE: 'Unknown ICMPv6 type',
	UNKNOWN_L3_TARGET: 'Unknown L3 target address',
	INVALID_IPV6_EXTENSION_HEADER: 'Invalid IPv6 extension header',
	UNKNOWN_CT_STATE: 'Unknown connection tracking state',
	FORBIDDEN_ICMPV6_MESSAGE: 'Forbidden ICMPv6 message',
	VLAN_DISALLOWED: 'VLAN traffic disallowed by VLAN filter',
	TTL_EXCEEDED: 'TTL exceeded',
	NETWORK_CROSSED: 'Network crossed',
};

export function dropReason(number: number): FlowDropReason {
	const name = dropReasonNames[number] ?? `UNKNOWN_${number}`;
	const words = name.toLowerCase().replaceAll('_', ' ');
	return { number, name, text: TEXTS[name] ?? words.charAt(0).toUpperCase() + words.slice(1) };
}
