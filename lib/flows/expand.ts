import { EventFlag, EventType, FlowEndCause, Verdict } from '../abi/generated.js';
import type { Event } from '../abi/generated.js';
import { dropReason } from './drop-reasons.js';
import type {
	Flow,
	FlowEnd,
	FlowEndpoint,
	FlowEventType,
	FlowIp,
	FlowL4,
	FlowPolicy,
	FlowVerdict,
	TracePoint,
	TrafficDirection,
} from './flow.js';
import { createKnownEnds } from './known-ends.js';
import type { KnownEnds } from './known-ends.js';
import { addressText } from './known-addresses.js';
import { flowL4 } from './l4.js';
import type { FlowNames } from './names.js';
import { cameFrom, traceReason, wentTo } from './trace-points.js';
import type { SeenAt } from './trace-points.js';

const END_CAUSES: Readonly<Record<number, FlowEnd['cause']>> = {
	[FlowEndCause.TcpClosed]: 'tcp-closed',
	[FlowEndCause.TcpReset]: 'tcp-reset',
	[FlowEndCause.Idle]: 'idle',
	[FlowEndCause.Replaced]: 'replaced',
	[FlowEndCause.EndpointGone]: 'endpoint-gone',
};

const ACTIONS: Readonly<Record<number, FlowPolicy['action']>> = {
	[Verdict.Denied]: 'DENIED',
	[Verdict.Audited]: 'AUDITED',
	[Verdict.Redirected]: 'REDIRECTED',
};

const VERDICTS: Readonly<Record<number, FlowVerdict>> = {
	[Verdict.Allowed]: 'FORWARDED',
	[Verdict.Audited]: 'AUDIT',
	[Verdict.Redirected]: 'REDIRECTED',
};

/** What all lines of one event share. */
interface Common {
	readonly time: Date;
	readonly timeNs: bigint;
	readonly network: string;
	readonly source: FlowEndpoint;
	readonly destination: FlowEndpoint;
	readonly ip: FlowIp | undefined;
	readonly l4: FlowL4 | undefined;
	readonly isReply: boolean;
	readonly length: number;
}

type Extras = Pick<Flow, 'dropReason' | 'policy' | 'end' | 'traceReason' | 'weight'>;

const NOTHING_MORE: Extras = {};

/** Unix time minus CLOCK_MONOTONIC, in nanoseconds. */
export function clockOffsetNs(): bigint {
	return BigInt(Date.now()) * 1_000_000n - process.hrtime.bigint();
}

/** One record of the kernel, told line by line in the order in which it happened to the packet. */
export function expandEvent(event: Event, names: FlowNames, offsetNs: bigint): Flow[] {
	const common = commonOf(event, names, offsetNs);
	switch (event.type) {
		case EventType.FlowEnd:
			return [line(common, 'FORWARDED', 'flow-end', 'TRAFFIC_DIRECTION_UNKNOWN', { end: endOf(event, offsetNs) })];
		case EventType.Drop:
			return dropLines(event, common, names);
		case EventType.Trace:
			return traceLines(event, common);
		default:
			return forwardedLines(event, common, names);
	}
}

function dropLines(event: Event, common: Common, names: FlowNames): Flow[] {
	const ingress = event.direction === 0;
	const direction: TrafficDirection = ingress ? 'INGRESS' : 'EGRESS';
	const reason = dropReason(event.reason);
	if (!isRefused(event.egressVerdict) && !isRefused(event.ingressVerdict)) {
		return [line(common, 'DROPPED', 'drop', direction, { dropReason: reason })];
	}
	const policy = policyOf(event, ingress, names);
	const denied = [
		line(common, 'DROPPED', 'policy-verdict', direction, { policy }),
		line(common, 'DROPPED', 'drop', direction, { dropReason: reason, policy }),
	];
	if (!ingress) {
		return denied;
	}
	// The packet did leave its sender: say so before saying that the other side refused it.
	const left = leftAt(event, common);
	const lines = [line(common, 'FORWARDED', left, 'EGRESS', { traceReason: 'NEW' }), ...denied];
	const allowed = verdictLine(event, common, names, false);
	if (allowed !== undefined) {
		lines.unshift(allowed);
	}
	return lines;
}

function leftAt(event: Event, { source }: Common): TracePoint {
	if ((event.flags & EventFlag.FromProxy) !== 0) {
		return 'from-proxy';
	}
	return source.endpointId === undefined ? 'to-endpoint' : 'from-endpoint';
}

/** By policy: denied, or left to a proxy that is not there. */
function isRefused(verdict: number): boolean {
	return verdict === Verdict.Denied || verdict === Verdict.Redirected;
}

