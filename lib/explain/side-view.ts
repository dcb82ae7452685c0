import type { L7Rules } from '../documents/l7-rules.js';
import type { DefaultVerdict, Direction } from '../policy/row.js';
import type { Origins } from '../rules/origins.js';
import type { NamedPort, PolicyIdentity } from '../rules/policy-identity.js';
import type { PolicyRule, PortSpan } from '../rules/rule.js';
import { isNamed, spansOf } from './ports.js';
import type { Speaking } from './ruling.js';
import { defaultOf, isJudged, selecting, type NamedPolicy } from './world.js';

/** A rule without its peers and its place: two of the same say the same. */
export interface ViewedRule extends Speaking {
	readonly spans: readonly PortSpan[];
	readonly l7?: L7Rules;
}

/** All that one side's policy says of one peer. */
export interface SideView {
	/** Equal for views that say the same, whatever documents they are of. */
	readonly key: number;
	readonly default: DefaultVerdict;
	readonly rules: readonly ViewedRule[];
}

/** undefined: no policy is for the subject. */
export type SideViews = (direction: Direction, subject: PolicyIdentity, peer: PolicyIdentity) => SideView | undefined;

/** Numbers for equal texts; shared by the versions that are to be compared. */
export interface Interner {
	readonly rules: Map<string, ViewedRule>;
	readonly views: Map<string, SideView>;
}

export function createInterner(): Interner {
	return { rules: new Map(), views: new Map() };
}

interface Heard {
	readonly peers: PolicyRule['peers'];
	at(names: readonly NamedPort[]): ViewedRule;
}

interface SubjectSide {
	readonly default: DefaultVerdict;
	readonly heard: readonly Heard[];
}

export function createSideViews(
	policies: readonly NamedPolicy[],
	origins: Pick<Origins, 'get'>,
	interner: Interner,
): SideViews {
	const matches = rememberMatches();
	const sides = new Map<string, SubjectSide | undefined>();

	function sideOf(direction: Direction, subject: PolicyIdentity): SubjectSide | undefined {
		const key = `${direction} ${subject.id}`;
		if (!sides.has(key)) {
			sides.set(key, readSide(direction, subject));
		}
		return sides.get(key);
	}

	function readSide(direction: Direction, subject: PolicyIdentity): SubjectSide | undefined {
		const specs = selecting(policies, subject);
		if (!isJudged(subject, specs)) {
			return undefined;
		}
		const rules = specs.flatMap(({ spec }) => spec.rules).filter((rule) => rule.direction === direction);
		const heard = rules.map((rule) => ({ peers: rule.peers, at: viewer(rule, origins, interner) }));
		return { default: defaultOf(specs, [], direction), heard };
	}

	return (direction, subject, peer) => {
		const side = sideOf(direction, subject);
		if (side === undefined) {
			return undefined;
		}
		const names = (direction === 'ingress' ? subject : peer).namedPorts ?? [];
		const speaking = side.heard.filter(({ peers }) => peers === 'any' || peers.some((one) => matches(one, peer)));
		return internView(
			side.default,
			speaking.map(({ at }) => at(names)),
			interner,
		);
	};
}

function rememberMatches() {
	const known = new Map<string, Map<number, boolean>>();
	return (selector: Exclude<PolicyRule['peers'], 'any'>[number], peer: PolicyIdentity): boolean => {
		const answers = known.get(selector.key) ?? new Map<number, boolean>();
		known.set(selector.key, answers);
		const answer = answers.get(peer.id) ?? selector.matches(peer);
		answers.set(peer.id, answer);
		return answer;
	};
}

/** The rule as it is at a destination: only where it asks for ports by name do destinations differ. */
function viewer(rule: PolicyRule, origins: Pick<Origins, 'get'>, interner: Interner): Heard['at'] {
	const { action, audit, tier, precedence, cookie, ports } = rule;
	const l7 = origins.get(cookie)?.l7;
	const at = (names: readonly NamedPort[]) => {
		const spans = spansOf(ports, names).map(({ protocol, port, endPort }) => ({ protocol, port, endPort }));
		const said = { action, audit, tier, precedence, spans, ...(l7 === undefined ? {} : { l7 }) };
		const text = JSON.stringify(said);
		const known = interner.rules.get(text) ?? { ...said, cookie: interner.rules.size };
		interner.rules.set(text, known);
		return known;
	};
	if (ports.some(isNamed)) {
		return at;
	}
	const same = at([]);
	return () => same;
}

function internView(standard: DefaultVerdict, rules: readonly ViewedRule[], { views }: Interner): SideView {
	const distinct = [...new Set(rules)].sort((a, b) => a.cookie - b.cookie);
	const text = `${standard} ${distinct.map(({ cookie }) => cookie).join()}`;
	const known = views.get(text) ?? { key: views.size, default: standard, rules: distinct };
	views.set(text, known);
	return known;
}
