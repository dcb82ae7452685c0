import { hasPorts, ICMP, ICMPV6, PORT_PROTOCOLS, protocolName } from '../policy/protocols.js';
import { FIRST_PORT, LAST_PORT, type Direction } from '../policy/row.js';
import type { NamedPort, PolicyIdentity } from '../rules/policy-identity.js';
import type { NamedPortRef, PortMatch, PortSpan } from '../rules/rule.js';

export function isNamed(match: PortMatch): match is NamedPortRef {
	return 'name' in match;
}

/** Names of ports mean those of the end that is connected to. */
export function namesAt(direction: Direction, subject: PolicyIdentity, peer: PolicyIdentity): readonly NamedPort[] {
	return (direction === 'ingress' ? subject : peer).namedPorts ?? [];
}

/** Names as numbers; a name that nobody gave is no port. */
export function spansOf(ports: readonly PortMatch[], names: readonly NamedPort[]): PortSpan[] {
	return ports.flatMap((match) => {
		if (!isNamed(match)) {
			return [match];
		}
		return names
			.filter(({ name, protocol }) => name === match.name && [protocol, 'any'].includes(match.protocol))
			.map(({ protocol, port }) => ({ protocol, port, endPort: port }));
	});
}

export function isEveryPort({ port, endPort }: PortSpan): boolean {
	return port === FIRST_PORT && endPort === LAST_PORT;
}

/** `any` with a port is TCP, UDP and SCTP. */
export function speaksOfProtocol(span: PortSpan, protocol: number): boolean {
	if (span.protocol === 'any') {
		return isEveryPort(span) || PORT_PROTOCOLS.includes(protocol);
	}
	return span.protocol === protocol;
}

export function covers(span: PortSpan, protocol: number, port: number): boolean {
	return speaksOfProtocol(span, protocol) && (isEveryPort(span) || (span.port <= port && port <= span.endPort));
}

/** `TCP 80`, `ICMPv6 type 128`, `any protocol` */
export function describeSpan({ protocol, port, endPort }: PortSpan): string {
	const name = describeProtocol(protocol);
	if (isEveryPort({ protocol, port, endPort })) {
		return name;
	}
	if (protocol === ICMP || protocol === ICMPV6) {
		return `${name} ${describeIcmp(port, endPort)}`;
	}
	return port === endPort ? `${name} ${port}` : `${name} ${port}-${endPort}`;
}

/** One packet's; a protocol without ports is told by its name alone. */
export function describePort(protocol: number, port: number): string {
	return describeSpan({ protocol, port, endPort: hasPorts(protocol) ? port : port || LAST_PORT });
}

export function describeProtocol(protocol: number | 'any'): string {
	const name = protocolName(protocol);
	const numbered = name === String(protocol);
	return name === 'any'
		? 'any protocol'
		: name === 'icmpv6'
			? 'ICMPv6'
			: numbered
				? `protocol ${name}`
				: name.toUpperCase();
}

function describeIcmp(port: number, endPort: number): string {
	const [type, lastType] = [port >> 8, endPort >> 8];
	if ((port & 0xff) === 0 && (endPort & 0xff) === 0xff) {
		return type === lastType ? `type ${type}` : `types ${type}-${lastType}`;
	}
	const last = port === endPort ? '' : ` to type ${lastType} code ${endPort & 0xff}`;
	return `type ${type} code ${port & 0xff}${last}`;
}
