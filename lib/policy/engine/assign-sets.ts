import type { LiveSet, Subject } from './live-set.js';

/** A set that is to be made, whole: new, or in the place of one that all its users leave together. */
export interface SetDraft {
	readonly id: number;
	readonly key: string;
	/** Any of its future users: they agree in all that the set is made of. */
	readonly model: Subject;
	/** The set whose number it takes over. */
	readonly replaces: LiveSet | undefined;
}

export interface Assignment {
	readonly drafts: readonly SetDraft[];
	/** Subjects that change to another number, or get their first. */
	readonly moves: ReadonlyMap<Subject, number>;
	/** Sets that all their users leave, and that stay as they are until then. */
	readonly retired: ReadonlySet<LiveSet>;
}

export const NO_ASSIGNMENT: Assignment = { drafts: [], moves: new Map(), retired: new Set() };

export interface AssignmentParts {
	/** Subjects whose key may have changed, with the key they should have. */
	readonly wanted: ReadonlyMap<Subject, string>;
	readonly byKey: ReadonlyMap<string, LiveSet>;
	/** Sets of which something else than their users changes. */
	readonly isDirty: (set: LiveSet) => boolean;
	readonly dirty: Iterable<LiveSet>;
	nextId(): number;
}

/**
 * Who gets which set. The order of the writes is: sets that are made or changed, then the endpoints' pointers, then what
 * nobody points at. So a set may change in place only while nobody that leaves it still points at it.
 */
export function assignSets({ wanted, byKey, isDirty, dirty, nextId }: AssignmentParts): Assignment {
	const drafts = new Map<string, SetDraft>();
	const moves = new Map<Subject, number>();
	const retired = new Set<LiveSet>();
	const movers = new Map<Subject, string>();
	const draft = (key: string, model: Subject, replaces?: LiveSet) => {
		const made = { id: replaces?.id ?? nextId(), key, model, replaces };
		drafts.set(key, made);
		return made;
	};

	for (const [set, leaving] of bySet(wanted)) {
		if (set === undefined) {
			leaving.forEach((subject) => movers.set(subject, wanted.get(subject)!));
			continue;
		}
		const [first] = leaving;
		const key = wanted.get(first!)!;
		const stayers = [...set.users].filter((user) => !user.dropped && !wanted.has(user));
		if (
			stayers.length === 0 &&
			leaving.every((one) => wanted.get(one) === key) &&
			!byKey.has(key) &&
			!drafts.has(key)
		) {
			draft(key, first!, set);
			continue;
		}
		leaving.forEach((subject) => movers.set(subject, wanted.get(subject)!));
		if (isDirty(set)) {
			stayers.forEach((subject) => movers.set(subject, set.key));
			retired.add(set);
		}
	}
	for (const set of dirty) {
		const model = [...set.users].find((user) => !user.dropped && !wanted.has(user));
		if (model !== undefined && !retired.has(set)) {
			draft(set.key, model, set);
		}
	}
	const replaced = new Set([...drafts.values()].map(({ replaces }) => replaces));
	for (const [subject, key] of movers) {
		const known = byKey.get(key);
		const usable = known !== undefined && !retired.has(known) && !replaced.has(known) ? known.id : undefined;
		moves.set(subject, drafts.get(key)?.id ?? usable ?? draft(key, subject).id);
	}
	return { drafts: [...drafts.values()], moves, retired };
}

function bySet(wanted: ReadonlyMap<Subject, string>): Map<LiveSet | undefined, Subject[]> {
	const sets = new Map<LiveSet | undefined, Subject[]>();
	for (const subject of wanted.keys()) {
		const list = sets.get(subject.set);
		if (list === undefined) {
			sets.set(subject.set, [subject]);
		} else {
			list.push(subject);
		}
	}
	return sets;
}
