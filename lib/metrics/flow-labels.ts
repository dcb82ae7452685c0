import type { Flow, FlowEventType } from '../flows/flow.js';
import type { LabelValues } from './family.js';
import { icmpText } from './icmp-text.js';

/** Protocols that Hubble has a word for. */
const PROTOCOLS: ReadonlySet<string> = new Set(['TCP', 'UDP', 'SCTP', 'ICMPv4', 'ICMPv6']);

/** Told once of every packet that arrived somewhere; its verdicts are told beside. */
const ARRIVALS: ReadonlySet<FlowEventType> = new Set(['to-endpoint', 'to-host', 'to-stack', 'to-network']);

const NONE: readonly LabelValues[] = [];

export function processedLabels(flow: Flow): LabelValues[] {
	return [{ ...typeLabels(flow), protocol: protocolOf(flow), verdict: flow.verdict }];
}

/** A drop by policy is told twice, as verdict and as drop: the latter counts. */
export function dropLabels(flow: Flow): readonly LabelValues[] {
	return flow.eventType === 'drop'
		? [{ reason: flow.dropReason?.name ?? 'DROP_REASON_UNKNOWN', protocol: protocolOf(flow) }]
		: NONE;
}

export function policyLabels({ eventType, trafficDirection, verdict, policy }: Flow): readonly LabelValues[] {
	if (eventType !== 'policy-verdict') {
		return NONE;
	}
	const match = policy?.rule?.match ?? 'none';
	return [{ direction: trafficDirection.toLowerCase(), match: match.toLowerCase(), action: verdict.toLowerCase() }];
}

export function icmpLabels({ eventType, ip, l4 }: Flow): readonly LabelValues[] {
	if (l4?.icmp === undefined || ip === undefined || !(eventType === 'drop' || ARRIVALS.has(eventType))) {
		return NONE;
	}
	return [{ family: `IPv${ip.version}`, type: icmpText(ip.version, l4.icmp.type, l4.icmp.code) }];
}

/** The opening packet's flags, and those that closed the conversation: what is between is not told. */
export function tcpFlagLabels(flow: Flow): readonly LabelValues[] {
	const { ip, l4 } = flow;
	if (l4?.flags === undefined || ip === undefined) {
		return NONE;
	}
	const flags = toldFlags(flow, new Set(l4.flags));
	return flags.map((flag) => ({ flag, family: `IPv${ip.version}` }));
}

function toldFlags({ eventType }: Flow, flags: ReadonlySet<string>): string[] {
	const closing = ['FIN', 'RST'].filter((flag) => flags.has(flag));
	if (eventType === 'flow-end') {
		return closing;
	}
	if (!ARRIVALS.has(eventType)) {
		return [];
	}
	return flags.has('SYN') ? [...closing, flags.has('ACK') ? 'SYN-ACK' : 'SYN'] : closing;
}

export function portLabels({ eventType, isReply, l4 }: Flow): readonly LabelValues[] {
	if (l4 === undefined || isReply || !ARRIVALS.has(eventType) || !PROTOCOLS.has(l4.protocol)) {
		return NONE;
	}
	return [{ protocol: l4.protocol, port: String(l4.destinationPort ?? 0) }];
}

function protocolOf({ l4 }: Flow): string {
	return l4 !== undefined && PROTOCOLS.has(l4.protocol) ? l4.protocol : 'Unknown L4';
}

function typeLabels({ eventType, end }: Flow): LabelValues {
	switch (eventType) {
		case 'drop':
			return { type: 'Drop', subtype: '' };
		case 'policy-verdict':
			return { type: 'PolicyVerdict', subtype: '' };
		case 'flow-end':
			return { type: 'FlowEnd', subtype: end?.cause ?? '' };
		default:
			return { type: 'Trace', subtype: eventType };
	}
}
