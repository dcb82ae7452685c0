import { createLabelSet, type LabelSet } from '../labels/label-set.js';
import { parseLabel, SOURCE_K8S } from '../labels/label.js';
import { NAMESPACE_LABEL } from '../labels/pod-labels.js';
import { hasPorts, ICMP, ICMPV6, isProtocolNumber, SCTP, TCP, UDP } from '../policy/protocols.js';
import { LAST_PORT } from '../policy/row.js';

/** A flow as heddle tells it, or as Hubble's JSON has it, with `flow` around it or without. */
export type FlowLike = object;

type Fields = Readonly<Record<string, unknown>>;

export interface SeenEnd {
	readonly labels: LabelSet;
	readonly address?: string;
}

/** What flows of both kinds have in common. */
export interface SeenFlow {
	readonly source: SeenEnd;
	readonly destination: SeenEnd;
	/** IANA number. */
	readonly protocol: number;
	readonly sourcePort: number;
	/** Of the destination; ICMP: type << 8 | code; 0 where the protocol has none. */
	readonly port: number;
	readonly isReply: boolean;
	/** `delivered`: handed to the destination; `forwarded`: left the source. */
	readonly outcome: 'delivered' | 'forwarded' | 'dropped';
}

/** A text says why the flow is none. */
export function readFlow(flow: unknown): SeenFlow | string {
	const outer = fieldsOf(flow);
	const fields = fieldsOf(outer['flow'], outer);
	const l4 = l4Of(fields['l4']);
	if (fields['source'] === undefined || fields['destination'] === undefined) {
		return 'no flow: found no source and destination';
	}
	if (typeof l4 === 'string') {
		return l4;
	}
	const outcome = outcomeOf(fields);
	if (outcome === undefined) {
		return `found verdict ${textOf(fields['verdict'])}, which tells nothing of a packet's end`;
	}
	const ip = fieldsOf(fields['ip'] ?? fields['IP']);
	try {
		return {
			source: endOf(fields['source'], ip['source']),
			destination: endOf(fields['destination'], ip['destination']),
			...l4,
			isReply: isReply(fields, l4.flags),
			outcome,
		};
	} catch (error) {
		return error instanceof Error ? error.message : String(error);
	}
}

function fieldsOf(value: unknown, otherwise: Fields = {}): Fields {
	return typeof value === 'object' && value !== null ? (value as Fields) : otherwise;
}

function endOf(value: unknown, address: unknown): SeenEnd {
	const { labels, namespace } = fieldsOf(value);
	const texts = Array.isArray(labels) ? labels.map(String) : [];
	const own = texts.map((text) => parseLabel(text, SOURCE_K8S));
	const named = own.some(({ key, source }) => key === NAMESPACE_LABEL && source === SOURCE_K8S);
	if (typeof namespace === 'string' && namespace !== '' && !named) {
		own.push({ source: SOURCE_K8S, key: NAMESPACE_LABEL, value: namespace });
	}
	return { labels: createLabelSet(own), ...(typeof address === 'string' && address !== '' ? { address } : {}) };
}

const PROTOCOLS: Readonly<Record<string, number>> = { TCP, UDP, SCTP, ICMPv4: ICMP, ICMPv6: ICMPV6 };

interface L4 {
	readonly protocol: number;
	readonly sourcePort: number;
	readonly port: number;
	readonly flags: readonly string[];
}

function l4Of(value: unknown): L4 | string {
	const l4 = fieldsOf(value);
	const named = Object.keys(PROTOCOLS).find((name) => name === l4['protocol'] || fieldsOf(l4[name]) === l4[name]);
	const number = /^\d+$/.test(String(l4['protocol'])) ? Number(l4['protocol']) : -1;
	const protocol = named === undefined ? number : PROTOCOLS[named]!;
	if (!isProtocolNumber(protocol)) {
		return 'found no layer 4 protocol';
	}
	const inner = fieldsOf(l4[named ?? ''], l4);
	const port = portOf(protocol, inner);
	return typeof port === 'string'
		? port
		: {
				protocol,
				port,
				sourcePort: inPorts(inner['sourcePort'] ?? inner['source_port']) ?? 0,
				flags: flagsOf(inner['flags']),
			};
}

/** Port 0 is no port: in a policy it would be every one. */
function portOf(protocol: number, fields: Fields): number | string {
	if (protocol === ICMP || protocol === ICMPV6) {
		const { type = 0, code = 0 } = fieldsOf(fields['icmp'], fields);
		const [whole, part] = [inPorts(type), inPorts(code)];
		const known = whole !== undefined && part !== undefined && whole < 256 && part < 256;
		return known ? (whole << 8) | part : 'found no type of ICMP';
	}
	if (!hasPorts(protocol)) {
		return 0;
	}
	const port = inPorts(fields['destinationPort'] ?? fields['destination_port']);
	return port === undefined || port === 0 ? 'found no destination port' : port;
}

function inPorts(value: unknown): number | undefined {
	return typeof value === 'number' && value >>> 0 === value && value <= LAST_PORT ? value : undefined;
}

function flagsOf(value: unknown): string[] {
	if (Array.isArray(value)) {
		return value.map(String);
	}
	const flags = fieldsOf(value);
	return Object.keys(flags).filter((name) => flags[name] === true);
}

/** Where nobody says: an answer to a SYN is one. */
function isReply(fields: Fields, flags: readonly string[]): boolean {
	const said = fields['isReply'] ?? fields['is_reply'] ?? fields['reply'];
	return typeof said === 'boolean' ? said : flags.includes('ACK');
}

const FORWARDED = ['FORWARDED', 'AUDIT', 'REDIRECTED'];
const DROPPED = ['DROPPED', 'ERROR'];
const HANDED_OVER = [
	'to-host',
	'to-stack',
	'to-network',
	'to-proxy',
	'TO_ENDPOINT',
	'TO_HOST',
	'TO_STACK',
	'TO_NETWORK',
	'TO_PROXY',
];

function outcomeOf(fields: Fields): SeenFlow['outcome'] | undefined {
	// A proxy refuses requests: their connection was allowed.
	const verdict = fields['l7'] === undefined ? textOf(fields['verdict']) : 'FORWARDED';
	if (DROPPED.includes(verdict)) {
		return 'dropped';
	}
	if (!FORWARDED.includes(verdict)) {
		return undefined;
	}
	const incoming = (fields['trafficDirection'] ?? fields['traffic_direction']) === 'INGRESS';
	const point = String(fields['eventType'] ?? fields['trace_observation_point']);
	return incoming || HANDED_OVER.includes(point) ? 'delivered' : 'forwarded';
}

/** Whatever else it is says nothing, and has perhaps no words. */
function textOf(value: unknown): string {
	return typeof value === 'string' ? value : typeof value;
}
