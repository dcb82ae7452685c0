import type { IdentitySelector } from '../../rules/identity-selector.js';
import type { PolicyIdentity } from '../../rules/policy-identity.js';
import { createIdentityPostings } from './identity-postings.js';
import { createSelectorAnchors } from './selector-anchors.js';

/** A selector in use, and the identities it selects at the moment. */
export interface Selection {
	readonly selector: IdentitySelector;
	readonly members: ReadonlySet<number>;
}

/** Told of every identity that a selection gains or loses. */
export type MembershipListener = (selection: Selection, identity: number, joined: boolean) => void;

/**
 * Which identities each selector selects, kept in step: a new identity asks only the selectors that one of its labels
 * could satisfy, a new selector only the identities that carry one of its labels.
 */
export interface SelectorIndex {
	readonly identities: ReadonlyMap<number, PolicyIdentity>;
	/** Adds the identity, or tells what is new about a known one. */
	put(identity: PolicyIdentity): void;
	remove(id: number): void;
	/** Equal selectors share one selection, until each user has released it. */
	use(selector: IdentitySelector): Selection;
	release(selection: Selection): void;
	/** Selections that an identity is in. */
	of(id: number): Iterable<Selection>;
	/** Identities that gave a port this name. */
	named(port: string): ReadonlySet<number>;
}

interface LiveSelection extends Selection {
	readonly members: Set<number>;
	users: number;
}

const NOBODY: ReadonlySet<number> = new Set();

export function createSelectorIndex(onChange: MembershipListener): SelectorIndex {
	const identities = new Map<number, PolicyIdentity>();
	const postings = createIdentityPostings();
	const anchors = createSelectorAnchors<LiveSelection>(postings.countOf);
	const selections = new Map<string, LiveSelection>();
	// Selections that an identity is in: what it leaves when it goes.
	const joined = new Map<number, Set<LiveSelection>>();
	const portNames = new Map<string, Set<number>>();

	function join(selection: LiveSelection, id: number): void {
		selection.members.add(id);
		joined.get(id)!.add(selection);
	}

	function leave(selection: LiveSelection, id: number): void {
		selection.members.delete(id);
		joined.get(id)?.delete(selection);
		onChange(selection, id, false);
	}

	function enter(identity: PolicyIdentity): void {
		const { id } = identity;
		for (const selection of anchors.candidates(identity)) {
			if (!selection.members.has(id) && selection.selector.matches(identity)) {
				join(selection, id);
				onChange(selection, id, true);
			}
		}
	}

	function namePorts({ id, namedPorts = [] }: PolicyIdentity, present: boolean): void {
		for (const { name } of namedPorts) {
			const holders = portNames.get(name) ?? new Set();
			portNames.set(name, holders);
			if (present) {
				holders.add(id);
			} else {
				holders.delete(id);
			}
		}
	}

	return {
		identities,
		put(identity) {
			const { id } = identity;
			const former = identities.get(id);
			if (former !== undefined) {
				postings.remove(former);
				namePorts(former, false);
			}
			identities.set(id, identity);
			postings.add(identity);
			namePorts(identity, true);
			const left = [...(joined.get(id) ?? [])].filter(({ selector }) => !selector.matches(identity));
			joined.set(id, joined.get(id) ?? new Set());
			left.forEach((selection) => leave(selection, id));
			enter(identity);
		},
		remove(id) {
			const identity = identities.get(id);
			if (identity === undefined) {
				return;
			}
			identities.delete(id);
			postings.remove(identity);
			namePorts(identity, false);
			[...(joined.get(id) ?? [])].forEach((selection) => leave(selection, id));
			joined.delete(id);
		},
		use(selector) {
			const known = selections.get(selector.key);
			if (known !== undefined) {
				known.users++;
				return known;
			}
			const selection: LiveSelection = { selector, members: new Set(), users: 1 };
			selections.set(selector.key, selection);
			anchors.add(selection);
			for (const id of postings.candidates(selector)) {
				if (selector.matches(identities.get(id)!)) {
					join(selection, id);
				}
			}
			return selection;
		},
		release(selection) {
			const live = selections.get(selection.selector.key);
			if (live === undefined || --live.users > 0) {
				return;
			}
			selections.delete(selection.selector.key);
			anchors.remove(live);
			live.members.forEach((id) => joined.get(id)?.delete(live));
		},
		of: (id) => joined.get(id) ?? [],
		named: (port) => portNames.get(port) ?? NOBODY,
	};
}
