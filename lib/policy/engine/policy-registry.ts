import type { PolicyRules } from '../../rules/rule.js';
import { closePolicy, openPolicy, peersOf, type LivePolicy } from './live-policy.js';
import { createMultiMap } from './multi-map.js';
import type { Selection, SelectorIndex } from './selector-index.js';

/** Told of what a policy in force changes. */
export interface PolicyListener {
	/** The policy selects the identity now, or no more. */
	selected(policy: LivePolicy, identity: number, selected: boolean): void;
	/** What the policy says is another. */
	changed(policy: LivePolicy): void;
	/** The identity is a peer of the policy now, or no more. */
	peerChanged(policy: LivePolicy, identity: number): void;
}

/** Policies in force, by name and number. */
export interface PolicyRegistry {
	get(uid: number): LivePolicy | undefined;
	named(name: string): readonly LivePolicy[];
	/** Numbers of the policies that select the identity. */
	of(identity: number): Set<number>;
	/** One a spec; none: it goes. Numbers stay with the specs' places. */
	put(name: string, specs: readonly PolicyRules[]): void;
	/** To be told by the index. */
	onMembership(selection: Selection, identity: number, joined: boolean): void;
}

export function createPolicyRegistry(index: () => SelectorIndex, listener: PolicyListener): PolicyRegistry {
	const byName = new Map<string, readonly LivePolicy[]>();
	const byUid = new Map<number, LivePolicy>();
	const asSubjects = createMultiMap<Selection, LivePolicy>();
	const asPeers = createMultiMap<Selection, LivePolicy>();
	let lastUid = 0;

	function link(policy: LivePolicy): void {
		byUid.set(policy.uid, policy);
		asSubjects.add(policy.subjects, policy);
		peersOf(policy).forEach((selection) => asPeers.add(selection, policy));
		listener.changed(policy);
		policy.subjects.members.forEach((identity) => listener.selected(policy, identity, true));
	}

	/** `next`: what takes its place under the same number. */
	function unlink(policy: LivePolicy, next: LivePolicy | undefined): void {
		asSubjects.delete(policy.subjects, policy);
		peersOf(policy).forEach((selection) => asPeers.delete(selection, policy));
		if (next === undefined) {
			byUid.delete(policy.uid);
		}
		for (const identity of policy.subjects.members) {
			if (next?.subjects.members.has(identity) !== true) {
				listener.selected(policy, identity, false);
			}
		}
	}

	return {
		get: (uid) => byUid.get(uid),
		named: (name) => byName.get(name) ?? [],
		of(identity) {
			const uids = new Set<number>();
			for (const selection of index().of(identity)) {
				for (const { uid } of asSubjects.of(selection)) {
					uids.add(uid);
				}
			}
			return uids;
		},
		put(name, specs) {
			const former = byName.get(name) ?? [];
			// Before the former ones are closed: selectors that both have keep what they selected.
			const next = specs.map((spec, i) => openPolicy(former[i]?.uid ?? ++lastUid, spec, index()));
			former.forEach((policy, i) => unlink(policy, next[i]));
			next.forEach(link);
			former.forEach((policy) => closePolicy(policy, index()));
			if (next.length === 0) {
				byName.delete(name);
			} else {
				byName.set(name, next);
			}
		},
		onMembership(selection, identity, joined) {
			for (const policy of asSubjects.of(selection)) {
				listener.selected(policy, identity, joined);
			}
			for (const policy of asPeers.of(selection)) {
				listener.peerChanged(policy, identity);
			}
		},
	};
}
