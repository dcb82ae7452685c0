import type { LiveSet, Subject } from './live-set.js';
import { createMultiMap } from './multi-map.js';

/** The policy sets there are, by number, by what they are made of, and by policy. */
export interface SetRegistry {
	readonly byKey: ReadonlyMap<string, LiveSet>;
	has(set: LiveSet): boolean;
	ofPolicy(uid: number): Iterable<LiveSet>;
	/** Sets in which names of ports count. */
	readonly named: Iterable<LiveSet>;
	/** In the place of `former`, whose number and users it has. */
	install(set: LiveSet, former?: LiveSet): void;
	move(subject: Subject, id: number): void;
	leave(subject: Subject): void;
	/** Takes out the sets that nobody points at. Their numbers are free once `released`. */
	retire(): void;
	/** Numbers in the kernel that no set has any more. */
	readonly unused: ReadonlySet<number>;
	released(): void;
	/** A set that a former process left, for its users to point at until it is made anew. */
	adopt(id: number): LiveSet | undefined;
	/** A number that has been free for long. When all are in use, one beyond `maxSets`, which the kernel has no room for. */
	nextId(taken: Set<number>): number;
}

const NO_SIDE = { image: () => undefined as never, classOf: () => undefined };

export function createSetRegistry(found: Iterable<number>, maxSets: number): SetRegistry {
	const byId = new Map<number, LiveSet>();
	const byKey = new Map<string, LiveSet>();
	const byPolicy = createMultiMap<number, LiveSet>();
	const named = new Set<LiveSet>();
	const unused = new Set(found);
	const emptied = new Set<LiveSet>();
	let last = 0;

	function uninstall(set: LiveSet): void {
		byId.delete(set.id);
		if (byKey.get(set.key) === set) {
			byKey.delete(set.key);
		}
		set.policies.forEach((uid) => byPolicy.delete(uid, set));
		named.delete(set);
	}

	function leave(subject: Subject): void {
		const { set } = subject;
		set?.users.delete(subject);
		if (set?.users.size === 0) {
			emptied.add(set);
		}
	}

	function enter(subject: Subject, set: LiveSet): void {
		subject.set = set;
		set.users.add(subject);
	}

	function install(set: LiveSet, former?: LiveSet): void {
		if (former !== undefined) {
			uninstall(former);
		}
		byId.set(set.id, set);
		byKey.set(set.key, set);
		set.policies.forEach((uid) => byPolicy.add(uid, set));
		if (set.named) {
			named.add(set);
		}
		set.users.forEach((user) => (user.set = set));
	}

	return {
		byKey,
		has: (set) => byId.get(set.id) === set,
		ofPolicy: (uid) => byPolicy.of(uid),
		named,
		install,
		move(subject, id) {
			leave(subject);
			enter(subject, byId.get(id)!);
		},
		leave,
		retire() {
			if (emptied.size === 0) {
				return;
			}
			for (const set of emptied) {
				if (set.users.size === 0 && byId.get(set.id) === set) {
					uninstall(set);
					unused.add(set.id);
				}
			}
			emptied.clear();
		},
		unused,
		released() {
			// Clearing costs a new table, also where there is nothing to clear.
			if (unused.size > 0) {
				unused.clear();
			}
		},
		adopt(id) {
			const known = byId.get(id);
			if (known !== undefined || !unused.delete(id)) {
				return known;
			}
			const sides = { ingress: NO_SIDE, egress: NO_SIDE };
			const set: LiveSet = {
				id,
				key: `adopted ${id}`,
				policies: [],
				users: new Set(),
				sides,
				own: false,
				named: false,
			};
			install(set);
			return set;
		},
		nextId(taken) {
			const isFree = (id: number) => !byId.has(id) && !unused.has(id) && !taken.has(id);
			let id = 0;
			for (let tried = 1; tried < maxSets && id === 0; tried++) {
				// 0 is the set of nobody.
				last = last + 1 < maxSets ? last + 1 : 1;
				id = isFree(last) ? last : 0;
			}
			for (let beyond = maxSets; id === 0; beyond++) {
				id = isFree(beyond) ? beyond : 0;
			}
			taken.add(id);
			return id;
		},
	};
}
