import type { Action, Tier } from '../policy/row.js';
import type { Judgement, ProofEnforcement, Reason } from './question.js';
import type { Statement } from './statement.js';

/** What speaks of one packet. */
export interface Heard {
	readonly statements: readonly Statement[];
	/** Policies of the subject that deny what nothing allows. */
	readonly isolating: readonly { readonly audit: boolean; readonly reason: Reason }[];
	readonly enforcement: ProofEnforcement;
}

interface Outcome {
	readonly verdict: 'allow' | 'deny' | 'redirect';
	readonly reasons: readonly Reason[];
}

/**
 * Told twice: as if the policies in audit mode denied nothing, and as if they denied in earnest. Where the first
 * forwards and the second denies, the packet is forwarded and reported.
 */
export function judge(heard: Heard): Judgement {
	if (heard.enforcement === 'never') {
		return { verdict: 'allow', reasons: [] };
	}
	const real = outcome({
		...heard,
		statements: heard.statements.filter(({ audit }) => !audit),
		isolating: heard.isolating.filter(({ audit }) => !audit),
	});
	const strict = outcome(heard);
	return real.verdict === 'allow' && strict.verdict === 'deny' ? { ...strict, verdict: 'audit' } : real;
}

const TIERS: readonly Tier[] = ['admin', 'normal', 'baseline'];

/** Tier after tier; between the policies of users and the baseline stands what isolation denies. */
function outcome({ statements, isolating, enforcement }: Heard): Outcome {
	for (const tier of TIERS) {
		const said = loudest(statements.filter((one) => one.tier === tier));
		const verdict = said[0]?.action;
		if (verdict !== undefined && verdict !== 'pass') {
			return { verdict, reasons: reasonsOf(said) };
		}
		// An endpoint that is always enforced is isolated without any policy.
		if (tier === 'normal' && (isolating.length > 0 || enforcement === 'always')) {
			return { verdict: 'deny', reasons: reasonsOf(isolating) };
		}
	}
	return { verdict: 'allow', reasons: [] };
}

const ORDER: readonly Action[] = ['deny', 'pass', 'allow', 'redirect'];

/** Those of the highest rank; among them, those of the strongest action. */
function loudest(statements: readonly Statement[]): readonly Statement[] {
	const top = Math.max(...statements.map(({ rank }) => rank));
	const heard = statements.filter(({ rank }) => rank === top);
	const action = ORDER.find((each) => heard.some((one) => one.action === each));
	return heard.filter((one) => one.action === action);
}

/** Each once. */
function reasonsOf(said: readonly { readonly reason: Reason }[]): readonly Reason[] {
	const distinct = new Map(said.map(({ reason }) => [`${reason.document} ${reason.path}`, reason]));
	return [...distinct.values()];
}
