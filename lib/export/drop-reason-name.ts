import { dropReason } from '../flows/drop-reasons.js';
import type { DropReasonNumbers } from '../hubble/translate/drop-reason.js';

/** Where Cilium's DropReason has another name for the number than ours. */
const NAMES: Readonly<Record<number, string>> = {
	134: 'INVALID_PACKET_DROPPED',
	135: 'CT_TRUNCATED_OR_INVALID_HEADER',
	136: 'CT_MISSING_TCP_ACK_FLAG',
	141: 'ERROR_WRITING_TO_PACKET',
	150: 'UNKNOWN_L3_TARGET_ADDRESS',
	151: 'STALE_OR_UNROUTABLE_IP',
	155: 'CT_MAP_INSERTION_FAILED',
	163: 'UNKNOWN_CONNECTION_TRACKING_STATE',
	167: 'NO_MAPPING_FOR_NAT_MASQUERADE',
	175: 'FIRST_LOGICAL_DATAGRAM_FRAGMENT_NOT_FOUND',
	180: 'PROXY_REDIRECTION_NOT_SUPPORTED_FOR_PROTOCOL',
	181: 'POLICY_DENY',
	182: 'VLAN_FILTERED',
	196: 'TTL_EXCEEDED',
};

/** Of `drop_reason_desc`, in words; undefined where Cilium's enum has no such reason. */
export function dropReasonName({ desc }: DropReasonNumbers): string | undefined {
	return desc === 0 ? undefined : (NAMES[desc] ?? dropReason(desc).name);
}
