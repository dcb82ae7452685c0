import type { DefaultVerdict, RuleRow } from './row.js';

/** What a packet meets that these rows, and no others, speak of. */
export interface Outcome {
	readonly action: 'allow' | 'deny' | 'redirect';
	/** Of a deny: it is told, and the packet forwarded. */
	readonly audited: boolean;
	/** Said by a baseline policy, or over the default: the endpoint's own isolation, where it is, goes before. */
	readonly soft: boolean;
	readonly cookie: number;
	/** Of a redirect: where a proxy of somebody else's listens; 0: to heddle's own. */
	readonly proxyPort: number;
}

export interface DecideOptions {
	readonly default: DefaultVerdict;
	unionOf(cookies: readonly number[]): number;
}

/** By equals: rows of one tier and precedence. */
interface Decision {
	readonly action: Outcome['action'];
	readonly by: readonly RuleRow[];
}

/**
 * undefined: they are silent. What is audited never opens anything: it shows only where the rest would let the packet
 * pass without the L7 proxy. `rows` are ranked, see `cells.ts`.
 */
export function decideCell(rows: readonly RuleRow[], options: DecideOptions): Outcome | undefined {
	const enforced = decide(
		rows.some(isAudited) ? rows.filter((row) => !isAudited(row)) : rows,
		options.default === 'deny',
	);
	if (enforced === undefined && options.default === 'deny') {
		return undefined;
	}
	const soft = enforced === undefined || enforced.by[0]!.tier === 'baseline';
	if (enforced?.action === 'deny' || enforced?.action === 'redirect') {
		return outcome(enforced, false, soft, options);
	}
	const strict = decide(rows, options.default !== 'allow');
	if (strict?.action === 'deny') {
		return outcome(strict, true, soft, options);
	}
	if (enforced === undefined) {
		return undefined;
	}
	// Only an audited default stands between the normal rules and the allow of the baseline.
	return strict === undefined
		? { action: 'deny', audited: true, soft, cookie: 0, proxyPort: 0 }
		: outcome(enforced, false, soft, options);
}

function outcome({ action, by }: Decision, audited: boolean, soft: boolean, { unionOf }: DecideOptions): Outcome {
	// Cookies ascend: the first is the lowest.
	const cookie = action === 'redirect' ? unionOf([...new Set(by.map((row) => row.cookie))]) : by[0]!.cookie;
	return { action, audited, soft, cookie, proxyPort: proxyPortOf(by) };
}

/** One connection has one proxy: of equals that ask for several, one that a row names, and of these the lowest port. */
function proxyPortOf(by: readonly RuleRow[]): number {
	const ports = by.flatMap(({ proxyPort }) => proxyPort ?? []);
	return ports.length === 0 ? 0 : Math.min(...ports);
}

function isAudited({ action, audit }: RuleRow): boolean {
	return action === 'deny' && audit === true;
}

/** Tier by tier: of a tier's rows those of the highest precedence count. */
function decide(rows: readonly RuleRow[], isolated: boolean): Decision | undefined {
	for (let at = 0; at < rows.length; at = endOf(rows, at, sameTier)) {
		if (isolated && rows[at]!.tier === 'baseline') {
			return undefined;
		}
		const decided = decideEquals(rows.slice(at, endOf(rows, at, sameRank)));
		if (decided !== 'pass') {
			return decided;
		}
	}
	return undefined;
}

/** Where the run of rows ends that are like the one at `from`. */
function endOf(rows: readonly RuleRow[], from: number, alike: (a: RuleRow, b: RuleRow) => boolean): number {
	let end = from + 1;
	while (end < rows.length && alike(rows[from]!, rows[end]!)) {
		end++;
	}
	return end;
}

function sameTier(a: RuleRow, b: RuleRow): boolean {
	return a.tier === b.tier || (a.tier ?? 'normal') === (b.tier ?? 'normal');
}

function sameRank(a: RuleRow, b: RuleRow): boolean {
	return a.precedence === b.precedence && sameTier(a, b);
}

/** Deny over pass over allow over redirect. */
function decideEquals(rows: readonly RuleRow[]): Decision | 'pass' {
	const actions = new Set(rows.map(({ action }) => action));
	if (actions.has('pass') && !actions.has('deny')) {
		return 'pass';
	}
	const action = actions.has('deny') ? 'deny' : actions.has('allow') ? 'allow' : 'redirect';
	return { action, by: actions.size === 1 ? rows : rows.filter((row) => row.action === action) };
}
