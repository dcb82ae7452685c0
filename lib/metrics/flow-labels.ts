import type { Flow, FlowEventType } from '../flows/flow.js';
import type { LabelValues } from './family.js';
import { l7Protocol } from '../flows/l7.js';
import type { FlowL7 } from '../flows/l7.js';
import { icmpText } from './icmp-text.js';

/** Protocols that Hubble has a word for. */
const PROTOCOLS: ReadonlySet<string> = new Set(['TCP', 'UDP', 'SCTP', 'ICMPv4', 'ICMPv6']);

/** Told once of every packet that began a conversation; its verdicts are told beside. */
const ARRIVALS: ReadonlySet<FlowEventType> = new Set(['to-endpoint', 'to-host', 'to-stack', 'to-network', 'to-proxy']);

/** What an endpoint's level of aggregation tells of later packets is not counted: it differs from one to the next. */
function begins({ eventType, traceReason = 'NEW' }: Flow): boolean {
	return ARRIVALS.has(eventType) && traceReason === 'NEW';
}

const NONE: readonly LabelValues[] = [];

export function processedLabels(flow: Flow): LabelValues[] {
	const { network, verdict } = flow;
	return [{ type: typeOf(flow), subtype: subtypeOf(flow), protocol: protocolOf(flow), verdict, network }];
}

/** A drop by policy is told twice, as verdict and as drop: the latter counts. What a proxy refused has no reason. */
export function dropLabels(flow: Flow): readonly LabelValues[] {
	return flow.eventType === 'drop' || (flow.eventType === 'l7' && flow.verdict === 'DROPPED')
		? [
				{
					reason: flow.dropReason?.name ?? 'DROP_REASON_UNKNOWN',
					protocol: protocolOf(flow),
					network: flow.network,
				},
			]
		: NONE;
}

export function policyLabels({ eventType, trafficDirection, verdict, policy, network }: Flow): readonly LabelValues[] {
	if (eventType !== 'policy-verdict') {
		return NONE;
	}
	const match = policy?.rule?.match ?? 'none';
	const action = verdict.toLowerCase();
	return [{ direction: trafficDirection.toLowerCase(), match: match.toLowerCase(), action, network }];
}

export function icmpLabels(flow: Flow): readonly LabelValues[] {
	const { eventType, ip, l4, network } = flow;
	if (l4?.icmp === undefined || ip === undefined || !(eventType === 'drop' || begins(flow))) {
		return NONE;
	}
	return [{ family: `IPv${ip.version}`, type: icmpText(ip.version, l4.icmp.type, l4.icmp.code), network }];
}

/** The opening packet's flags, and those that closed the conversation: what is between is not told. */
export function tcpFlagLabels(flow: Flow): readonly LabelValues[] {
	const { ip, l4, network } = flow;
	if (l4?.flags === undefined || ip === undefined) {
		return NONE;
	}
	return toldFlags(flow, l4.flags).map((flag) => ({ flag, family: `IPv${ip.version}`, network }));
}

function toldFlags(flow: Flow, flags: readonly string[]): string[] {
	const closing = flags.filter((flag) => flag === 'FIN' || flag === 'RST');
	if (flow.eventType === 'flow-end') {
		return closing;
	}
	if (!begins(flow)) {
		return [];
	}
	return flags.includes('SYN') ? [...closing, flags.includes('ACK') ? 'SYN-ACK' : 'SYN'] : closing;
}

export function portLabels(flow: Flow): readonly LabelValues[] {
	const { isReply, l4, network } = flow;
	if (l4 === undefined || isReply || !begins(flow) || !PROTOCOLS.has(l4.protocol)) {
		return NONE;
	}
	return [{ protocol: l4.protocol, port: String(l4.destinationPort ?? 0), network }];
}

function protocolOf({ l4, l7 }: Flow): string {
	if (l7 !== undefined) {
		return l7Name(l7);
	}
	return l4 !== undefined && PROTOCOLS.has(l4.protocol) ? l4.protocol : 'Unknown L4';
}

const L7_NAMES = { http: 'HTTP', dns: 'DNS', tls: 'TLS', l7: 'Unknown L7' } as const;

function l7Name(l7: FlowL7): string {
	return L7_NAMES[l7Protocol(l7)];
}

function typeOf({ eventType }: Flow): string {
	switch (eventType) {
		case 'drop':
			return 'Drop';
		case 'policy-verdict':
			return 'PolicyVerdict';
		case 'flow-end':
			return 'FlowEnd';
		case 'l7':
			return 'L7';
		default:
			return 'Trace';
	}
}

/** Where a packet was seen, what a proxy saw, or how a conversation ended. */
function subtypeOf(flow: Flow): string {
	if (flow.l7 !== undefined) {
		return l7Name(flow.l7);
	}
	return typeOf(flow) === 'Trace' ? flow.eventType : (flow.end?.cause ?? '');
}
