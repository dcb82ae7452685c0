import type { NamedPort, PolicyIdentity } from '../../rules/policy-identity.js';
import type { PolicyRule, PortMatch, PortSpan } from '../../rules/rule.js';
import type { RuleRow } from '../row.js';
import { isNamed } from './live-policy.js';

/** One row a port of the rule. Ports by name are those of `namedPorts` that have it; where none has, there is no row. */
export function rowsOfRule(rule: PolicyRule, peer: number | 'any', namedPorts: readonly NamedPort[]): RuleRow[] {
	const { direction, action, audit, tier, precedence, cookie } = rule;
	return spansOf(rule.ports, namedPorts).map(({ protocol, port, endPort }) => ({
		peer,
		direction,
		protocol,
		port,
		endPort,
		action,
		audit,
		tier,
		precedence,
		cookie,
	}));
}

function spansOf(ports: readonly PortMatch[], namedPorts: readonly NamedPort[]): readonly PortSpan[] {
	return ports.some(isNamed)
		? ports.flatMap((match) => (isNamed(match) ? resolve(match, namedPorts) : [match]))
		: (ports as readonly PortSpan[]);
}

function resolve(
	{ name, protocol }: Extract<PortMatch, { name: string }>,
	namedPorts: readonly NamedPort[],
): PortSpan[] {
	return namedPorts
		.filter((port) => port.name === name && (protocol === 'any' || protocol === port.protocol))
		.map(({ protocol: number, port }) => ({ protocol: number, port, endPort: port }));
}

const keys = new WeakMap<readonly NamedPort[], string>();

/** Equal for identities whose named ports are equal. */
export function portsKey(identity: Pick<PolicyIdentity, 'namedPorts'> | undefined): string {
	const ports = identity?.namedPorts;
	if (ports === undefined || ports.length === 0) {
		return '';
	}
	const known =
		keys.get(ports) ??
		ports
			.map(({ name, protocol, port }) => `${name}:${protocol}:${port}`)
			.sort()
			.join();
	keys.set(ports, known);
	return known;
}
