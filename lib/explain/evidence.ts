import { hasPorts, ICMP, ICMPV6 } from '../policy/protocols.js';
import { readFlow, type SeenEnd, type SeenFlow } from './flow-like.js';
import { createWhoIs, type Outsider, type WhoIs, type Workload } from './workload.js';

export interface EvidenceOptions {
	/** Packets that were dropped count as wanted. @default false */
	readonly drops?: boolean;
	/** An answer stands for the connection that it answers. @default false */
	readonly replies?: boolean;
}

/** One connection that was seen, however often. */
export interface Conversation {
	readonly from: Workload | Outsider;
	readonly to: Workload | Outsider;
	/** As they were seen first. */
	readonly source: SeenEnd;
	readonly destination: SeenEnd;
	readonly protocol: number;
	/** ICMP: type << 8. */
	readonly port: number;
	readonly flows: number;
}

export interface IgnoredFlow {
	/** Number of the flow, from 0. */
	readonly index: number;
	readonly reason: string;
}

export interface Evidence {
	readonly conversations: readonly Conversation[];
	/** Flows of which nothing can be made. Replies and drops are not among them. */
	readonly ignored: readonly IgnoredFlow[];
}

interface Tally {
	readonly conversation: Omit<Conversation, 'flows'>;
	passed: number;
	delivered: boolean;
	dropped: number;
}

/** What was seen to pass: not what was dropped on its way, unless it also arrived. */
export function gatherEvidence(flows: Iterable<unknown>, options: EvidenceOptions): Evidence {
	const tallies = new Map<string, Tally>();
	const ignored: IgnoredFlow[] = [];
	const whoIs = createWhoIs();
	let index = 0;
	for (const flow of flows) {
		const reason = count(flow, tallies, whoIs, options);
		if (reason !== undefined) {
			ignored.push({ index, reason });
		}
		index++;
	}
	const conversations = [...tallies.values()].flatMap((tally) => conversationOf(tally, options));
	return { conversations, ignored };
}

/** Returns why it is ignored. */
function count(
	flow: unknown,
	tallies: Map<string, Tally>,
	whoIs: WhoIs,
	{ replies = false }: EvidenceOptions,
): string | undefined {
	const read = readFlow(flow);
	if (typeof read === 'string') {
		return read;
	}
	if (read.isReply && !replies) {
		return undefined;
	}
	const seen = read.isReply ? answered(read) : read;
	if (typeof seen === 'string') {
		return seen;
	}
	const [from, to] = [whoIs(seen.source), whoIs(seen.destination)];
	if (typeof from === 'string') {
		return `source: ${from}`;
	}
	if (typeof to === 'string') {
		return `destination: ${to}`;
	}
	if (from.kind !== 'workload' && to.kind !== 'workload') {
		return 'neither end is a pod';
	}
	const { source, destination, protocol, outcome } = seen;
	const port = protocol === ICMP || protocol === ICMPV6 ? seen.port & 0xff00 : seen.port;
	const key = `${from.key} ${source.labels.key} ${to.key} ${destination.labels.key} ${protocol} ${port}`;
	const tally = tallies.get(key) ?? {
		conversation: { from, to, source, destination, protocol, port },
		passed: 0,
		delivered: false,
		dropped: 0,
	};
	tallies.set(key, tally);
	tally.passed += outcome === 'dropped' ? 0 : 1;
	tally.dropped += outcome === 'dropped' ? 1 : 0;
	tally.delivered ||= outcome === 'delivered';
	return undefined;
}

function conversationOf(
	{ conversation, passed, delivered, dropped }: Tally,
	{ drops = false }: EvidenceOptions,
): Conversation[] {
	if (drops) {
		return [{ ...conversation, flows: passed + dropped }];
	}
	return delivered || (passed > 0 && dropped === 0) ? [{ ...conversation, flows: passed }] : [];
}

const ECHOES: readonly (readonly [protocol: number, reply: number, request: number])[] = [
	[ICMP, 0, 8],
	[ICMPV6, 129, 128],
];

/** The connection that a reply answers. A text says why there is no telling. */
function answered(flow: SeenFlow): SeenFlow | string {
	const { source, destination, protocol, port, sourcePort } = flow;
	const turned = { ...flow, source: destination, destination: source, sourcePort: port };
	if (protocol === ICMP || protocol === ICMPV6) {
		const request = ECHOES.find(([family, reply]) => family === protocol && reply === port >> 8)?.[2];
		return request === undefined ? 'an answer of ICMP to no request' : { ...turned, port: request << 8 };
	}
	return hasPorts(protocol) && sourcePort === 0 ? 'found no source port' : { ...turned, port: sourcePort };
}
