import type { CiliumIcmpRule, CiliumPort } from '../documents/cilium-rule.js';
import type { ClusterDestination, ClusterProtocol } from '../documents/cluster-network-policy.js';
import type { KubernetesPort } from '../documents/kubernetes-policy.js';
import type { NamedPort } from '../rules/policy-identity.js';
import type { PortSpread } from './statement.js';

const TCP = 6;
const UDP = 17;
const SCTP = 132;
const ICMP = { IPv4: 1, IPv6: 58 };

/** Port 0 is every port. ANY is TCP, UDP and SCTP, never ICMP or another. */
export function portsOfCilium(listed: CiliumPort, names: readonly NamedPort[]): PortSpread[] {
	const protocols = listed.protocol === 'any' ? [TCP, UDP, SCTP] : [listed.protocol];
	return protocols.flatMap((protocol) => {
		const { port, endPort } = listed;
		if (typeof port === 'string') {
			return named(port, names, (each) => each === protocol);
		}
		return port === 0 ? [wholeProtocol(protocol)] : [{ protocol, first: port, last: endPort ?? port }];
	});
}

/** The type alone counts, with every code. */
export function portsOfIcmp(rule: CiliumIcmpRule): PortSpread[] {
	return rule.fields.map(({ family, type }) => ({
		protocol: ICMP[family],
		first: type * 256,
		last: type * 256 + 255,
	}));
}

export function portsOfKubernetes(listed: KubernetesPort, names: readonly NamedPort[]): PortSpread[] {
	const { protocol, port, endPort } = listed;
	if (typeof port === 'string') {
		return named(port, names, (each) => each === protocol);
	}
	return port === undefined ? [wholeProtocol(protocol)] : [{ protocol, first: port, last: endPort ?? port }];
}

/** A name is that of a port of any protocol. */
export function portsOfCluster(listed: ClusterProtocol, names: readonly NamedPort[]): PortSpread[] {
	if (listed.destinationNamedPort !== undefined) {
		return named(listed.destinationNamedPort, names, () => true);
	}
	return [
		...(listed.tcp === undefined ? [] : [destination(TCP, listed.tcp)]),
		...(listed.udp === undefined ? [] : [destination(UDP, listed.udp)]),
		...(listed.sctp === undefined ? [] : [destination(SCTP, listed.sctp)]),
	];
}

function destination(protocol: number, { destinationPort }: ClusterDestination): PortSpread {
	const { number, range } = destinationPort ?? {};
	if (range !== undefined) {
		return { protocol, first: range.start, last: range.end };
	}
	return number === undefined ? wholeProtocol(protocol) : { protocol, first: number, last: number };
}

function named(name: string, names: readonly NamedPort[], isAsked: (protocol: number) => boolean): PortSpread[] {
	return names
		.filter((each) => each.name === name && isAsked(each.protocol))
		.map(({ protocol, port }) => ({ protocol, first: port, last: port }));
}

function wholeProtocol(protocol: number): PortSpread {
	return { protocol, first: 0, last: 65535 };
}
