import type { RuleRow } from '../row.js';
import { DIRECTIONS } from '../image.js';
import type { LiveRule } from './live-policy.js';
import { rowsOfRule } from './rule-rows.js';
import type { SelectorIndex } from './selector-index.js';
import type { SetSource } from './side-compiler.js';

/** All that is said of a subject, one row a peer and port. */
export function* rowsOfSource({ policies, direct, namedPorts }: SetSource, index: SelectorIndex): Generator<RuleRow> {
	yield* direct.byKey.values();
	for (const direction of DIRECTIONS) {
		for (const rule of policies.flatMap(({ rules }) => rules).filter((one) => one.rule.direction === direction)) {
			for (const peer of peersOf(rule, index)) {
				const peerPorts = peer === 'any' ? undefined : index.identities.get(peer)?.namedPorts;
				yield* rowsOfRule(rule.rule, peer, direction === 'ingress' ? namedPorts : (peerPorts ?? []));
			}
		}
	}
}

/** Each once, in order. */
export function peersOf({ peers, portNames, rule }: LiveRule, index: SelectorIndex): readonly (number | 'any')[] {
	if (peers !== 'any') {
		return sorted(new Set(peers.flatMap(({ members }) => [...members])));
	}
	const holders = rule.direction === 'egress' ? portNames.flatMap((name) => [...index.named(name)]) : [];
	return ['any', ...sorted(new Set(holders))];
}

function sorted(ids: Iterable<number>): number[] {
	return [...ids].sort((a, b) => a - b);
}
