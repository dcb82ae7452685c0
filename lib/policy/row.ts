import { invalidArgument } from '../errors.js';
import { TCP, hasPorts, isProtocolNumber } from './protocols.js';

export type Direction = 'ingress' | 'egress';

/** `pass` leaves the packet to the next tier; `redirect` is an allow that the L7 proxy refines. */
export const ACTIONS = ['allow', 'deny', 'pass', 'redirect'] as const;
export type Action = (typeof ACTIONS)[number];

/**
 * Tiers are asked from the first to the last; the first that speaks of a packet decides. Between `normal` and
 * `baseline` stands the default deny of the subjects that normal policies isolate
 * (policy.networking.k8s.io/v1alpha2, ClusterNetworkPolicy).
 */
export const TIERS = ['admin', 'normal', 'baseline'] as const;
export type Tier = (typeof TIERS)[number];

/** What becomes of a packet of which no rule speaks. `audited`: would be denied; is forwarded and reported. */
export type DefaultVerdict = 'allow' | 'audited' | 'deny';

/** One statement about the traffic of one policy set. */
export interface RuleRow {
	/** Identity of the other side. */
	readonly peer: number | 'any';
	/** Seen from the endpoint whose policy it is. */
	readonly direction: Direction;
	/** IANA number. `any` with a port means TCP, UDP and SCTP; without, every protocol. */
	readonly protocol: number | 'any';
	/** First port; ICMP: type << 8 | code. 0 to 65535 is every port. */
	readonly port: number;
	/** Last port, inclusive. */
	readonly endPort: number;
	readonly action: Action;
	/** Of a redirect: where a proxy listens that is not heddle's own. 1 to 65535. Absent: heddle's. */
	readonly proxyPort?: number;
	/** Of a deny: what it denies is forwarded and reported. @default false */
	readonly audit?: boolean;
	/** @default 'normal' */
	readonly tier?: Tier;
	/** Within the tier: higher wins; at equal precedence deny over pass over allow over redirect. */
	readonly precedence: number;
	/** u32 that names the origin. Between equals the lowest is the one reported. */
	readonly cookie: number;
}

/** Set in cookies of rows that were written by hand; else the cookie is an index of a document rule. */
export const DIRECT_ROW_COOKIE = 0x8000_0000;

export const FIRST_PORT = 0;
export const LAST_PORT = 65535;

/** Everything that applies to one subject identity. */
export interface SetSpec {
	readonly id: number;
	readonly defaults: Readonly<Record<Direction, DefaultVerdict>>;
	readonly rows: readonly RuleRow[];
}

export function isU32(value: number): boolean {
	return value >>> 0 === value;
}

/** @throws ERR_INVALID_ARGUMENT naming the field */
export function checkRow(row: RuleRow): void {
	const { peer, protocol, port, endPort } = row;
	if (peer !== 'any' && !isU32(peer)) {
		throw invalidArgument('peer', peer, "an identity from 0 to 4294967295 or 'any'");
	}
	if (row.direction !== 'ingress' && row.direction !== 'egress') {
		throw invalidArgument('direction', row.direction, "'ingress' or 'egress'");
	}
	if (protocol !== 'any' && !isProtocolNumber(protocol)) {
		throw invalidArgument('protocol', protocol, "a number from 0 to 255 or 'any'");
	}
	if ((port | endPort) >>> 16 !== 0 || !Number.isInteger(port) || !Number.isInteger(endPort)) {
		throw invalidArgument('port', `${port}-${endPort}`, 'ports from 0 to 65535');
	}
	if (port > endPort) {
		throw invalidArgument('endPort', endPort, `at least the port, ${port}`);
	}
	checkPortsApply(row);
	checkMeaning(row);
}

function checkPortsApply({ protocol, port, endPort }: RuleRow): void {
	const everyPort = port === FIRST_PORT && endPort === LAST_PORT;
	if (protocol !== 'any' && !everyPort && !hasPorts(protocol)) {
		throw invalidArgument('port', `${port}-${endPort}`, `no port: protocol ${protocol} has none`);
	}
}

function checkProxyPort({ action, proxyPort, protocol }: RuleRow): void {
	if (proxyPort === undefined) {
		return;
	}
	if (action !== 'redirect') {
		throw invalidArgument('proxyPort', proxyPort, `no port: ${action} leads to no proxy`);
	}
	if (!Number.isInteger(proxyPort) || proxyPort < 1 || proxyPort > LAST_PORT) {
		throw invalidArgument('proxyPort', proxyPort, 'an integer from 1 to 65535');
	}
	if (protocol !== TCP) {
		throw invalidArgument('protocol', protocol, `${TCP} (TCP): other connections are given to no proxy's listener`);
	}
}

function checkMeaning(row: RuleRow): void {
	if (!ACTIONS.includes(row.action)) {
		throw invalidArgument('action', row.action, ACTIONS.join(', '));
	}
	checkProxyPort(row);
	if (row.tier !== undefined && !TIERS.includes(row.tier)) {
		throw invalidArgument('tier', row.tier, TIERS.join(', '));
	}
	if (!Number.isSafeInteger(row.precedence)) {
		throw invalidArgument('precedence', row.precedence, 'an integer');
	}
	if (!isU32(row.cookie)) {
		throw invalidArgument('cookie', row.cookie, 'an integer from 0 to 4294967295');
	}
}
