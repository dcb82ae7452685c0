import { prefixOf } from '../../rules/identity-selector.js';
import type { IdentitySelector } from '../../rules/identity-selector.js';
import type { PolicyIdentity } from '../../rules/policy-identity.js';
import { SOURCE_CIDR, SOURCE_FQDN } from '../../rules/identity-selector.js';
import { createPrefixMap } from './prefix-map.js';
import { anchorsOf, type AnchorCost, CIDR_ANCHOR, FQDN_ANCHOR, keyAnchor, pairAnchor } from './anchor.js';

/** Finds the selectors that could match an identity, by its labels and by the prefixes around its own. */
export interface SelectorAnchors<T> {
	add(entry: T): void;
	remove(entry: T): void;
	candidates(identity: PolicyIdentity): Iterable<T>;
}

/** `countOf`: identities that carry an anchor. */
export function createSelectorAnchors<T extends { readonly selector: IdentitySelector }>(
	countOf: AnchorCost,
): SelectorAnchors<T> {
	const shelves = new Map<T, Set<T>[]>();
	const byAnchor = new Map<string, Set<T>>();
	const byPrefix = createPrefixMap<Set<T>>();
	const open = new Set<T>();

	/** What many identities carry is asked often, and where many selectors are, many are asked. */
	function costOf(anchor: string): number {
		return countOf(anchor) + (byAnchor.get(anchor)?.size ?? 0);
	}

	function shelvesOf({ selector }: T): Set<T>[] {
		const anchors = anchorsOf(selector, costOf);
		if (anchors === undefined) {
			return [open];
		}
		if (selector.kind === 'cidr') {
			return [byPrefix.ensure(selector.cidr, () => new Set())];
		}
		return anchors.map((anchor) => {
			const shelf = byAnchor.get(anchor) ?? new Set();
			byAnchor.set(anchor, shelf);
			return shelf;
		});
	}

	return {
		add(entry) {
			const own = shelvesOf(entry);
			shelves.set(entry, own);
			own.forEach((shelf) => shelf.add(entry));
		},
		remove(entry) {
			shelves.get(entry)?.forEach((shelf) => shelf.delete(entry));
			shelves.delete(entry);
		},
		*candidates({ labels }) {
			yield* open;
			for (const { source, key, value } of labels.labels) {
				yield* byAnchor.get(pairAnchor(key, value)) ?? [];
				yield* byAnchor.get(keyAnchor(key)) ?? [];
				if (source === SOURCE_FQDN || source === SOURCE_CIDR) {
					yield* byAnchor.get(source === SOURCE_FQDN ? FQDN_ANCHOR : CIDR_ANCHOR) ?? [];
				}
			}
			const prefix = prefixOf(labels);
			for (const shelf of prefix === undefined ? [] : byPrefix.around(prefix)) {
				yield* shelf;
			}
		},
	};
}
