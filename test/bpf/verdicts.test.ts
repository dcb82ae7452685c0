/** What the verdicts of two sides, of prefixes and of later packets make together. */
import { describe, expect, it } from 'vitest';
import { Direction, DropReason, PolicyAction, PolicySetFlag, RuleFlag, Verdict } from '../../lib/abi/generated.js';
import { type Family, FAMILIES, between } from './ends.js';
import { udp } from './packet.js';
import { putRows, type Row, setFlags } from './rows.js';
import { ACTION, type Subject, useSubject } from './subject.js';

const { Allow, Deny, Redirect, Default } = PolicyAction;
const { Audited } = RuleFlag;

describe.each(FAMILIES)('the verdict over IPv%i', (family) => {
	const subject = useSubject();

	describe('of both sides', () => {
		const egress = (...rows: Row[]) => install(1, rows);
		const ingress = (...rows: Row[]) => install(0, rows);
		function install(direction: 0 | 1, rows: readonly Row[]): void {
			const [owner, peer] = direction === 0 ? [subject.b, subject.a] : [subject.a, subject.b];
			setFlags(subject, owner, direction === 0 ? PolicySetFlag.IngressRules : PolicySetFlag.EgressRules);
			putRows(subject, owner, direction, peer.identity, rows);
		}

		it('is told of each where both are audited', () => {
			egress({ action: Deny, flags: Audited, cookie: 1 });
			ingress({ action: Deny, flags: Audited, cookie: 2 });
			const { action, events } = send(subject, family);
			expect(action).toBe(ACTION.redirect);
			expect(events).toMatchObject([
				{ egressVerdict: Verdict.Audited, egressCookie: 1, ingressVerdict: Verdict.Audited, ingressCookie: 2 },
			]);
		});

		it('drops what the receiver denies though the sender is only audited', () => {
			egress({ action: Deny, flags: Audited, cookie: 1 });
			ingress({ action: Deny, cookie: 2 });
			const { action, events } = send(subject, family);
			expect(action).toBe(ACTION.drop);
			expect(events).toMatchObject([
				{
					reason: DropReason.PolicyDeniedByDenylist,
					direction: Direction.Ingress,
					egressVerdict: Verdict.Audited,
					egressCookie: 1,
					ingressVerdict: Verdict.Denied,
					ingressCookie: 2,
				},
			]);
			expect(subject.drops(subject.b, DropReason.PolicyDeniedByDenylist, Direction.Ingress)).toBe(1);
		});

		it('asks the receiver also about what the sender redirects', () => {
			egress({ action: Redirect, cookie: 1 });
			ingress({ action: Deny, cookie: 2 });
			expect(send(subject, family).events).toMatchObject([
				{
					reason: DropReason.PolicyDeniedByDenylist,
					direction: Direction.Ingress,
					egressVerdict: Verdict.Redirected,
					egressCookie: 1,
					ingressVerdict: Verdict.Denied,
					ingressCookie: 2,
				},
			]);
		});
	});

	it('of a longer prefix may be the default under a shorter one that allows', () => {
		setFlags(subject, subject.b, PolicySetFlag.IngressRules | PolicySetFlag.IngressDefaultDeny);
		putRows(subject, subject.b, 0, subject.a.identity, [
			{ action: Allow, cookie: 1 },
			{ protocol: 17, port: 80, action: Default, cookie: 0 },
		]);
		expect(send(subject, family, 81).action).toBe(ACTION.redirect);
		expect(send(subject, family, 80).events).toMatchObject([
			{ reason: DropReason.PolicyDenied, ingressVerdict: Verdict.Denied, ingressCookie: 0 },
		]);
	});

	it('of a redirect is counted for every packet', () => {
		setFlags(subject, subject.b, PolicySetFlag.IngressRules);
		putRows(subject, subject.b, 0, subject.a.identity, [{ action: Redirect, cookie: 1 }]);
		for (let i = 0; i < 5; i++) send(subject, family);
		expect(subject.drops(subject.b, DropReason.ProxyUnavailable, Direction.Ingress)).toBe(5);
		expect(subject.totalDrops()).toBe(5);
	});

	it('of an audited conversation holds for its replies and its later packets', () => {
		setFlags(subject, subject.b, PolicySetFlag.IngressRules);
		putRows(subject, subject.b, 0, subject.a.identity, [{ action: Deny, flags: Audited, cookie: 1 }]);
		expect(send(subject, family).action).toBe(ACTION.redirect);
		const reply = udp(between(subject.b, subject.a, family), 80, 1000);
		expect(subject.run('from_endpoint', subject.b, reply).action).toBe(ACTION.redirect);
		expect(send(subject, family).action).toBe(ACTION.redirect);
		expect(subject.flows()).toHaveLength(1);
	});

	it('of an audited deny that becomes a real one ends the conversation at the next packet', () => {
		setFlags(subject, subject.b, PolicySetFlag.IngressRules);
		putRows(subject, subject.b, 0, subject.a.identity, [{ action: Deny, flags: Audited, cookie: 1 }]);
		expect(send(subject, family).action).toBe(ACTION.redirect);
		putRows(subject, subject.b, 0, subject.a.identity, [{ action: Deny, cookie: 1 }]);
		expect(send(subject, family).action).toBe(ACTION.drop);
	});
});

function send(subject: Subject, family: Family, port = 80) {
	return subject.run('from_endpoint', subject.a, udp(between(subject.a, subject.b, family), 1000, port));
}
