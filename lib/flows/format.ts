import type { Flow, FlowEndpoint } from './flow.js';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const ICMP4_NAMES: Readonly<Record<number, string>> = {
	0: 'EchoReply',
	3: 'DestinationUnreachable',
	5: 'Redirect',
	8: 'EchoRequest',
	11: 'TimeExceeded',
	12: 'ParameterProblem',
};

const ICMP6_NAMES: Readonly<Record<number, string>> = {
	1: 'DestinationUnreachable',
	2: 'PacketTooBig',
	3: 'TimeExceeded',
	4: 'ParameterProblem',
	128: 'EchoRequest',
	129: 'EchoReply',
	133: 'RouterSolicitation',
	134: 'RouterAdvertisement',
	135: 'NeighborSolicitation',
	136: 'NeighborAdvertisement',
	143: 'MulticastListenerReport',
};

/**
 * One line as `hubble observe` prints it, in local time, with interface and network of each endpoint:
 * `Nov 23 08:40:00.123: default/client-cil1 (ID:256 cil1@jupiter) -> default/server-jupiter (ID:257 eth0@jupiter)
 * policy-verdict:none INGRESS DENIED (ICMPv4 EchoRequest)`
 */
export function formatFlow(flow: Flow): string {
	const source = formatEnd(flow.source, flow.ip?.source, flow.l4?.sourcePort);
	const destination = formatEnd(flow.destination, flow.ip?.destination, flow.l4?.destinationPort);
	const ends = flow.isReply ? `${destination} <- ${source}` : `${source} -> ${destination}`;
	return `${formatTime(flow.time)}: ${ends} ${formatEvent(flow)}${formatDetails(flow)}`;
}

function formatEnd(end: FlowEndpoint, ip: string | undefined, port: number | undefined): string {
	const isEndpoint = end.endpointId !== undefined;
	const address = ip?.includes(':') && port !== undefined ? `[${ip}]` : (ip ?? 'unknown');
	const name = isEndpoint ? `${end.namespace === undefined ? '' : `${end.namespace}/`}${end.name}` : address;
	const identity = isEndpoint || end.identity > 255 ? `ID:${end.identity}` : end.name;
	const place = isEndpoint ? `${end.podInterface ?? end.interface ?? '?'}@${end.network}` : `@${end.network}`;
	return `${name}${port === undefined ? '' : `:${port}`} (${identity} ${place})`;
}

function formatEvent(flow: Flow): string {
	if (flow.eventType === 'policy-verdict') {
		return `policy-verdict:${flow.policy?.rule?.match ?? 'none'} ${flow.trafficDirection} ${flow.policy?.action ?? ''}`;
	}
	if (flow.eventType === 'drop') {
		return `${flow.dropReason?.text ?? 'unknown reason'} DROPPED`;
	}
	return `${flow.eventType} ${flow.verdict}`;
}

function formatDetails(flow: Flow): string {
	const parts = [formatL4(flow)];
	if (flow.end !== undefined) {
		const { cause, packets, bytes, replyPackets, replyBytes } = flow.end;
		parts.push(`${cause}: ${packets} packets ${bytes} bytes, replies ${replyPackets} packets ${replyBytes} bytes`);
	}
	const rule = flow.policy?.rule;
	if (rule !== undefined) {
		parts.push(`by ${rule.policy} ${rule.rule}${rule.line === undefined ? '' : ` line ${rule.line}`}`);
	}
	const told = parts.filter((part) => part !== '');
	return told.length === 0 ? '' : ` (${told.join('; ')})`;
}

export function formatL4(flow: Flow): string {
	const { l4 } = flow;
	if (l4 === undefined) {
		return flow.ip === undefined ? 'not IP' : '';
	}
	if (l4.icmp !== undefined) {
		const names = flow.ip?.version === 6 ? ICMP6_NAMES : ICMP4_NAMES;
		return `${l4.protocol} ${names[l4.icmp.type] ?? `type ${l4.icmp.type} code ${l4.icmp.code}`}`;
	}
	return l4.flags === undefined ? l4.protocol : `${l4.protocol} Flags: ${l4.flags.join(', ')}`;
}

function formatTime(time: Date): string {
	const two = (value: number) => String(value).padStart(2, '0');
	const clock = `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
	return `${MONTHS[time.getMonth()]} ${two(time.getDate())} ${clock}.${String(time.getMilliseconds()).padStart(3, '0')}`;
}
