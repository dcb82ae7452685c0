/** Every kind of entry under every kind of default, written out: the table is the claim, the programs are asked. */
import { describe, expect, it } from 'vitest';
import { DropReason, EventType, PolicyAction, PolicySetFlag, RuleFlag, Verdict } from '../../lib/abi/generated.js';
import { type Family, FAMILIES, between } from './ends.js';
import { udp } from './packet.js';
import { putRows, type Row, setFlags } from './rows.js';
import { ACTION, attach, type Subject, useSubject } from './subject.js';

const { Allow, Deny, Redirect, Default } = PolicyAction;
const { Audited, Soft } = RuleFlag;
const COOKIE = 42;

/** What is seen of a packet; a capital stands for the cookie of the rule, a small letter for none. */
const SEEN = {
	'-': { verdict: Verdict.NotEnforced, reason: 0 },
	A: { verdict: Verdict.Allowed, reason: 0 },
	U: { verdict: Verdict.Audited, reason: 0 },
	u: { verdict: Verdict.Audited, reason: 0 },
	D: { verdict: Verdict.Denied, reason: DropReason.PolicyDeniedByDenylist },
	d: { verdict: Verdict.Denied, reason: DropReason.PolicyDenied },
	R: { verdict: Verdict.Redirected, reason: DropReason.ProxyUnavailable },
} as const;

type Mark = keyof typeof SEEN;

const ENTRIES: Readonly<Record<string, Omit<Row, 'cookie'> | undefined>> = {
	'no entry': undefined,
	default: { action: Default },
	allow: { action: Allow },
	'soft allow': { action: Allow, flags: Soft },
	deny: { action: Deny },
	'soft deny': { action: Deny, flags: Soft },
	'audited deny': { action: Deny, flags: Audited },
	'soft audited deny': { action: Deny, flags: Audited | Soft },
	redirect: { action: Redirect },
	'soft redirect': { action: Redirect, flags: Soft },
};

interface Ground {
	/** Default of the set. */
	readonly deny?: true;
	readonly audit?: true;
	/** Of the endpoint. */
	readonly enforcement?: number;
	readonly auditMode?: 1;
}

const GROUNDS: readonly Ground[] = [
	{},
	{ audit: true },
	{ deny: true },
	{ deny: true, audit: true },
	{ enforcement: 1 },
	{ enforcement: 2, deny: true },
	{ auditMode: 1 },
	{ auditMode: 1, deny: true },
	{ auditMode: 1, enforcement: 1 },
];

/** A line an entry, a column a ground, as they stand above. */
const TABLE = `
no entry           -  u  d  d   d   -   -  u  u
default            -  u  d  d   d   -   -  u  u
allow              A  A  A  A   A   -   A  A  A
soft allow         A  A  A  A   d   -   A  A  u
deny               D  D  D  D   D   -   U  U  U
soft deny          D  D  D  D   d   -   U  U  u
audited deny       U  U  U  U   U   -   U  U  U
soft audited deny  U  U  U  U   d   -   U  U  u
redirect           R  R  R  R   R   -   R  R  R
soft redirect      R  R  R  R   d   -   R  R  u
`;

const CASES = TABLE.trim()
	.split('\n')
	.map((text) => text.split(/ {2,}/))
	.flatMap(([entry, ...marks]) => marks.map((mark, i) => [entry!, GROUNDS[i]!, mark as Mark] as const));

const SIDES = [
	{ side: 'ingress', direction: 0, deny: PolicySetFlag.IngressDefaultDeny, audit: PolicySetFlag.IngressAudit },
	{ side: 'egress', direction: 1, deny: PolicySetFlag.EgressDefaultDeny, audit: PolicySetFlag.EgressAudit },
] as const;

describe.each(FAMILIES)('the verdict over IPv%i', (family) => {
	const subject = useSubject();

	describe.each(SIDES)('of $side', ({ direction, deny, audit }) => {
		/** Of the other direction: they must not matter. */
		const others = direction === 0 ? PolicySetFlag.EgressDefaultDeny : PolicySetFlag.IngressDefaultDeny;

		it.each(CASES)('of an entry "%s" on %j is %s', (entry, ground, mark) => {
			const [owner, peer] = direction === 0 ? [subject.b, subject.a] : [subject.a, subject.b];
			const row = ENTRIES[entry];
			attach(subject, owner, { enforcement: ground.enforcement ?? 0, audit: ground.auditMode ?? 0 });
			const has = direction === 0 ? PolicySetFlag.IngressRules : PolicySetFlag.EgressRules;
			setFlags(subject, owner, has | others | (ground.deny ? deny : 0) | (ground.audit ? audit : 0));
			putRows(
				subject,
				owner,
				direction,
				peer.identity,
				row === undefined ? [] : [{ ...row, cookie: row.action === Default ? 0 : COOKIE }],
			);

			const { action, events } = send(subject, family);

			const { verdict, reason } = SEEN[mark];
			const dropped = reason !== 0;
			const own = direction === 0 ? { ingressVerdict: verdict } : { egressVerdict: verdict };
			const cookie = /[A-Z]/.test(mark) ? COOKIE : 0;
			expect(action).toBe(dropped ? ACTION.drop : ACTION.redirect);
			expect(events).toMatchObject([
				{
					type: dropped ? EventType.Drop : EventType.Verdict,
					reason,
					...own,
					...(direction === 0
						? { ingressCookie: cookie, egressCookie: 0 }
						: { ingressCookie: 0, egressCookie: cookie }),
				},
			]);
			expect(subject.drops(owner, reason, direction)).toBe(dropped ? 1 : 0);
			expect(subject.totalDrops()).toBe(dropped ? 1 : 0);
			expect(subject.flows()).toHaveLength(dropped ? 0 : 1);
		});
	});
});

function send(subject: Subject, family: Family, port = 80) {
	return subject.run('from_endpoint', subject.a, udp(between(subject.a, subject.b, family), 1000, port));
}
