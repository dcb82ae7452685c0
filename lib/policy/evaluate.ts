import type { Direction, RuleRow, SetSpec } from './row.js';

/** A packet as policy sees it. */
export interface Question {
	readonly peer: number;
	readonly direction: Direction;
	readonly protocol: number;
	/** 0 where the protocol has none; ICMP: type << 8 | code. */
	readonly port: number;
}

export type Verdict = 'allow' | 'deny' | 'audit' | 'redirect';

export interface Answer {
	readonly verdict: Verdict;
	/** It passes without the L7 proxy. */
	readonly allowed: boolean;
	/** Origins of the rules that said so: the lowest, or of redirects all, ascending. Empty: no rule did. */
	readonly cookies: readonly number[];
}

/**
 * The oracle: looks at every row, one after the other. Shares no code with the compiler, on purpose, and must stay
 * obvious rather than fast.
 */
export function evaluate(set: SetSpec, question: Question): Answer {
	const speaking = set.rows.filter((row) => speaksOf(row, question));
	const standard = set.defaults[question.direction];
	// What counts: audited denials do not.
	const real = tierByTier(
		speaking.filter((row) => !(row.action === 'deny' && row.audit)),
		standard === 'deny',
	);
	// What would count without audit mode.
	const strict = tierByTier(speaking, standard !== 'allow');
	const realVerdict = real.action ?? (standard === 'deny' ? 'deny' : 'allow');
	const strictVerdict = strict.action ?? (standard === 'allow' ? 'allow' : 'deny');
	if (realVerdict === 'allow' && strictVerdict === 'deny') {
		return { verdict: 'audit', allowed: true, cookies: strict.cookies };
	}
	return { verdict: realVerdict, allowed: realVerdict === 'allow', cookies: real.cookies };
}

interface Decision {
	readonly action: 'allow' | 'deny' | 'redirect' | undefined;
	readonly cookies: readonly number[];
}

function tierByTier(rows: readonly RuleRow[], isolated: boolean): Decision {
	for (const tier of ['admin', 'normal', 'baseline'] as const) {
		if (tier === 'baseline' && isolated) break;
		const own = rows.filter((row) => (row.tier ?? 'normal') === tier);
		const highest = own.filter((row) => own.every((other) => other.precedence <= row.precedence));
		const cookies = (action: string) =>
			highest
				.filter((row) => row.action === action)
				.map((row) => row.cookie)
				.sort((a, b) => a - b);
		if (cookies('deny').length > 0) return { action: 'deny', cookies: cookies('deny').slice(0, 1) };
		if (cookies('pass').length > 0) continue;
		if (cookies('allow').length > 0) return { action: 'allow', cookies: cookies('allow').slice(0, 1) };
		if (cookies('redirect').length > 0) return { action: 'redirect', cookies: [...new Set(cookies('redirect'))] };
	}
	return { action: undefined, cookies: [] };
}

function speaksOf(row: RuleRow, question: Question): boolean {
	if (row.direction !== question.direction) return false;
	if (row.peer !== 'any' && row.peer !== question.peer) return false;
	if (row.port === 0 && row.endPort === 65535) {
		return row.protocol === 'any' || row.protocol === question.protocol;
	}
	const protocols = row.protocol === 'any' ? [6, 17, 132] : [row.protocol];
	return protocols.includes(question.protocol) && row.port <= question.port && question.port <= row.endPort;
}
