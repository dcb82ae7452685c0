import { DropReason } from '../../abi/generated.js';
import type { FlowDropReason, FlowPolicy } from '../../flows/flow.js';

/** Where one reason has another number in Cilium's enum; all others of ours below 206 have the same. */
const OTHER_NUMBERS: Readonly<Record<number, number>> = {
	[DropReason.NatNoMapping]: 167,
	[DropReason.TtlExceeded]: 196,
};

/** Cilium's enum ends before: such reasons are heddle's alone. */
const FIRST_OWN = 206;

export interface DropReasonNumbers {
	/** `drop_reason` and the event's sub type. */
	readonly number: number;
	/** `drop_reason_desc`; 0 where Cilium's enum has no such reason. */
	readonly desc: number;
	/** What clients cannot know: they have no words for the number. */
	readonly text?: string;
}

export function dropReasonNumbers({ number, text }: FlowDropReason): DropReasonNumbers {
	if (number >= FIRST_OWN) {
		return { number, desc: 0, text };
	}
	return sameNumber(OTHER_NUMBERS[number] ?? number);
}

export function refusalNumbers({ action, rule }: FlowPolicy): DropReasonNumbers {
	if (action === 'REDIRECTED') {
		return sameNumber(DropReason.ProxyRedirectUnsupported);
	}
	return sameNumber(rule === undefined ? DropReason.PolicyDenied : DropReason.PolicyDeniedByDenylist);
}

function sameNumber(number: number): DropReasonNumbers {
	return { number, desc: number };
}
