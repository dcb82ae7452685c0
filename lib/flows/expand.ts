import { EventFlag, EventType, FlowEndCause, ReservedIdentity, Verdict } from '../abi/generated.js';
import type { Event } from '../abi/generated.js';
import { formatAddress } from '../datapath/address.js';
import { dropReason } from './drop-reasons.js';
import type { Flow, FlowEnd, FlowEndpoint, FlowEventType, FlowPolicy, FlowVerdict, TrafficDirection } from './flow.js';
import { flowL4 } from './l4.js';
import type { FlowNames } from './names.js';

const END_CAUSES: Readonly<Record<number, FlowEnd['cause']>> = {
	[FlowEndCause.TcpClosed]: 'tcp-closed',
	[FlowEndCause.TcpReset]: 'tcp-reset',
	[FlowEndCause.Idle]: 'idle',
	[FlowEndCause.Replaced]: 'replaced',
	[FlowEndCause.EndpointGone]: 'endpoint-gone',
};

type Common = Omit<Flow, 'verdict' | 'eventType' | 'trafficDirection'>;

/** Unix time minus CLOCK_MONOTONIC, in nanoseconds. */
export function clockOffsetNs(): bigint {
	return BigInt(Date.now()) * 1_000_000n - process.hrtime.bigint();
}

/** One record of the kernel, told line by line in the order in which it happened to the packet. */
export function expandEvent(event: Event, names: FlowNames, offsetNs: bigint): Flow[] {
	const common = commonOf(event, names, offsetNs);
	switch (event.type) {
		case EventType.FlowEnd:
			return [
				{
					...common,
					verdict: 'FORWARDED',
					eventType: 'flow-end',
					trafficDirection: 'TRAFFIC_DIRECTION_UNKNOWN',
					end: endOf(event, offsetNs),
				},
			];
		case EventType.Drop:
			return dropLines(event, common, names);
		default:
			return [...verdictLines(event, common, names), forwarded(event, common)];
	}
}

function dropLines(event: Event, common: Common, names: FlowNames): Flow[] {
	const ingress = event.direction === 0;
	const direction: TrafficDirection = ingress ? 'INGRESS' : 'EGRESS';
	const lines: Flow[] = [];
	const byPolicy = event.egressVerdict === Verdict.Denied || event.ingressVerdict === Verdict.Denied;
	if (byPolicy && ingress) {
		const [egressVerdict] = verdictLines(event, common, names).filter((line) => line.trafficDirection === 'EGRESS');
		lines.push(...(egressVerdict === undefined ? [] : [egressVerdict]));
		// The packet did leave its sender: say so before saying that the other side refused it.
		lines.push(
			line(common, 'FORWARDED', common.source.endpointId === undefined ? 'to-endpoint' : 'from-endpoint', 'EGRESS'),
		);
	}
	if (byPolicy) {
		lines.push({ ...line(common, 'DROPPED', 'policy-verdict', direction), policy: policyOf(event, ingress, names) });
	}
	const rule = byPolicy ? { policy: policyOf(event, ingress, names) } : {};
	lines.push({ ...line(common, 'DROPPED', 'drop', direction), dropReason: dropReason(event.reason), ...rule });
	return lines;
}

function verdictLines(event: Event, common: Common, names: FlowNames): Flow[] {
	const lines: Flow[] = [];
	for (const ingress of [false, true]) {
		const verdict = ingress ? event.ingressVerdict : event.egressVerdict;
		if (verdict === Verdict.Allowed || verdict === Verdict.Audited) {
			const told: FlowVerdict = verdict === Verdict.Audited ? 'AUDIT' : 'FORWARDED';
			const policy = policyOf(event, ingress, names);
			lines.push({ ...line(common, told, 'policy-verdict', ingress ? 'INGRESS' : 'EGRESS'), policy });
		}
	}
	return lines;
}

function forwarded(event: Event, common: Common): Flow {
	const audited = event.ingressVerdict === Verdict.Audited || event.egressVerdict === Verdict.Audited;
	const verdict: FlowVerdict = audited ? 'AUDIT' : 'FORWARDED';
	if (event.destinationEndpoint !== 0) {
		return line(common, verdict, 'to-endpoint', 'INGRESS');
	}
	return line(common, verdict, (event.flags & EventFlag.ToHost) !== 0 ? 'to-host' : 'to-stack', 'EGRESS');
}

function line(
	common: Common,
	verdict: FlowVerdict,
	eventType: FlowEventType,
	trafficDirection: TrafficDirection,
): Flow {
	return { ...common, verdict, eventType, trafficDirection };
}

function policyOf(event: Event, ingress: boolean, names: FlowNames): FlowPolicy {
	const verdict = ingress ? event.ingressVerdict : event.egressVerdict;
	const cookie = ingress ? event.ingressCookie : event.egressCookie;
	const action = verdict === Verdict.Denied ? 'DENIED' : verdict === Verdict.Audited ? 'AUDITED' : 'ALLOWED';
	const rule = cookie === 0 ? undefined : names.rule(cookie);
	return rule === undefined ? { action } : { action, rule };
}

function commonOf(event: Event, names: FlowNames, offsetNs: bigint): Common {
	const timeNs = event.timeNs + offsetNs;
	const network = names.network(event.network);
	const fromHost = (event.flags & EventFlag.FromHost) !== 0;
	const toHost = (event.flags & EventFlag.ToHost) !== 0;
	const common: Common = {
		time: new Date(Number(timeNs / 1_000_000n)),
		timeNs,
		network,
		source: endOfFlow(event.sourceEndpoint, event.sourceIdentity, fromHost, network, names),
		destination: endOfFlow(event.destinationEndpoint, event.destinationIdentity, toHost, network, names),
		isReply: (event.flags & EventFlag.Reply) !== 0,
		length: event.length,
	};
	if (event.family !== 4 && event.family !== 6) {
		return common;
	}
	const ip = {
		version: event.family as 4 | 6,
		source: formatAddress(event.family, event.sourceAddress),
		destination: formatAddress(event.family, event.destinationAddress),
	};
	return { ...common, ip, l4: flowL4(event) };
}

function endOfFlow(id: number, identity: number, isHost: boolean, network: string, names: FlowNames): FlowEndpoint {
	const endpoint = id === 0 ? undefined : names.endpoint(id);
	// What was dropped before it was judged has no identity yet.
	const number = identity !== 0 ? identity : isHost ? ReservedIdentity.Host : (endpoint?.identity.id ?? 0);
	const known = names.identity(number);
	const labels = known?.labels ?? [];
	if (endpoint === undefined) {
		return { name: known?.name ?? labels[0] ?? 'unknown', identity: number, labels, network };
	}
	const { pod } = endpoint;
	return {
		endpointId: id,
		name: endpoint.name,
		identity: number,
		labels,
		...(pod === undefined ? {} : { pod: pod.name, namespace: pod.namespace }),
		interface: endpoint.interface.name,
		...(endpoint.interface.pod === undefined ? {} : { podInterface: endpoint.interface.pod }),
		network,
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
