import { describeValue, invalidArgument } from '../errors.js';
import { parseProtocol, protocolName } from '../policy/protocols.js';
import { DIRECT_ROW_COOKIE, FIRST_PORT, LAST_PORT, checkRow } from '../policy/row.js';
import type { RuleRow, Tier } from '../policy/row.js';
import type { Direction, IdentityId, Protocol } from './types.js';

/** What a row speaks of. */
export interface PolicyKey {
	/** Identity of the other side. */
	readonly peer: IdentityId | number | 'any';
	readonly direction: Direction;
	/** 'any' with a port is TCP, UDP and SCTP; without, every protocol. */
	readonly protocol: Protocol;
	/** 0..65535, host order; ICMP: type << 8 | code. Absent: every port. */
	readonly port?: number;
	/** Last port, inclusive. @default `port` */
	readonly endPort?: number;
}

export interface PolicyEntry {
	/** 'redirect': to a proxy of your own, over TCP. Without `datapath.l7` running its connections are dropped. */
	readonly verdict: 'allow' | 'deny' | 'redirect';
	/**
	 * Of a redirect, and needed there: where your proxy listens in the namespace `datapath.l7.netns`, 1..65535. Of
	 * redirects of one precedence that meet, the lowest port has the connection.
	 */
	readonly proxyPort?: number;
	/** Higher wins; at equal precedence deny wins. Documents have 0. -2147483648..2147483647 @default 0 */
	readonly precedence?: number;
}

/** As it is told of rows of documents, too. */
export interface OwnedEntry extends Omit<PolicyEntry, 'verdict'> {
	/** 'pass': left to the next tier. 'redirect': allowed as far as the L7 proxy finds. */
	readonly verdict: PolicyEntry['verdict'] | 'pass';
	/** What it denies is forwarded and reported. */
	readonly audit?: boolean;
	/** Of ClusterNetworkPolicy. @default 'normal' */
	readonly tier?: Tier;
}

export type PolicyRow = readonly [PolicyKey, PolicyEntry];

/** Names of rows by hand. Rows that differ only in their peer have one cookie, and so one class in the kernel. */
export interface Cookies {
	acquire(row: Omit<RuleRow, 'cookie' | 'peer'>): number;
	/** A cookie that a former process gave. */
	adopt(row: Omit<RuleRow, 'peer'>): void;
	release(cookie: number): void;
	find(cookie: number): Omit<RuleRow, 'cookie' | 'peer'> | undefined;
}

interface Shape {
	readonly text: string;
	readonly row: Omit<RuleRow, 'cookie' | 'peer'>;
	users: number;
}

export function createCookies(): Cookies {
	const byText = new Map<string, number>();
	const byCookie = new Map<number, Shape>();
	let last = DIRECT_ROW_COOKIE;

	function nextCookie(): number {
		do {
			last = last === 0xffff_ffff ? DIRECT_ROW_COOKIE + 1 : last + 1;
		} while (byCookie.has(last));
		return last;
	}

	function insert(row: Omit<RuleRow, 'cookie' | 'peer'>, cookie: number): void {
		const text = shapeText(row);
		byText.set(text, cookie);
		byCookie.set(cookie, { text, row, users: 0 });
		last = Math.max(last, cookie);
	}

	function use(cookie: number): number {
		const shape = byCookie.get(cookie);
		if (shape !== undefined) {
			shape.users++;
		}
		return cookie;
	}

	return {
		acquire(row) {
			const known = byText.get(shapeText(row));
			if (known !== undefined) {
				return use(known);
			}
			const cookie = nextCookie();
			insert(row, cookie);
			return use(cookie);
		},
		adopt(row) {
			if (!byCookie.has(row.cookie)) {
				insert(row, row.cookie);
			}
			use(row.cookie);
		},
		release(cookie) {
			const shape = byCookie.get(cookie);
			if (shape !== undefined && --shape.users === 0) {
				byText.delete(shape.text);
				byCookie.delete(cookie);
			}
		},
		find: (cookie) => byCookie.get(cookie)?.row,
	};
}