/** Of the packet that began a conversation; each side may be sampled away. */
function forwardedLines(event: Event, common: Common, names: FlowNames): Flow[] {
	const lines: Flow[] = [];
	const [fromWeight, toWeight] = event.weights;
	tell(lines, seenAt(cameFrom(event), event, common));
	if (fromWeight !== 0) {
		tell(lines, verdictLine(event, common, names, false));
	}
	if (toWeight !== 0) {
		tell(lines, verdictLine(event, common, names, true));
	}
	tell(lines, seenAt(wentTo(event), event, common));
	return lines;
}

function traceLines(event: Event, common: Common): Flow[] {
	const lines: Flow[] = [];
	tell(lines, seenAt(cameFrom(event), event, common));
	tell(lines, seenAt(wentTo(event), event, common));
	return lines;
}

function tell(lines: Flow[], told: Flow | undefined): void {
	if (told !== undefined) {
		lines.push(told);
	}
}

function seenAt(seen: SeenAt | undefined, event: Event, common: Common): Flow | undefined {
	if (seen === undefined) {
		return undefined;
	}
	const audited = event.ingressVerdict === Verdict.Audited || event.egressVerdict === Verdict.Audited;
	const extras = { traceReason: traceReason(event), weight: seen.weight };
	return line(common, audited ? 'AUDIT' : 'FORWARDED', seen.point, seen.direction, extras);
}

function verdictLine(event: Event, common: Common, names: FlowNames, ingress: boolean): Flow | undefined {
	const verdict = ingress ? event.ingressVerdict : event.egressVerdict;
	const told = VERDICTS[verdict];
	// The proxy's connection is judged for the client's, which has been told.
	if (told === undefined || (event.flags & EventFlag.FromProxy) !== 0) {
		return undefined;
	}
	const extras = { policy: policyOf(event, ingress, names), weight: event.weights[ingress ? 1 : 0] };
	return line(common, told, 'policy-verdict', ingress ? 'INGRESS' : 'EGRESS', extras);
}

/** Every flow has the same fields in the same order: that keeps a hundred thousand a second cheap. */
function line(
	common: Common,
	verdict: FlowVerdict,
	eventType: FlowEventType,
	trafficDirection: TrafficDirection,
	extras: Extras = NOTHING_MORE,
): Flow {
	return {
		time: common.time,
		timeNs: common.timeNs,
		verdict,
		eventType,
		trafficDirection,
		network: common.network,
		source: common.source,
		destination: common.destination,
		ip: common.ip,
		l4: common.l4,
		l7: undefined,
		isReply: common.isReply,
		traceReason: extras.traceReason,
		weight: extras.weight !== undefined && extras.weight > 1 ? extras.weight : undefined,
		length: common.length,
		dropReason: extras.dropReason,
		policy: extras.policy,
		end: extras.end,
	};
}

function policyOf(event: Event, ingress: boolean, names: FlowNames): FlowPolicy {
	const verdict = ingress ? event.ingressVerdict : event.egressVerdict;
	const cookie = ingress ? event.ingressCookie : event.egressCookie;
	return { action: ACTIONS[verdict] ?? 'ALLOWED', rule: cookie === 0 ? undefined : names.rule(cookie) };
}

function commonOf(event: Event, names: FlowNames, offsetNs: bigint): Common {
	const timeNs = event.timeNs + offsetNs;
	const ends = endsOf(names);
	const network = names.network(event.network);
	const fromHost = (event.flags & EventFlag.FromHost) !== 0;
	const toHost = (event.flags & EventFlag.ToHost) !== 0;
	const isIp = event.family === 4 || event.family === 6;
	return {
		time: new Date(Number(timeNs / 1_000_000n)),
		timeNs,
		network,
		source: ends.of(event.sourceEndpoint, event.sourceIdentity, fromHost, network),
		destination: ends.of(event.destinationEndpoint, event.destinationIdentity, toHost, network),
		ip: isIp ? ipOf(event) : undefined,
		l4: isIp ? flowL4(event) : undefined,
		isReply: (event.flags & EventFlag.Reply) !== 0,
		length: event.length,
	};
}

const allEnds = new WeakMap<FlowNames, KnownEnds>();

function endsOf(names: FlowNames): KnownEnds {
	let ends = allEnds.get(names);
	if (ends === undefined) {
		ends = createKnownEnds(names);
		allEnds.set(names, ends);
	}
	return ends;
}

function ipOf({ family, sourceAddress, destinationAddress }: Event): FlowIp {
	return {
		version: family === 4 ? 4 : 6,
		source: addressText(family, sourceAddress),
		destination: addressText(family, destinationAddress),
	};
}

function endOf(event: Event, offsetNs: bigint): FlowEnd {
	return {
		cause: END_CAUSES[event.endCause] ?? 'idle',
		started: new Date(Number((event.startedNs + offsetNs) / 1_000_000n)),
		packets: event.packets[0] ?? 0n,
		bytes: event.bytes[0] ?? 0n,
		replyPackets: event.packets[1] ?? 0n,
		replyBytes: event.bytes[1] ?? 0n,
	};
}
