import type { Claims } from './claims.js';
import type { RuleClass } from './rule-class.js';

/** Peers that equal rows speak of are resolved once: the rule of a thousand replicas costs what one costs. */
export interface GroupMemo {
	find(group: number, resolve: () => RuleClass | undefined): RuleClass | undefined;
}

interface Known {
	readonly group: number;
	readonly result: RuleClass | undefined;
}

export function createGroupMemo(claims: Claims): GroupMemo {
	const byHash = new Map<number, Known[]>();
	return {
		find(group, resolve) {
			const hash = hashGroup(claims, group);
			const bucket = byHash.get(hash);
			const known = bucket?.find((other) => sameGroup(claims, other.group, group));
			if (known !== undefined) {
				return known.result;
			}
			const fresh = { group, result: resolve() };
			if (bucket === undefined) {
				byHash.set(hash, [fresh]);
			} else {
				bucket.push(fresh);
			}
			return fresh.result;
		},
	};
}

function hashGroup(claims: Claims, group: number): number {
	let hash = 0x811c9dc5;
	for (let at = claims.start[group]!; at < claims.start[group + 1]!; at++) {
		const claim = claims.order[at]!;
		hash = Math.imul(hash ^ ((claims.port[claim]! << 16) | claims.endPort[claim]!), 0x9e3779b1);
		hash = Math.imul(hash ^ claims.cookie[claim]! ^ (hash >>> 15), 0x85ebca6b);
		hash = Math.imul(hash ^ claims.precedence[claim]! ^ (claims.verdict[claim]! << 9), 0xc2b2ae35);
		hash ^= claims.protocol[claim]! ^ (hash >>> 13);
	}
	return hash;
}

function sameGroup(claims: Claims, a: number, b: number): boolean {
	const size = claims.start[a + 1]! - claims.start[a]!;
	if (claims.start[b + 1]! - claims.start[b]! !== size) {
		return false;
	}
	for (let i = 0; i < size; i++) {
		if (!sameClaim(claims, claims.order[claims.start[a]! + i]!, claims.order[claims.start[b]! + i]!)) {
			return false;
		}
	}
	return true;
}

function sameClaim(claims: Claims, a: number, b: number): boolean {
	return (
		claims.port[a] === claims.port[b] &&
		claims.endPort[a] === claims.endPort[b] &&
		claims.protocol[a] === claims.protocol[b] &&
		claims.cookie[a] === claims.cookie[b] &&
		claims.verdict[a] === claims.verdict[b] &&
		claims.precedence[a] === claims.precedence[b]
	);
}
