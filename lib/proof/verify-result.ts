import type { Direction } from '../policy/row.js';
import type { ProofVerdict, Reason } from './question.js';

/** Where the tables and the documents disagree. */
export interface Counterexample {
	/** Identities. */
	readonly subject: number;
	readonly peer: number;
	/** How many identities are treated as this peer is, itself among them. */
	readonly peersAlike: number;
	readonly direction: Direction;
	readonly protocol: number;
	/** The first and the last port of which the same is true. */
	readonly port: number;
	readonly endPort: number;
	/** What the documents say. */
	readonly expected: ProofVerdict;
	/** What the tables answer. */
	readonly found: ProofVerdict;
	/** What the documents' verdict rests on. */
	readonly reasons: readonly Reason[];
	/** The rule that the tables name. */
	readonly rule?: readonly Reason[];
}

/** An entry of the peers table for an identity that there is not. */
export interface StalePeer {
	readonly set: number;
	readonly direction: Direction;
	readonly identity: number;
}

export interface VerifyResult {
	readonly ok: boolean;
	/** Questions asked: one for each class of identities, protocol and interval of ports. */
	readonly checked: number;
	/** Classes of subjects × classes of peers × directions. */
	readonly classes: number;
	/** All of them, however many are listed. */
	readonly wrong: number;
	/** The first of them. */
	readonly counterexamples: readonly Counterexample[];
	readonly stale: readonly StalePeer[];
}

/** Collects what is wrong; neighbouring ports of which the same is true are one. */
export interface Findings {
	readonly wrong: number;
	readonly counterexamples: readonly Counterexample[];
	add(found: Counterexample): void;
}

export function createFindings(limit: number): Findings {
	const kept: Counterexample[] = [];
	let wrong = 0;
	let last: Counterexample | undefined;
	return {
		get wrong() {
			return wrong;
		},
		counterexamples: kept,
		add(found) {
			if (last !== undefined && continues(last, found)) {
				last = { ...last, endPort: found.endPort };
				if (wrong <= limit) {
					kept[kept.length - 1] = last;
				}
				return;
			}
			last = found;
			wrong++;
			if (wrong <= limit) {
				kept.push(found);
			}
		},
	};
}

function continues(last: Counterexample, next: Counterexample): boolean {
	return next.port === last.endPort + 1 && sameBeside(last) === sameBeside(next);
}

function sameBeside(one: Counterexample): string {
	return JSON.stringify({ ...one, port: 0, endPort: 0 });
}
