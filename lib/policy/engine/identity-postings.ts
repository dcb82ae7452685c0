import { SOURCE_CIDR, SOURCE_FQDN, type IdentitySelector } from '../../rules/identity-selector.js';
import type { PolicyIdentity } from '../../rules/policy-identity.js';
import { anchorsOf, CIDR_ANCHOR, FQDN_ANCHOR, keyAnchor, pairAnchor } from './anchor.js';

/** Finds the identities that a selector could match, by the labels they carry. */
export interface IdentityPostings {
	add(identity: PolicyIdentity): void;
	remove(identity: PolicyIdentity): void;
	candidates(selector: IdentitySelector): Iterable<number>;
	/** Identities that carry an anchor. */
	countOf(anchor: string): number;
}

export function createIdentityPostings(): IdentityPostings {
	const postings = new Map<string, Set<number>>();
	const all = new Set<number>();

	function countOf(anchor: string): number {
		return postings.get(anchor)?.size ?? 0;
	}

	return {
		countOf,
		add(identity) {
			all.add(identity.id);
			for (const anchor of anchorsOfIdentity(identity)) {
				const ids = postings.get(anchor);
				if (ids === undefined) {
					postings.set(anchor, new Set([identity.id]));
				} else {
					ids.add(identity.id);
				}
			}
		},
		remove(identity) {
			all.delete(identity.id);
			for (const anchor of anchorsOfIdentity(identity)) {
				const ids = postings.get(anchor);
				ids?.delete(identity.id);
				if (ids?.size === 0) {
					postings.delete(anchor);
				}
			}
		},
		*candidates(selector) {
			const anchors = anchorsOf(selector, countOf);
			if (anchors === undefined) {
				yield* all;
				return;
			}
			for (const anchor of anchors) {
				yield* postings.get(anchor) ?? [];
			}
		},
	};
}

function* anchorsOfIdentity({ labels }: PolicyIdentity): Generator<string> {
	for (const { source, key, value } of labels.labels) {
		yield pairAnchor(key, value);
		yield keyAnchor(key);
		if (source === SOURCE_CIDR) {
			yield CIDR_ANCHOR;
		}
		if (source === SOURCE_FQDN) {
			yield FQDN_ANCHOR;
		}
	}
}
