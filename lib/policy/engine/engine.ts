import type { PolicyIdentity } from '../../rules/policy-identity.js';
import type { PolicyRules } from '../../rules/rule.js';
import type { SetPatch } from '../delta.js';
import { DIRECTIONS, type SetImage } from '../image.js';
import type { DefaultVerdict, Direction, RuleRow } from '../row.js';
import type { PlannedChange, PolicyTable } from '../table.js';
import { assignSets, NO_ASSIGNMENT, type Assignment, type SetDraft } from './assign-sets.js';
import { createDirectRows } from './direct-rows.js';
import { createDirtyPeers, patchOf } from './dirty-peers.js';
import type { LivePolicy } from './live-policy.js';
import { keyOf, type LiveSet, type Subject } from './live-set.js';
import { createPolicyRegistry } from './policy-registry.js';
import { portsKey } from './rule-rows.js';
import { createSelectorIndex, type SelectorIndex } from './selector-index.js';
import { createSetRegistry } from './set-registry.js';
import { createSideCompiler, defaultOf, type SetSource } from './side-compiler.js';
import { rowsOfSource } from './subject-rows.js';

/** What is to be written, worked out. Exactly one of `commit` and `discard` is to be called, once. */
export interface EngineChange {
	readonly change: PlannedChange;
	/** Identities whose set has another number now: their endpoints are to be pointed at it. */
	commit(): readonly number[];
	discard(): void;
}

/**
 * Policies, identities and rows by hand, and the kernel's tables that follow from them. Every verb only notes what it
 * changes; `flush` works out the writes, whose cost follows what was changed and not what exists. Touches no kernel.
 */
export interface PolicyEngine {
	readonly index: SelectorIndex;
	/** Identities that have a policy set. */
	readonly subjects: ReadonlyMap<number, Subject>;
	putIdentity(identity: PolicyIdentity): void;
	removeIdentity(id: number): void;
	/** The identity gets a policy set. `set`: the number that a former process gave it. */
	addSubject(identity: number, set?: number): Subject;
	dropSubject(identity: number): void;
	/** Takes a `dropSubject` back. */
	reviveSubject(subject: Subject): void;
	/** One a spec. Empty: the policy goes. */
	putPolicy(name: string, specs: readonly PolicyRules[]): void;
	policiesOf(name: string): readonly LivePolicy[];
	putDirect(subject: Subject, key: string, row: RuleRow): void;
	removeDirect(subject: Subject, key: string): void;
	/** Undefined where nothing has changed. */
	flush(): EngineChange | undefined;
	/** All rows of one identity, by hand and of documents. */
	rowsOf(identity: number): Generator<RuleRow>;
	defaultOf(identity: number, direction: Direction): DefaultVerdict;
}

export interface EngineParts {
	readonly table: PolicyTable;
	/** One number for several rules whose L7 parts count together. */
	unionOf(cookies: readonly number[]): number;
	/** Numbers of sets are below, while there are free ones. */
	readonly maxSets?: number;
}

