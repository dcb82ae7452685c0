import { DropReason } from '../abi/generated.js';
import { dropReason } from '../flows/drop-reasons.js';
import type { Flow, FlowDropReason, FlowEventType, FlowRule } from '../flows/flow.js';

/** Hubble tells no ends of conversations: it has no event for them. */
export type ExportedEventType = Exclude<FlowEventType, 'flow-end'>;

export interface HubbleEvent {
	/** Numbers of Cilium's monitor. */
	readonly type: number;
	readonly subType: number;
	/** TraceObservationPoint, of traces. */
	readonly point?: string;
}

export const HUBBLE_EVENTS: Readonly<Record<ExportedEventType, HubbleEvent>> = {
	// Its sub type is the reason.
	drop: { type: 1, subType: 0 },
	'policy-verdict': { type: 5, subType: 0 },
	'to-endpoint': { type: 4, subType: 0, point: 'TO_ENDPOINT' },
	'to-host': { type: 4, subType: 2, point: 'TO_HOST' },
	'to-stack': { type: 4, subType: 3, point: 'TO_STACK' },
	'from-endpoint': { type: 4, subType: 5, point: 'FROM_ENDPOINT' },
	'to-network': { type: 4, subType: 11, point: 'TO_NETWORK' },
};

/** Cilium's PolicyMatchType. */
export const POLICY_MATCHES: Readonly<Record<FlowRule['match'], number>> = {
	none: 0,
	'L3-Only': 1,
	'L3-L4': 2,
	'L4-Only': 3,
	all: 4,
};

/** Where Cilium's DropReason has another number or another name. */
const OTHERS: Readonly<Record<number, HubbleDropReason>> = {
	[DropReason.NatNoMapping]: { number: 167, name: 'NO_MAPPING_FOR_NAT_MASQUERADE' },
	[DropReason.TtlExceeded]: { number: 196, name: 'TTL_EXCEEDED' },
};
const NAMES: Readonly<Record<number, string>> = {
	134: 'INVALID_PACKET_DROPPED',
	135: 'CT_TRUNCATED_OR_INVALID_HEADER',
	136: 'CT_MISSING_TCP_ACK_FLAG',
	141: 'ERROR_WRITING_TO_PACKET',
	150: 'UNKNOWN_L3_TARGET_ADDRESS',
	151: 'STALE_OR_UNROUTABLE_IP',
	155: 'CT_MAP_INSERTION_FAILED',
	163: 'UNKNOWN_CONNECTION_TRACKING_STATE',
	175: 'FIRST_LOGICAL_DATAGRAM_FRAGMENT_NOT_FOUND',
	180: 'PROXY_REDIRECTION_NOT_SUPPORTED_FOR_PROTOCOL',
	181: 'POLICY_DENY',
	182: 'VLAN_FILTERED',
};
/** Cilium's enum ends before: such reasons are heddle's alone. */
const FIRST_OWN = 206;

export interface HubbleDropReason {
	readonly number: number;
	/** Absent where Cilium's enum has no such reason. */
	readonly name?: string;
}

/** A refusing verdict has no reason of its own: it is that of the drop which follows it. */
export function hubbleDropReason({ verdict, dropReason: reason, policy }: Flow): HubbleDropReason | undefined {
	if (reason !== undefined) {
		return inHubblesWords(reason);
	}
	if (verdict !== 'DROPPED' || policy === undefined) {
		return undefined;
	}
	const refused = policy.rule === undefined ? DropReason.PolicyDenied : DropReason.PolicyDeniedByDenylist;
	const redirected = policy.action === 'REDIRECTED';
	return inHubblesWords(dropReason(redirected ? DropReason.ProxyRedirectUnsupported : refused));
}

function inHubblesWords({ number, name }: FlowDropReason): HubbleDropReason {
	return OTHERS[number] ?? (number < FIRST_OWN ? { number, name: NAMES[number] ?? name } : { number });
}
