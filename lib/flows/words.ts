import type { Flow, FlowEndpoint } from './flow.js';
import { icmpName } from './icmp-names.js';
import { l7Summary, l7Type } from './l7-words.js';

/** A flow in the words of `hubble observe`, one by one. */
export interface FlowWords {
	readonly source: EndWords;
	readonly destination: EndWords;
	/** 'to-endpoint', 'policy-verdict:none INGRESS', 'Policy denied', 'http-response' */
	readonly type: string;
	/** 'FORWARDED'; of a policy's verdict 'ALLOWED', 'DENIED', 'AUDITED' */
	readonly verdict: string;
	/** 'TCP Flags: SYN'; empty where there is nothing to tell */
	readonly summary: string;
}

export interface EndWords {
	/** 'default/client', or an address. */
	readonly host: string;
	readonly port: string;
	/** 'ID:256', 'world-ipv4' */
	readonly identity: string;
	/** Interface and network: 'cil1@jupiter' */
	readonly place: string;
}

/** `numeric`: addresses instead of names. */
export function flowWords(flow: Flow, numeric = false): FlowWords {
	const { l4, ip } = flow;
	return {
		source: endWords(flow.source, ip?.source, l4?.sourcePort, numeric),
		destination: endWords(flow.destination, ip?.destination, l4?.destinationPort, numeric),
		...eventWords(flow),
		summary: summaryOf(flow),
	};
}

function endWords(end: FlowEndpoint, ip: string | undefined, port: number | undefined, numeric: boolean): EndWords {
	const isEndpoint = end.endpointId !== undefined;
	const address = ip?.includes(':') && port !== undefined ? `[${ip}]` : (ip ?? 'unknown');
	const name = `${end.namespace === undefined ? '' : `${end.namespace}/`}${end.name}`;
	return {
		host: isEndpoint && !numeric ? name : address,
		port: port === undefined ? '' : String(port),
		identity: isEndpoint || end.identity > 255 ? `ID:${end.identity}` : end.name,
		place: isEndpoint ? `${end.podInterface ?? end.interface ?? '?'}@${end.network}` : `@${end.network}`,
	};
}

function eventWords(flow: Flow): Pick<FlowWords, 'type' | 'verdict'> {
	if (flow.l7 !== undefined) {
		return { type: l7Type(flow.l7), verdict: flow.verdict };
	}
	if (flow.eventType === 'policy-verdict') {
		const match = flow.policy?.rule?.match ?? 'none';
		return { type: `policy-verdict:${match} ${flow.trafficDirection}`, verdict: flow.policy?.action ?? '' };
	}
	return flow.eventType === 'drop'
		? { type: flow.dropReason?.text ?? 'unknown reason', verdict: 'DROPPED' }
		: { type: flow.eventType, verdict: flow.verdict };
}

function summaryOf(flow: Flow): string {
	const parts = [packetWords(flow)];
	if (flow.end !== undefined) {
		const { cause, packets, bytes, replyPackets, replyBytes } = flow.end;
		parts.push(`${cause}: ${packets} packets ${bytes} bytes, replies ${replyPackets} packets ${replyBytes} bytes`);
	}
	const rule = flow.policy?.rule;
	if (rule !== undefined) {
		parts.push(`by ${rule.policy} ${rule.rule}${rule.line === undefined ? '' : ` line ${rule.line}`}`);
	}
	return parts.filter((part) => part !== '').join('; ');
}

/** `HTTP/1.1 GET http://10.0.0.1/public` of what a proxy saw, `TCP Flags: SYN` of a packet. */
export function packetWords(flow: Flow): string {
	return flow.l7 === undefined ? l4Words(flow) : l7Summary(flow.l7);
}

/** `TCP Flags: SYN`; empty where nothing is known beside the addresses. */
export function l4Words({ ip, l4 }: Flow): string {
	if (l4 === undefined) {
		return ip === undefined ? 'not IP' : '';
	}
	if (l4.icmp !== undefined) {
		return `${l4.protocol} ${icmpName(ip?.version === 6 ? 6 : 4, l4.icmp)}`;
	}
	return l4.flags === undefined ? l4.protocol : `${l4.protocol} Flags: ${l4.flags.join(', ')}`;
}
