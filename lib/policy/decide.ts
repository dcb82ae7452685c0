import { TIERS, type DefaultVerdict, type RuleRow } from './row.js';

/** What a packet meets that these rows, and no others, speak of. */
export interface Outcome {
	readonly action: 'allow' | 'deny' | 'redirect';
	/** Of a deny: it is told, and the packet forwarded. */
	readonly audited: boolean;
	/** Said by a baseline policy, or over the default: the endpoint's own isolation, where it is, goes before. */
	readonly soft: boolean;
	readonly cookie: number;
}

export interface DecideOptions {
	readonly default: DefaultVerdict;
	unionOf(cookies: readonly number[]): number;
}

type Plain = { readonly action: 'allow' | 'deny' | 'redirect'; readonly cookie: number } | undefined;

/**
 * undefined: they are silent. What is audited never opens anything: it shows only where the rest would let the packet
 * pass without the L7 proxy.
 */
export function decideCell(rows: readonly RuleRow[], options: DecideOptions): Outcome | undefined {
	const real = rows.filter((row) => row.action !== 'deny' || row.audit !== true);
	const enforced = decide(real, options.default === 'deny', options);
	const soft = decide(real, true, options) === undefined;
	if (enforced === undefined && options.default === 'deny') {
		return undefined;
	}
	if (enforced?.action === 'deny' || enforced?.action === 'redirect') {
		return { ...enforced, audited: false, soft };
	}
	const strict = decide(rows, options.default !== 'allow', options);
	if (strict?.action === 'deny') {
		return { ...strict, audited: true, soft };
	}
	if (enforced === undefined) {
		return undefined;
	}
	// Only an audited default stands between the normal rules and the allow of the baseline.
	return strict === undefined
		? { action: 'deny', audited: true, soft, cookie: 0 }
		: { ...enforced, audited: false, soft };
}

/** Tier by tier: of a tier's rows those of the highest precedence count. */
function decide(rows: readonly RuleRow[], isolated: boolean, { unionOf }: DecideOptions): Plain {
	for (const tier of TIERS) {
		if (tier === 'baseline' && isolated) {
			return undefined;
		}
		const decided = decideTier(
			rows.filter((row) => (row.tier ?? 'normal') === tier),
			unionOf,
		);
		if (decided !== undefined) {
			return decided;
		}
	}
	return undefined;
}

function decideTier(rows: readonly RuleRow[], unionOf: DecideOptions['unionOf']): Plain {
	const highest = rows.reduce((most, { precedence }) => Math.max(most, precedence), -Infinity);
	const cookiesOf = (action: RuleRow['action']) =>
		rows.filter((row) => row.precedence === highest && row.action === action).map(({ cookie }) => cookie);
	const denies = cookiesOf('deny');
	if (denies.length > 0) {
		return { action: 'deny', cookie: lowest(denies) };
	}
	if (cookiesOf('pass').length > 0) {
		return undefined;
	}
	const allows = cookiesOf('allow');
	if (allows.length > 0) {
		return { action: 'allow', cookie: lowest(allows) };
	}
	const redirects = cookiesOf('redirect');
	return redirects.length === 0
		? undefined
		: { action: 'redirect', cookie: unionOf([...new Set(redirects)].sort((a, b) => a - b)) };
}

/** Not by spreading: a tier may have more rows than a call has room for arguments. */
function lowest(cookies: readonly number[]): number {
	return cookies.reduce((least, cookie) => Math.min(least, cookie));
}
