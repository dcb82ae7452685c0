import type { NamedPort } from '../../rules/policy-identity.js';
import type { SideCompiler } from './side-compiler.js';
import type { DirectRows } from './direct-rows.js';
import type { Direction } from '../row.js';

/** An identity whose endpoints policy is enforced on. */
export interface Subject {
	readonly identity: number;
	readonly direct: DirectRows;
	/** Numbers of the policies that select it. */
	policies: Set<number>;
	namedPorts: readonly NamedPort[];
	/** Undefined until the first flush. */
	set: LiveSet | undefined;
	dropped: boolean;
}

/**
 * One policy set of the kernel: all that applies to its subjects. Identities that the same policies select share one,
 * unless rows by hand, or names of ports, tell them apart.
 */
export interface LiveSet {
	/** Number in the kernel. */
	readonly id: number;
	/** What it is made of, as text. */
	readonly key: string;
	/** Their numbers. */
	readonly policies: readonly number[];
	readonly users: Set<Subject>;
	readonly sides: Readonly<Record<Direction, SideCompiler>>;
	/** Of one subject alone, for its rows by hand. */
	readonly own: boolean;
	/** True where the class of a peer depends on the names of its ports. */
	readonly named: boolean;
}

/** Equal for subjects that can share a set. */
export function keyOf(subject: Subject, portsKey: (subject: Subject) => string): string {
	const uids = [...subject.policies].sort((a, b) => a - b);
	const own = subject.direct.byKey.size > 0 ? `#${subject.identity}` : '';
	return `${uids.join()}${own}${portsKey(subject)}`;
}