export function createPolicyEngine({ table, unionOf, maxSets = 2 ** 31 }: EngineParts): PolicyEngine {
	const policies = createPolicyRegistry(() => index, { selected, changed, peerChanged });
	const index = createSelectorIndex(policies.onMembership);
	const subjects = new Map<number, Subject>();
	const sets = createSetRegistry(table.sets.keys(), maxSets);
	const dirtySubjects = new Set<Subject>();
	const dirtySets = new Set<LiveSet>();
	const dirtyPeers = createDirtyPeers();

	function selected(policy: LivePolicy, identity: number, isSelected: boolean): void {
		const subject = subjects.get(identity);
		if (subject === undefined) {
			return;
		}
		if (isSelected) {
			subject.policies.add(policy.uid);
		} else {
			subject.policies.delete(policy.uid);
		}
		dirtySubjects.add(subject);
	}

	function changed({ uid }: LivePolicy): void {
		for (const set of sets.ofPolicy(uid)) {
			dirtySets.add(set);
		}
	}

	function peerChanged({ uid }: LivePolicy, identity: number): void {
		for (const set of sets.ofPolicy(uid)) {
			touchPeer(set, identity);
		}
	}

	function touchPeer(set: LiveSet, identity: number): void {
		DIRECTIONS.forEach((direction) => dirtyPeers.add(set, direction, identity));
	}

	function namesChanged(identity: number): void {
		for (const set of sets.named) {
			touchPeer(set, identity);
		}
	}

	function sourceOf({ policies: uids, direct, namedPorts }: Subject): SetSource {
		return { policies: [...uids].sort((a, b) => a - b).map((uid) => policies.get(uid)!), direct, namedPorts };
	}

	/** Of a subject whose policies look names of ports up at it. */
	function ownPortsKey(subject: Subject): string {
		const named = [...subject.policies].some((uid) =>
			policies.get(uid)!.rules.some(({ rule, portNames }) => rule.direction === 'ingress' && portNames.length > 0),
		);
		return named ? `@${portsKey(subject)}` : '';
	}

	function wantedKeys(): Map<Subject, string> {
		const wanted = new Map<Subject, string>();
		for (const subject of dirtySubjects) {
			const key = subject.dropped ? subject.set?.key : keyOf(subject, ownPortsKey);
			if (key !== undefined && subject.set?.key !== key) {
				wanted.set(subject, key);
			}
		}
		return wanted;
	}

	function assign(): Assignment {
		const taken = new Set<number>();
		return assignSets({
			wanted: wantedKeys(),
			byKey: sets.byKey,
			isDirty: (set) => dirtySets.has(set) || dirtyPeers.bySet.has(set),
			dirty: [...dirtySets].filter(sets.has),
			nextId: () => sets.nextId(taken),
		});
	}

	function build({ id, key, model, replaces }: SetDraft): { set: LiveSet; image: SetImage } {
		const source = sourceOf(model);
		const parts = { index, classes: table.classes, unionOf };
		const [ingress, egress] = DIRECTIONS.map((direction) => createSideCompiler(source, direction, parts));
		const set: LiveSet = {
			id,
			key,
			policies: source.policies.map(({ uid }) => uid),
			users: replaces?.users ?? new Set(),
			sides: { ingress: ingress!, egress: egress! },
			own: source.direct.byKey.size > 0,
			named: source.policies.some(({ rules }) => rules.some(({ portNames }) => portNames.length > 0)),
		};
		return { set, image: { id, ingress: ingress!.image(), egress: egress!.image() } };
	}

	function patches(skipped: (set: LiveSet) => boolean): [number, SetPatch][] {
		const made: [number, SetPatch][] = [];
		for (const [set, peers] of dirtyPeers.bySet) {
			if (sets.has(set) && !skipped(set)) {
				made.push([set.id, patchOf(set, peers)]);
			}
		}
		return made;
	}

	function settle(): void {
		sets.retire();
		// Clearing costs a new table, also where there is nothing to clear.
		[dirtySubjects, dirtySets, dirtyPeers.bySet].forEach((dirty) => dirty.size > 0 && dirty.clear());
	}

	function flush(): EngineChange | undefined {
		if (dirtySubjects.size + dirtySets.size + dirtyPeers.bySet.size + sets.unused.size === 0) {
			return undefined;
		}
		const remove = sets.unused.size === 0 ? [] : [...sets.unused].filter((id) => table.sets.has(id));
		const { drafts, moves, retired } = dirtySubjects.size + dirtySets.size === 0 ? NO_ASSIGNMENT : assign();
		const built = drafts.map(build);
		const patch = patches((set) => retired.has(set) || drafts.some(({ replaces }) => replaces === set));
		const change = table.plan({ put: built.map(({ image }) => image), patch, remove });
		return {
			change,
			commit() {
				change.commit();
				sets.released();
				built.forEach(({ set }, i) => sets.install(set, drafts[i]!.replaces));
				moves.forEach((id, subject) => sets.move(subject, id));
				dirtySubjects.forEach((subject) => subject.dropped && sets.leave(subject));
				settle();
				return [...moves.keys()].map(({ identity }) => identity);
			},
			discard: () => change.discard(),
		};
	}

	/** Rows by hand of one peer are a matter of this peer alone, but for the first and the last of a direction. */
	function editDirect(subject: Subject, row: RuleRow, edit: () => void): void {
		const { direct, set } = subject;
		const spoke = direct.speaks(row.direction);
		const had = direct.byKey.size > 0;
		edit();
		if (had !== direct.byKey.size > 0) {
			dirtySubjects.add(subject);
		}
		if (set?.own !== true) {
			// It gets one of its own, made whole.
			return;
		}
		if (row.peer === 'any' || spoke !== direct.speaks(row.direction)) {
			dirtySets.add(set);
		} else {
			dirtyPeers.add(set, row.direction, row.peer);
		}
	}

	return {
		index,
		subjects,
		putIdentity(identity) {
			const former = index.identities.get(identity.id);
			index.put(identity);
			if (portsKey(former) === portsKey(identity)) {
				return;
			}
			namesChanged(identity.id);
			const subject = subjects.get(identity.id);
			if (subject !== undefined) {
				subject.namedPorts = identity.namedPorts ?? [];
				dirtySubjects.add(subject);
			}
		},
		removeIdentity(id) {
			if (portsKey(index.identities.get(id)) !== '') {
				namesChanged(id);
			}
			index.remove(id);
		},
		addSubject(identity, set) {
			const known = subjects.get(identity);
			if (known !== undefined) {
				return known;
			}
			const subject: Subject = {
				identity,
				direct: createDirectRows(),
				policies: policies.of(identity),
				namedPorts: index.identities.get(identity)?.namedPorts ?? [],
				set: set === undefined ? undefined : sets.adopt(set),
				dropped: false,
			};
			subject.set?.users.add(subject);
			subjects.set(identity, subject);
			dirtySubjects.add(subject);
			return subject;
		},
		dropSubject(identity) {
			const subject = subjects.get(identity);
			if (subject !== undefined) {
				subjects.delete(identity);
				subject.dropped = true;
				dirtySubjects.add(subject);
			}
		},
		reviveSubject(subject) {
			subjects.set(subject.identity, subject);
			subject.dropped = false;
			subject.policies = policies.of(subject.identity);
			if (subject.set !== undefined && sets.has(subject.set)) {
				subject.set.users.add(subject);
			} else {
				subject.set = undefined;
			}
			dirtySubjects.add(subject);
		},
		putPolicy: policies.put,
		policiesOf: policies.named,
		putDirect(subject, key, row) {
			editDirect(subject, row, () => subject.direct.put(key, row));
		},
		removeDirect(subject, key) {
			const row = subject.direct.byKey.get(key);
			if (row !== undefined) {
				editDirect(subject, row, () => subject.direct.remove(key));
			}
		},
		flush,
		*rowsOf(identity) {
			const subject = subjects.get(identity);
			if (subject !== undefined) {
				yield* rowsOfSource(sourceOf(subject), index);
			}
		},
		defaultOf(identity, direction) {
			const subject = subjects.get(identity);
			return subject === undefined ? 'allow' : defaultOf(sourceOf(subject), direction);
		},
	};
}
