import { policyActionNames, RuleFlag } from '../abi/generated.js';
import { DIRECTIONS, type SetImage } from '../policy/image.js';
import { protocolName } from '../policy/protocols.js';
import { readImage } from '../policy/read-image.js';
import { entriesOf, LEVEL_PORT, LEVEL_PROTOCOL, type ClassEntry, type RuleClass } from '../policy/rule-class.js';
import type { PinnedMaps } from './open.js';

/** One entry that the datapath may find for a peer of an endpoint. */
export interface PinnedRule {
	readonly set: number;
	/** EndpointIds whose policy this is. */
	readonly endpoints: readonly number[];
	readonly direction: 'ingress' | 'egress';
	/** Of the peer; 'any': of everyone who has no entry of its own. */
	readonly identity: number | 'any';
	readonly action: string;
	readonly audited: boolean;
	/** 'any', 'tcp', … */
	readonly protocol: string;
	/** ICMP: type << 8 | code. */
	readonly port: number;
	readonly endPort: number;
	/** Network byte order is the kernel's; this is the number. 0: no proxy. */
	readonly proxyPort: number;
	readonly cookie: number;
}

/** What happens where no rule speaks is a row of its own: every protocol, cookie 0. */
export function pinnedRules({ maps }: PinnedMaps): PinnedRule[] {
	const { sets } = readImage({ sets: maps.policySets, peers: maps.peers, rules: maps.rules });
	const endpoints = new Map<number, number[]>();
	for (const [id, { ifindex, policySet }] of maps.endpoints) {
		if (ifindex !== 0) {
			endpoints.set(policySet, [...(endpoints.get(policySet) ?? []), id]);
		}
	}
	return [...sets.values()]
		.sort((a, b) => a.id - b.id)
		.flatMap((set) => DIRECTIONS.flatMap((direction) => rowsOf(set, direction, endpoints.get(set.id) ?? [])));
}

function rowsOf(set: SetImage, direction: 'ingress' | 'egress', endpoints: readonly number[]): PinnedRule[] {
	const side = set[direction];
	const common = { set: set.id, endpoints, direction } as const;
	const of = (identity: number | 'any', known: RuleClass | undefined) =>
		known === undefined ? [] : [...entriesOf(known.words)].map((entry) => ({ ...common, identity, ...ruleOf(entry) }));
	const peers = [...side.peers].sort(([a], [b]) => a - b).flatMap(([identity, known]) => of(identity, known));
	const standard = side.default === 'audited' ? 'allow' : side.default;
	const last: PinnedRule = {
		...common,
		identity: 'any',
		action: standard,
		audited: side.default === 'audited',
		...EVERYTHING,
		proxyPort: 0,
		cookie: 0,
	};
	return [...peers, ...of('any', side.defaultClass), last];
}

const EVERYTHING = { protocol: 'any', port: 0, endPort: 65_535 } as const;

function ruleOf({ action, flags, proxyPort, cookie, ...match }: ClassEntry) {
	return {
		action: (policyActionNames[action] ?? String(action)).toLowerCase(),
		audited: (flags & RuleFlag.Audited) !== 0,
		...spanOf(match),
		proxyPort,
		cookie,
	};
}

/** A prefix of the port is a span of ports. */
function spanOf({ level, protocol, port }: Pick<ClassEntry, 'level' | 'protocol' | 'port'>) {
	if (level < LEVEL_PROTOCOL) {
		return EVERYTHING;
	}
	const width = 2 ** (LEVEL_PORT - level);
	return { protocol: protocolName(protocol), port, endPort: port + width - 1 };
}
