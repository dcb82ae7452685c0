import { lookup, type PolicyTables } from '../policy/lookup.js';
import { DIRECT_ROW_COOKIE } from '../policy/row.js';
import type { PolicyIdentity } from '../rules/policy-identity.js';
import { createEvaluator } from './evaluator.js';
import { classify, createAudience, type Audience, type IdentityClass } from './identity-classes.js';
import { judge } from './judge.js';
import { intervalsOf, type PortInterval } from './port-intervals.js';
import type { Judgement, ProofWorld, Reason } from './question.js';
import { covers, namesAtDestination, type PortSpread, type Statement } from './statement.js';
import { subjectClasses, type SubjectClass, type VerifySubject } from './subject-classes.js';
import { spreadsOf } from './table-spreads.js';
import { createFindings, type Findings, type StalePeer, type VerifyResult } from './verify-result.js';

export interface VerifyInput extends ProofWorld {
	readonly subjects: Iterable<VerifySubject>;
	/** All that a packet can come from or go to. */
	readonly identities: Iterable<PolicyIdentity>;
	/** The kernel's three tables, as its programs read them. */
	readonly tables: PolicyTables;
	/** All entries of the peers table, to find those of identities that there are not. */
	readonly peers?: Iterable<StalePeer>;
	/** The rules that a cookie stands for. With it, what the tables name must be what decided. */
	readonly rulesOf?: (cookie: number) => readonly Reason[];
	/** How many counterexamples to list; all are counted. @default 100 */
	readonly limit?: number;
}

/** Asks the tables and the documents every question that either could tell from another, and compares. */
export function verifyTables(given: VerifyInput): VerifyResult {
	const input = { ...given, subjects: [...given.subjects] };
	const { direct = () => [], limit = 100 } = input;
	const audience = createAudience([...input.identities]);
	const findings = createFindings(limit);
	const counts = { checked: 0, classes: 0 };
	for (const subject of subjectClasses(input.subjects, createEvaluator(input).readings, direct)) {
		for (const peers of peerClasses(input, audience, subject)) {
			counts.classes++;
			counts.checked += compare(input, subject, peers, audience, findings);
		}
	}
	const stale = staleOf(input, audience);
	const { wrong, counterexamples } = findings;
	return { ok: wrong + stale.length === 0, ...counts, wrong, counterexamples, stale };
}

/** Peers are alike where no statement tells them apart, and neither the tables nor the names of their ports do. */
function peerClasses({ tables }: VerifyInput, audience: Audience, subject: SubjectClass): IdentityClass[] {
	const { set, direction, statements } = subject;
	const byName = direction === 'egress' && statements.some(({ asksNames }) => asksNames);
	return classify(audience, statements, ({ id, namedPorts }) => {
		const known = tables.peer(set, direction, id);
		return byName ? JSON.stringify([known ?? -1, namedPorts ?? []]) : known;
	});
}

interface Heard {
	readonly statement: Statement;
	readonly spreads: readonly PortSpread[];
}

/** Every protocol and port of one subject and one peer. Returns how many questions there were. */
function compare(
	input: VerifyInput,
	subject: SubjectClass,
	peers: IdentityClass,
	audience: Audience,
	findings: Findings,
): number {
	const { identity, set, direction } = subject;
	const peer = peers.first;
	const names = namesAtDestination(direction, identity, peer);
	const heard = subject.statements
		.filter((statement) => audience.hears(statement, peer))
		.map((statement): Heard => ({ statement, spreads: statement.portsAt(names) }));
	const spreads = [...heard.flatMap((one) => one.spreads), ...spreadsOf(input.tables, set, direction, peer.id)];
	const intervals = intervalsOf(spreads);
	intervals.forEach((interval) => check(input, subject, peers, heard, interval, findings));
	return intervals.length;
}

function check(
	input: VerifyInput,
	subject: SubjectClass,
	peers: IdentityClass,
	heard: readonly Heard[],
	interval: PortInterval,
	findings: Findings,
): void {
	const { direction } = subject;
	const expected = expect(subject, heard, interval);
	const { verdict, rule } = ask(input, subject, peers.first.id, interval);
	if (verdict !== expected.verdict || (rule !== undefined && !isGround(rule, expected))) {
		findings.add({
			subject: subject.identity.id,
			peer: peers.first.id,
			peersAlike: peers.size,
			direction,
			...interval,
			expected: expected.verdict,
			found: verdict,
			reasons: expected.reasons,
			...(rule === undefined ? {} : { rule }),
		});
	}
}

function expect({ isolating, enforcement }: SubjectClass, heard: readonly Heard[], { protocol, port }: PortInterval) {
	const speaking = heard.filter(({ spreads }) => spreads.some((spread) => covers(spread, protocol, port)));
	return judge({ statements: speaking.map(({ statement }) => statement), isolating, enforcement });
}

function ask({ tables, rulesOf }: VerifyInput, subject: SubjectClass, peer: number, interval: PortInterval) {
	const { set, direction, enforcement } = subject;
	const { protocol, port } = interval;
	const { verdict, cookie = 0 } = lookup(tables, set, { peer, direction, protocol, port }, enforcement);
	return { verdict, rule: cookie === 0 ? undefined : nameOf(cookie, rulesOf) };
}

function nameOf(cookie: number, rulesOf: VerifyInput['rulesOf']): readonly Reason[] | undefined {
	const byHand = cookie >= DIRECT_ROW_COOKIE;
	return byHand ? [{ document: 'direct', path: String(cookie) }] : rulesOf?.(cookie);
}

/** One of those that decided; of a redirect all of them, since their L7 rules count together. */
function isGround(rule: readonly Reason[], { verdict, reasons }: Judgement): boolean {
	const among = (list: readonly Reason[], one: Reason) =>
		list.some(({ document, path }) => document === one.document && path === one.path);
	return (
		rule.every((one) => among(reasons, one)) && (verdict !== 'redirect' || reasons.every((one) => among(rule, one)))
	);
}

/** Rows by hand may speak of identities that are yet to come. */
function staleOf({ peers = [], subjects, direct = () => [] }: VerifyInput, { identities }: Audience): StalePeer[] {
	const byHand = [...subjects].flatMap(({ identity }) => direct(identity.id).map(({ peer }) => peer));
	const known = new Set<number | 'any'>([...identities.map(({ id }) => id), ...byHand]);
	return [...peers].filter(({ identity }) => !known.has(identity));
}