/** A row whose cookie has yet to be given. */
export type UnnamedRow = Omit<RuleRow, 'cookie'> & { cookie: number };

/** @throws ERR_INVALID_ARGUMENT naming the field */
export function toRuleRow([key, entry]: PolicyRow): UnnamedRow {
	if (entry.verdict === 'redirect' && entry.proxyPort === undefined) {
		throw invalidArgument('proxyPort', undefined, 'the port of your proxy, since the verdict is redirect');
	}
	const protocol = parseProtocol(key.protocol);
	if (protocol === undefined) {
		throw invalidArgument(
			'protocol',
			key.protocol,
			"'any', 'tcp', 'udp', 'sctp', 'icmp', 'icmpv6' or a number from 0 to 255",
		);
	}
	if (key.port === undefined && key.endPort !== undefined) {
		throw invalidArgument('port', undefined, `a port, since endPort is ${describeValue(key.endPort)}`);
	}
	const row = {
		peer: key.peer,
		direction: key.direction,
		protocol,
		port: key.port ?? FIRST_PORT,
		endPort: key.endPort ?? key.port ?? LAST_PORT,
		action: entry.verdict,
		...(entry.proxyPort === undefined ? {} : { proxyPort: entry.proxyPort }),
		precedence: entry.precedence ?? 0,
		cookie: 0,
	};
	checkRow(row);
	if ((row.precedence | 0) !== row.precedence) {
		throw invalidArgument('precedence', row.precedence, 'an integer from -2147483648 to 2147483647');
	}
	return row;
}

export function keyOfRow(row: Omit<RuleRow, 'cookie'>): PolicyKey {
	const everyPort = row.port === FIRST_PORT && row.endPort === LAST_PORT;
	const name = protocolName(row.protocol);
	return {
		peer: row.peer,
		direction: row.direction,
		protocol: (/^\d+$/.test(name) ? Number(name) : name) as Protocol,
		...(everyPort ? {} : { port: row.port }),
		...(everyPort || row.endPort === row.port ? {} : { endPort: row.endPort }),
	};
}

export function entryOfRow({ action, audit, tier, precedence, proxyPort }: Omit<RuleRow, 'cookie'>): OwnedEntry {
	return {
		verdict: action,
		...(proxyPort === undefined ? {} : { proxyPort }),
		...(precedence === 0 ? {} : { precedence }),
		...(audit === true ? { audit } : {}),
		...(tier === undefined || tier === 'normal' ? {} : { tier }),
	};
}

/** Of a row by hand. */
export function fromRuleRow(row: Omit<RuleRow, 'cookie'>): PolicyRow {
	return [keyOfRow(row), entryOfRow(row) as PolicyEntry];
}

/** Rows with equal keys speak of the same traffic: the later replaces the earlier. */
export function rowKey(row: Pick<RuleRow, 'peer' | 'direction' | 'protocol' | 'port' | 'endPort'>): string {
	return `${row.peer} ${row.direction} ${row.protocol} ${row.port} ${row.endPort}`;
}

/** `allow ingress tcp 8080`, `redirect ingress tcp 8080 to 9000` */
export function describeRow(row: Omit<RuleRow, 'cookie' | 'peer'>): string {
	const everyPort = row.port === FIRST_PORT && row.endPort === LAST_PORT;
	const ports = row.endPort === row.port ? `${row.port}` : `${row.port}-${row.endPort}`;
	const proxy = row.proxyPort === undefined ? '' : ` to ${row.proxyPort}`;
	return `${row.action} ${row.direction} ${protocolName(row.protocol)}${everyPort ? '' : ` ${ports}`}${proxy}`;
}

function shapeText(row: Omit<RuleRow, 'cookie' | 'peer'>): string {
	return `${row.direction} ${row.protocol} ${row.port} ${row.endPort} ${row.action} ${row.proxyPort ?? 0} ${row.precedence}`;
}
