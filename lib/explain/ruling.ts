import { TIERS, type Action, type DefaultVerdict, type Tier } from '../policy/row.js';
import type { AccessVerdict } from './explanation.js';

/** What decides among rules that speak of the same packet. */
export interface Speaking {
	readonly action: Action;
	readonly audit: boolean;
	readonly tier: Tier;
	readonly precedence: number;
	readonly cookie: number;
}

export interface Ruling<T> {
	readonly verdict: AccessVerdict;
	/** The one that decided, of redirects all. Empty: the default did. */
	readonly by: readonly T[];
}

interface Outcome<T> {
	readonly action: 'allow' | 'deny' | 'redirect';
	readonly by: readonly T[];
}

/**
 * Asked twice: without what policies in audit mode deny, and with it. Where the first forwards without the L7 proxy and
 * the second denies, the packet is forwarded and reported.
 */
export function rulingOf<T extends Speaking>(speaking: readonly T[], standard: DefaultVerdict): Ruling<T> {
	const enforced = outcome(
		speaking.filter(({ action, audit }) => action !== 'deny' || !audit),
		standard === 'deny',
	);
	if (enforced.action === 'redirect') {
		return { verdict: 'redirected', by: enforced.by };
	}
	if (enforced.action === 'deny') {
		return { verdict: 'denied', by: enforced.by };
	}
	const strict = outcome(speaking, standard !== 'allow');
	return strict.action === 'deny' ? { verdict: 'audited', by: strict.by } : { verdict: 'allowed', by: enforced.by };
}

/** Tier by tier; the baseline is not asked where the subject is isolated. */
function outcome<T extends Speaking>(speaking: readonly T[], isolated: boolean): Outcome<T> {
	for (const tier of TIERS) {
		if (tier === 'baseline' && isolated) {
			break;
		}
		const decided = ofTier(speaking.filter((one) => one.tier === tier));
		if (decided !== undefined) {
			return decided;
		}
	}
	return { action: isolated ? 'deny' : 'allow', by: [] };
}

/** undefined: the next tier is asked. */
function ofTier<T extends Speaking>(speaking: readonly T[]): Outcome<T> | undefined {
	const highest = Math.max(...speaking.map(({ precedence }) => precedence));
	const heard = speaking.filter(({ precedence }) => precedence === highest).sort((a, b) => a.cookie - b.cookie);
	const saying = (wanted: Action) => heard.filter(({ action }) => action === wanted);
	const denies = saying('deny');
	if (denies.length > 0) {
		return { action: 'deny', by: denies.slice(0, 1) };
	}
	if (saying('pass').length > 0) {
		return undefined;
	}
	const allows = saying('allow');
	if (allows.length > 0) {
		return { action: 'allow', by: allows.slice(0, 1) };
	}
	const redirects = saying('redirect');
	return redirects.length > 0 ? { action: 'redirect', by: redirects } : undefined;
}

const STRICTNESS: readonly AccessVerdict[] = ['allowed', 'audited', 'redirected', 'denied'];

/** A packet passes only where both sides let it; what one side reports or redirects, the other's allow does not undo. */
export function together(...verdicts: readonly (AccessVerdict | undefined)[]): AccessVerdict {
	const worst = Math.max(0, ...verdicts.map((verdict) => STRICTNESS.indexOf(verdict ?? 'allowed')));
	return STRICTNESS[worst]!;
}
