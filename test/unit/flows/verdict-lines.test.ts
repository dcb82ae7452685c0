import { describe, expect, it } from 'vitest';
import { DropReason, eventCodec, EventType, TracePoint, Verdict, type Event } from '../../../lib/abi/generated.js';
import { expandEvent } from '../../../lib/flows/expand.js';
import { formatFlow } from '../../../lib/flows/format.js';
import type { FlowNames } from '../../../lib/flows/names.js';

const names: FlowNames = {
	endpoint: (id) => ({ name: id === 1 ? 'client' : 'web', identity: { id }, interface: { name: `h${id}` } }),
	identity: () => undefined,
	network: () => 'red',
	rule: (cookie) => ({ cookie, policy: 'direct', rule: `row ${cookie}`, match: 'L3-L4' }),
};

/** An event of a SYN from client to web, as the kernel tells it. */
function event(change: Partial<Event>): Event {
	const nothing = eventCodec.decode(new Uint8Array(eventCodec.size));
	const ends = { sourceEndpoint: 1, destinationEndpoint: 2, sourceIdentity: 1, destinationIdentity: 2 };
	return {
		...nothing,
		...ends,
		family: 4,
		protocol: 6,
		sourcePort: 40_000,
		destinationPort: 80,
		tcpFlags: 2,
		weights: [1, 1],
		points: TracePoint.To,
		...change,
	};
}

/** Without time and ends. */
function lines(change: Partial<Event>): string[] {
	return expandEvent(event(change), names, 0n).map(
		(flow) => `${flow.verdict} | ${formatFlow(flow).replace(/^.* -> \S+ \([^)]*\) /, '')}`,
	);
}

const drop = { type: EventType.Drop } as const;

describe('a verdict is told', () => {
	it('as redirected and then dropped, with the rule, on ingress after the packet left its sender', () => {
		expect(
			lines({
				...drop,
				reason: DropReason.ProxyRedirectUnsupported,
				direction: 0,
				egressVerdict: Verdict.Allowed,
				egressCookie: 3,
				ingressVerdict: Verdict.Redirected,
				ingressCookie: 5,
			}),
		).toEqual([
			'FORWARDED | policy-verdict:L3-L4 EGRESS ALLOWED (TCP Flags: SYN; by direct row 3)',
			'FORWARDED | from-endpoint FORWARDED (TCP Flags: SYN)',
			'DROPPED | policy-verdict:L3-L4 INGRESS REDIRECTED (TCP Flags: SYN; by direct row 5)',
			'DROPPED | Proxy redirection not supported for protocol DROPPED (TCP Flags: SYN; by direct row 5)',
		]);
	});

	it('as redirected on egress, with nothing of the side that was not asked', () => {
		const told = lines({
			...drop,
			reason: DropReason.ProxyRedirectUnsupported,
			direction: 1,
			egressVerdict: Verdict.Redirected,
			egressCookie: 5,
			ingressVerdict: Verdict.NotEvaluated,
		});
		expect(told.map((line) => line.replace(/ \(.*/, ''))).toEqual([
			'DROPPED | policy-verdict:L3-L4 EGRESS REDIRECTED',
			expect.stringMatching(/^DROPPED \| .* DROPPED$/),
		]);
	});

	it('as audited by a rule and by a default, and the packet as forwarded under audit', () => {
		expect(lines({ egressVerdict: Verdict.Audited, egressCookie: 4, ingressVerdict: Verdict.Audited })).toEqual([
			'AUDIT | policy-verdict:L3-L4 EGRESS AUDITED (TCP Flags: SYN; by direct row 4)',
			'AUDIT | policy-verdict:none INGRESS AUDITED (TCP Flags: SYN)',
			'AUDIT | to-endpoint AUDIT (TCP Flags: SYN)',
		]);
	});

	it('as audited on egress and denied on ingress: the packet ends there', () => {
		const told = lines({
			...drop,
			reason: DropReason.PolicyDeniedByDenylist,
			direction: 0,
			egressVerdict: Verdict.Audited,
			egressCookie: 4,
			ingressVerdict: Verdict.Denied,
			ingressCookie: 6,
		});
		expect(told.map((line) => line.replace(/ \(.*/, ''))).toEqual([
			'AUDIT | policy-verdict:L3-L4 EGRESS AUDITED',
			'FORWARDED | from-endpoint FORWARDED',
			'DROPPED | policy-verdict:L3-L4 INGRESS DENIED',
			expect.stringMatching(/^DROPPED \| .* DROPPED$/),
		]);
	});
});
