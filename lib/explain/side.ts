import type { Direction, RuleRow } from '../policy/row.js';
import type { PolicyIdentity } from '../rules/policy-identity.js';
import type { PortSpan } from '../rules/rule.js';
import { candidatesOf, speaksOfPeer, type Candidate } from './candidates.js';
import type { AccessVerdict, EndpointMode, MatchingRule, NearMiss, SideExplanation } from './explanation.js';
import { missingOfPeer, missingOfPort } from './missing.js';
import { covers, namesAt, spansOf } from './ports.js';
import { rulingOf } from './ruling.js';
import { defaultOf, isJudged, selecting, type ExplainWorld } from './world.js';

export interface SideQuestion {
	readonly subject: PolicyIdentity;
	readonly peer: PolicyIdentity;
	readonly direction: Direction;
	readonly protocol: number;
	readonly port: number;
	readonly mode?: EndpointMode;
	/** How many rules that do not match are listed. */
	readonly nearMisses: number;
}

/** undefined: nothing is enforced on the subject, since it is no endpoint. */
export function explainSide(world: ExplainWorld, question: SideQuestion): SideExplanation | undefined {
	const { subject, peer, direction, mode = {} } = question;
	const specs = selecting(world.policies, subject);
	if (!isJudged(subject, specs)) {
		return undefined;
	}
	const direct = [...(world.direct?.(subject.id) ?? [])];
	const standard = defaultOf(specs, direct, direction, mode);
	const candidates = mode.enforcement === 'never' ? [] : candidatesOf(world, specs, direct, direction);
	const matching = candidates.flatMap((candidate) => matchOf(candidate, question));
	const { verdict, by } = rulingOf(matching, standard);
	const misses = nearMisses(candidates, question, verdict);
	return {
		direction,
		subject: subject.id,
		peer: peer.id,
		verdict: verdict === 'denied' && mode.audit === true ? 'audited' : verdict,
		enforced: candidates.length > 0 || standard !== 'allow',
		default: standard,
		policies: specs
			.filter(
				({ spec }) => spec.defaults[direction] !== 'allow' || spec.rules.some((rule) => rule.direction === direction),
			)
			.map(({ document, spec }) => ({ document, default: spec.defaults[direction] })),
		decidedBy: by,
		matching,
		whyNot: misses.slice(0, question.nearMisses),
		moreWhyNot: Math.max(0, misses.length - question.nearMisses),
	};
}

function matchOf(candidate: Candidate, question: SideQuestion): MatchingRule[] {
	const { subject, peer, direction, protocol, port } = question;
	if (!speaksOfPeer(candidate, peer)) {
		return [];
	}
	const spans = spansOf(candidate.ports, namesAt(direction, subject, peer));
	const span = spans.find((one) => covers(one, protocol, port));
	return span === undefined ? [] : [{ ...candidate.rule, row: rowOf(candidate, span, question) }];
}

function rowOf({ rule, peers }: Candidate, { protocol, port, endPort }: PortSpan, question: SideQuestion): RuleRow {
	const { action, audit, tier, precedence, cookie } = rule;
	const peer = peers === 'any' ? ('any' as const) : question.peer.id;
	return { peer, direction: question.direction, protocol, port, endPort, action, audit, tier, precedence, cookie };
}

/** First those that lack least, then those that would have made a difference, then in the order of the documents. */
function nearMisses(candidates: readonly Candidate[], question: SideQuestion, verdict: AccessVerdict): NearMiss[] {
	const { subject, peer, direction, protocol, port } = question;
	const names = namesAt(direction, subject, peer);
	const passes = verdict === 'allowed';
	return candidates
		.map((candidate) => ({
			...candidate.rule,
			missing: [...missingOfPeer(candidate, peer), ...missingOfPort(candidate.ports, names, protocol, port)],
		}))
		.filter(({ missing }) => missing.length > 0)
		.map((miss, i) => ({ miss, i, telling: (miss.action === 'deny') === passes ? 0 : 1 }))
		.sort((a, b) => a.miss.missing.length - b.miss.missing.length || a.telling - b.telling || a.i - b.i)
		.map(({ miss }) => miss);
}
