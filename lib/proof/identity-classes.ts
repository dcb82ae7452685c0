import type { PolicyIdentity } from '../rules/policy-identity.js';
import type { Statement } from './statement.js';

/** Identities that nothing tells apart. */
export interface IdentityClass {
	readonly first: PolicyIdentity;
	readonly size: number;
}

/** Who each statement speaks of, asked once for each identity. */
export interface Audience {
	readonly identities: readonly PolicyIdentity[];
	/** Positions in `identities`. */
	of(statement: Statement): readonly number[];
	hears(statement: Statement, identity: PolicyIdentity): boolean;
}

export function createAudience(identities: readonly PolicyIdentity[]): Audience {
	const positions = new Map(identities.map(({ id }, i) => [id, i]));
	const known = new Map<Statement, { list: readonly number[]; set: ReadonlySet<number> }>();
	const ask = (statement: Statement) => {
		const list = identities.flatMap((identity, i) => (statement.speaksOfPeer(identity) ? [i] : []));
		const answer = { list, set: new Set(list) };
		known.set(statement, answer);
		return answer;
	};
	const answerOf = (statement: Statement) => known.get(statement) ?? ask(statement);
	return {
		identities,
		of: (statement) => answerOf(statement).list,
		hears: (statement, { id }) => answerOf(statement).set.has(positions.get(id) ?? -1),
	};
}

/**
 * Starts with all identities in one class, and splits classes as long as a statement, or `mark`, tells two of their
 * members apart.
 */
export function classify(
	audience: Audience,
	statements: readonly Statement[],
	mark: (identity: PolicyIdentity) => string | number | undefined,
): IdentityClass[] {
	const { identities } = audience;
	const classOf = new Int32Array(identities.length);
	let next = 1;
	const split = (members: Iterable<number>, part: (member: number) => unknown) => {
		const parts = new Map<unknown, Map<number, number>>();
		for (const member of members) {
			const which = part(member);
			const moved = parts.get(which) ?? new Map<number, number>();
			parts.set(which, moved);
			const to = moved.get(classOf[member]!) ?? next++;
			moved.set(classOf[member]!, to);
			classOf[member] = to;
		}
	};
	statements.forEach((statement) => split(audience.of(statement), () => true));
	split(identities.keys(), (member) => mark(identities[member]!));
	return collect(identities, classOf);
}

function collect(identities: readonly PolicyIdentity[], classOf: Int32Array): IdentityClass[] {
	const classes = new Map<number, { first: PolicyIdentity; size: number }>();
	identities.forEach((identity, i) => {
		const known = classes.get(classOf[i]!);
		if (known === undefined) {
			classes.set(classOf[i]!, { first: identity, size: 1 });
		} else {
			known.size++;
		}
	});
	return [...classes.values()];
}
