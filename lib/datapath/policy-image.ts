import * as abi from '../abi/generated.js';
import type { KernelMaps } from '../kernel/maps.js';
import { EMPTY_SIDE } from '../policy/image.js';
import type { SetImage, SideImage, TableImage } from '../policy/image.js';
import { LEVEL_BASE_BITS, packMatch, packVerdict } from '../policy/rule-class.js';
import type { RuleClass } from '../policy/rule-class.js';
import type { Direction } from './types.js';

type Peers = Map<string, Map<number, RuleClass>>;

/** What a former process left in the kernel's policy tables. */
export function readPolicyImage(maps: KernelMaps): TableImage {
	const classes = readClasses(maps);
	const peers: Peers = new Map();
	for (const [{ policySet, identity, direction }, { ruleClass }] of maps.peers) {
		const known = classes.get(ruleClass);
		if (known === undefined) {
			// Its rules never came: the process died between two writes, and nothing refers to the set yet.
			continue;
		}
		const key = sideKey(policySet, direction);
		const side = peers.get(key) ?? new Map<number, RuleClass>();
		peers.set(key, side.set(identity, known));
	}
	const sets = new Map<number, SetImage>();
	for (const [id, value] of maps.policySets) {
		if (value.flags !== 0 || peers.has(sideKey(id, 0)) || peers.has(sideKey(id, 1))) {
			sets.set(id, readSet(id, value, classes, peers));
		}
	}
	return { sets, classes };
}

function readSet(
	id: number,
	{ flags, defaultClass }: abi.PolicySet,
	classes: ReadonlyMap<number, RuleClass>,
	peers: Peers,
): SetImage {
	const side = (direction: 0 | 1, defaultDeny: number): SideImage => ({
		...EMPTY_SIDE,
		defaultDeny: (flags & defaultDeny) !== 0,
		defaultClass: classes.get(defaultClass[direction]),
		peers: peers.get(sideKey(id, direction)) ?? new Map<number, RuleClass>(),
	});
	return {
		id,
		ingress: side(abi.Direction.Ingress, abi.PolicySetFlag.IngressDefaultDeny),
		egress: side(abi.Direction.Egress, abi.PolicySetFlag.EgressDefaultDeny),
	};
}

function readClasses(maps: KernelMaps): Map<number, RuleClass> {
	const entries = new Map<number, { direction: Direction; rows: [number, number, number][] }>();
	for (const [key, rule] of maps.rules) {
		const direction: Direction = key.direction === abi.Direction.Ingress ? 'ingress' : 'egress';
		const found = entries.get(key.ruleClass) ?? { direction, rows: [] };
		const match = packMatch(key.prefixlen - LEVEL_BASE_BITS, key.protocol, key.port);
		found.rows.push([match, packVerdict(rule.action, rule.audit !== 0, rule.proxyPort), rule.cookie]);
		entries.set(key.ruleClass, found);
	}
	const classes = new Map<number, RuleClass>();
	for (const [id, { direction, rows }] of entries) {
		const sorted = rows.sort(([a], [b]) => a - b);
		classes.set(id, { id, direction, words: Uint32Array.from(sorted.flat()), size: rows.length });
	}
	return classes;
}

function sideKey(set: number, direction: number): string {
	return `${set} ${direction}`;
}
