import type { FlowVerdict, TraceReason, TrafficDirection } from '../../flows/flow.js';

/* Numbers of the enums of flow.proto. */

export const VERDICTS: Readonly<Record<FlowVerdict, number>> = {
	FORWARDED: 1,
	DROPPED: 2,
	ERROR: 3,
	AUDIT: 4,
	REDIRECTED: 5,
};
export const DIRECTIONS: Readonly<Record<TrafficDirection, number>> = {
	TRAFFIC_DIRECTION_UNKNOWN: 0,
	INGRESS: 1,
	EGRESS: 2,
};
export const TRACE_REASONS: Readonly<Record<TraceReason, number>> = { NEW: 1, ESTABLISHED: 2, REPLY: 3, RELATED: 4 };
export const FLOW_TYPES = { L3_L4: 1, L7: 2 } as const;
