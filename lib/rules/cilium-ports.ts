import type {
	CiliumEgressRule,
	CiliumIcmpRule,
	CiliumIngressRule,
	CiliumPort,
	CiliumPortRule,
} from '../documents/cilium-rule.js';
import type { L7Rules } from '../documents/l7-rules.js';
import { ICMP, ICMPV6, PORT_PROTOCOLS } from '../policy/protocols.js';
import { FIRST_PORT, LAST_PORT } from '../policy/row.js';
import type { PortMatch } from './rule.js';

/** Ports that share what is asked of their connections. */
export interface PortGroup {
	readonly ports: readonly PortMatch[];
	readonly l7?: L7Rules;
	/** Place in `toPorts` of an entry that has L7 rules: these are its own. */
	readonly entry?: number;
}

export const EVERY_PORT: PortMatch = { protocol: 'any', port: FIRST_PORT, endPort: LAST_PORT };

/** A rule of neither peers nor ports says nothing but that its direction has rules. */
export function ciliumPorts(rule: CiliumIngressRule & CiliumEgressRule, everyone: boolean): PortGroup[] {
	const { toPorts = [], icmps = [] } = rule;
	if (toPorts.length + icmps.length === 0) {
		return everyone ? [] : [{ ports: [EVERY_PORT] }];
	}
	const plain = toPorts.filter((entry) => l7Of(entry) === undefined);
	const inspected = toPorts.flatMap((found, entry): PortGroup[] => {
		const l7 = l7Of(found);
		return l7 === undefined ? [] : [{ ports: portsOf(found), l7, entry }];
	});
	return [{ ports: [...plain.flatMap(portsOf), ...icmps.flatMap(icmpOf)] }, ...inspected];
}

/** Lists of rules that are there but empty ask for nothing. */
function l7Of({ rules = {}, serverNames = [] }: CiliumPortRule): L7Rules | undefined {
	const { http = [], dns = [] } = rules;
	if (http.length + dns.length + serverNames.length === 0) {
		return undefined;
	}
	return {
		...(http.length === 0 ? {} : { http }),
		...(dns.length === 0 ? {} : { dns }),
		...(serverNames.length === 0 ? {} : { serverNames }),
	};
}

/** An entry that lists no port is none. */
function portsOf({ ports = [] }: CiliumPortRule): PortMatch[] {
	return ports.flatMap(matchesOf);
}

function matchesOf({ protocol, port, endPort }: CiliumPort): PortMatch[] {
	if (typeof port === 'string') {
		return [{ protocol, name: port }];
	}
	if (port !== 0) {
		return [{ protocol, port, endPort: endPort ?? port }];
	}
	// Port 0 is every port of the protocols named; a row for `any` with every port would be every protocol there is.
	const protocols = protocol === 'any' ? PORT_PROTOCOLS : [protocol];
	return protocols.map((each) => ({ protocol: each, port: FIRST_PORT, endPort: LAST_PORT }));
}

/** The type alone counts, with every code. */
function icmpOf({ fields }: CiliumIcmpRule): PortMatch[] {
	return fields.map(({ family, type }) => ({
		protocol: family === 'IPv4' ? ICMP : ICMPV6,
		port: type << 8,
		endPort: (type << 8) | 0xff,
	}));
}
