import type { FlowEventType } from '../../flows/flow.js';

/** Numbers of Cilium's monitor: what kind of event, and of traces the point, which the flow's enum counts otherwise. */
export interface EventNumbers {
	readonly type: number;
	readonly subType: number;
	/** TraceObservationPoint; 0 for what is no trace. */
	readonly point: number;
}

const DROP = 1;
const TRACE = 4;
const POLICY_VERDICT = 5;
const L7 = 129;

/** All numbers that a client may ask for, agent events and L7 records included. */
export const EVENT_TYPES: ReadonlySet<number> = new Set([0, DROP, 2, 3, TRACE, POLICY_VERDICT, 6, 7, L7, 130]);

/** Hubble tells no ends of conversations: it has no event for them. */
export type ServedEventType = Exclude<FlowEventType, 'flow-end'>;

export const EVENT_NUMBERS: Readonly<Record<ServedEventType, EventNumbers>> = {
	// Its sub type is the reason.
	drop: { type: DROP, subType: 0, point: 0 },
	'policy-verdict': { type: POLICY_VERDICT, subType: 0, point: 0 },
	'from-host': { type: TRACE, subType: 7, point: 7 },
	'from-stack': { type: TRACE, subType: 8, point: 8 },
	'from-proxy': { type: TRACE, subType: 6, point: 6 },
	'from-network': { type: TRACE, subType: 10, point: 10 },
	'to-endpoint': { type: TRACE, subType: 0, point: 101 },
	'to-host': { type: TRACE, subType: 2, point: 2 },
	'to-stack': { type: TRACE, subType: 3, point: 3 },
	'from-endpoint': { type: TRACE, subType: 5, point: 5 },
	'to-network': { type: TRACE, subType: 11, point: 11 },
	'to-proxy': { type: TRACE, subType: 1, point: 1 },
	l7: { type: L7, subType: 0, point: 0 },
};

/** `TO_ENDPOINT`; undefined for what is no trace. */
export function observationPoint(eventType: ServedEventType): string | undefined {
	return EVENT_NUMBERS[eventType].point === 0 ? undefined : eventType.toUpperCase().replace('-', '_');
}

export function isServed(eventType: FlowEventType): eventType is ServedEventType {
	return eventType !== 'flow-end';
}
