import { EventFlag, EventType, TracePoint as Point, Verdict } from '../abi/generated.js';
import type { Event } from '../abi/generated.js';
import type { TracePoint, TraceReason, TrafficDirection } from './flow.js';

/** One line about where a packet was. */
export interface SeenAt {
	readonly point: TracePoint;
	readonly direction: TrafficDirection;
	readonly weight: number;
}

/** undefined: not told. */
export function cameFrom(event: Event): SeenAt | undefined {
	const [weight] = event.weights;
	return (event.points & Point.From) === 0 || weight === 0
		? undefined
		: { point: fromPoint(event), direction: fromDirection(event), weight };
}

/** undefined: not told. */
export function wentTo(event: Event): SeenAt | undefined {
	const [, weight] = event.weights;
	return (event.points & Point.To) === 0 || weight === 0
		? undefined
		: { point: toPoint(event), direction: toDirection(event), weight };
}

export function traceReason(event: Event): TraceReason {
	if (event.type !== EventType.Trace) {
		return 'NEW';
	}
	if (isIcmpError(event)) {
		return 'RELATED';
	}
	return isReply(event) ? 'REPLY' : 'ESTABLISHED';
}

function fromPoint({ sourceEndpoint, flags }: Event): TracePoint {
	if ((flags & EventFlag.FromProxy) !== 0) {
		return 'from-proxy';
	}
	if (sourceEndpoint !== 0) {
		return 'from-endpoint';
	}
	if ((flags & EventFlag.FromNetwork) !== 0) {
		return 'from-network';
	}
	return (flags & EventFlag.FromHost) !== 0 ? 'from-host' : 'from-stack';
}

function toPoint({ destinationEndpoint, flags }: Event): TracePoint {
	if ((flags & EventFlag.ToProxy) !== 0) {
		return 'to-proxy';
	}
	if (destinationEndpoint !== 0) {
		return 'to-endpoint';
	}
	if ((flags & EventFlag.ToNetwork) !== 0) {
		return 'to-network';
	}
	return (flags & EventFlag.ToHost) !== 0 ? 'to-host' : 'to-stack';
}

function fromDirection(event: Event): TrafficDirection {
	return (event.flags & EventFlag.FromProxy) === 0 ? directionAt(event, event.sourceEndpoint !== 0) : redirected(event);
}

function toDirection(event: Event): TrafficDirection {
	return (event.flags & EventFlag.ToProxy) === 0
		? directionAt(event, event.destinationEndpoint === 0)
		: redirected(event);
}

/** Of the policy that asks for the proxy. */
function redirected({ type, direction, ingressVerdict }: Event): TrafficDirection {
	const byIngress = type === EventType.Trace ? direction === 0 : ingressVerdict === Verdict.Redirected;
	return byIngress ? 'INGRESS' : 'EGRESS';
}

/** As Hubble has it: the conversation's direction, seen from the endpoint at that point. */
function directionAt(event: Event, atSource: boolean): TrafficDirection {
	return atSource === isReply(event) ? 'INGRESS' : 'EGRESS';
}

function isReply({ flags }: Event): boolean {
	return (flags & EventFlag.Reply) !== 0;
}

/* Types that quote a packet: RFC 792; all below 128 in ICMPv6. */
const ICMP4_ERRORS: ReadonlySet<number> = new Set([3, 4, 5, 11, 12]);

function isIcmpError({ protocol, destinationPort }: Event): boolean {
	const type = destinationPort >> 8;
	return (protocol === 1 && ICMP4_ERRORS.has(type)) || (protocol === 58 && type < 128);
}
