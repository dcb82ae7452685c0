import type { Flow, FlowEndpoint, FlowEventType, FlowVerdict, TrafficDirection } from './flow.js';
import { l7Protocol } from './l7.js';

type OneOrMany<T> = T | readonly T[];

/** Every field that is given must match; of a list, one. `pod`, `endpoint`, `identity`, `ip` and `port` look at both ends. */
export interface FlowFilter {
	/** EndpointId or name. */
	readonly endpoint?: OneOrMany<number | string>;
	/** `namespace/name`, or a name in any namespace. */
	readonly pod?: OneOrMany<string>;
	readonly identity?: OneOrMany<number>;
	readonly network?: OneOrMany<string>;
	readonly verdict?: OneOrMany<FlowVerdict>;
	readonly eventType?: OneOrMany<FlowEventType>;
	/** In any letter case; 'icmp' is both ICMPv4 and ICMPv6; 'http' and 'dns' are what proxies saw. */
	readonly protocol?: OneOrMany<string>;
	readonly trafficDirection?: OneOrMany<TrafficDirection>;
	/** Name of a drop reason: 'POLICY_DENIED'. */
	readonly dropReason?: OneOrMany<string>;
	readonly ip?: OneOrMany<string>;
	readonly port?: OneOrMany<number>;
	readonly isReply?: boolean;
}

export type FlowPredicate = (flow: Flow) => boolean;

export function flowPredicate(filter: FlowFilter | FlowPredicate): FlowPredicate {
	if (typeof filter === 'function') {
		return filter;
	}
	const tests: FlowPredicate[] = [];
	const either = <T>(wanted: OneOrMany<T> | undefined, test: (flow: Flow, one: T) => boolean) => {
		if (wanted !== undefined) {
			const all = (Array.isArray(wanted) ? wanted : [wanted]) as readonly T[];
			tests.push((flow) => all.some((one) => test(flow, one)));
		}
	};
	either(filter.endpoint, (flow, one) => ends(flow).some((end) => end.endpointId === one || end.name === one));
	either(filter.pod, (flow, one) => ends(flow).some((end) => isPod(end, one)));
	either(filter.identity, (flow, one) => ends(flow).some((end) => end.identity === one));
	either(filter.network, (flow, one) => flow.network === one);
	either(filter.verdict, (flow, one) => flow.verdict === one);
	either(filter.eventType, (flow, one) => flow.eventType === one);
	either(filter.protocol, (flow, one) => isProtocol(flow, one.toLowerCase()));
	either(filter.trafficDirection, (flow, one) => flow.trafficDirection === one);
	either(filter.dropReason, (flow, one) => flow.dropReason?.name === one);
	either(filter.ip, (flow, one) => flow.ip?.source === one || flow.ip?.destination === one);
	either(filter.port, (flow, one) => flow.l4?.sourcePort === one || flow.l4?.destinationPort === one);
	either(filter.isReply, (flow, one) => flow.isReply === one);
	return (flow) => tests.every((test) => test(flow));
}

function ends(flow: Flow): readonly FlowEndpoint[] {
	return [flow.source, flow.destination];
}

function isPod(end: FlowEndpoint, wanted: string): boolean {
	return end.pod !== undefined && (end.pod === wanted || `${end.namespace}/${end.pod}` === wanted);
}

/** @param wanted in small letters */
export function isProtocol({ l4, l7 }: Flow, wanted: string): boolean {
	const found = l4?.protocol.toLowerCase();
	if (l7 !== undefined && l7Protocol(l7) === wanted) {
		return true;
	}
	return found === wanted || (wanted === 'icmp' && (found === 'icmpv4' || found === 'icmpv6'));
}
