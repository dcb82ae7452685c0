import type { Flow, FlowIp, FlowL4, FlowPolicy } from '../../flows/flow.js';
import type { Schema } from '../schema.js';
import { EVENT_NUMBERS } from '../translate/event-type.js';
import { DIRECTIONS, FLOW_TYPES, TRACE_REASONS, VERDICTS } from '../translate/enums.js';
import { emitterOf, interfaceName, reasonOf, summaryOf } from '../translate/flow.js';
import type { ServedFlow, Teller } from '../translate/flow.js';
import { IP_VERSIONS } from '../translate/l4.js';
import { allows, POLICY_MATCH_TYPES } from '../translate/policies.js';
import { createBlocks } from './blocks.js';
import { lengthTag as block, numberTag as number, ProtoWriter } from './proto-writer.js';

/** Encodes a flow as `observer.GetFlowsResponse`. */
export type FlowWriter = (flow: ServedFlow, uuid: string) => Uint8Array;

/** Lengths that fit in one byte, in two. */
const SMALL = 1;
const LARGE = 2;
const NO_FLAGS: readonly string[] = Object.freeze([]);
const L4_FIELDS: Readonly<Record<string, number>> = { TCP: 1, UDP: 2, ICMPv4: 3, ICMPv6: 4, SCTP: 5 };

/**
 * What protobufjs makes of `flowMessage`, byte for byte, from the flow itself: what flows have in common is encoded once
 * and copied, no message is made of the rest.
 */
export function createFlowWriter(schema: Schema, teller: Teller): FlowWriter {
	const writer = new ProtoWriter();
	const blocks = createBlocks(schema, teller.clusterName);
	const nodeName = blocks.encode('flow.Flow', { node_name: teller.nodeName });
	const emitter = blocks.encode('flow.Flow', { emitter: emitterOf(teller) });
	const isReply = blocks.encode('flow.Flow', { is_reply: { value: true } });
	const isNoReply = blocks.encode('flow.Flow', { is_reply: { value: false } });
	const toldBy = blocks.encode('observer.GetFlowsResponse', { node_name: teller.nodeName });

	function writeFlow(flow: ServedFlow, uuid: string, time: Uint8Array): void {
		const reason = reasonOf(flow);
		writer.block(block(1), time);
		writer.number(number(2), VERDICTS[flow.verdict]);
		if (reason !== undefined) {
			writer.number(number(3), reason.number);
		}
		writeIp(flow.ip);
		writeL4(flow.l4);
		writer.block(block(8), blocks.endpoint(flow.source));
		writer.block(block(9), blocks.endpoint(flow.destination));
		writer.number(number(10), flow.l7 === undefined ? FLOW_TYPES.L3_L4 : FLOW_TYPES.L7);
		writer.fields(nodeName);
		if (flow.l7 !== undefined) {
			writer.block(block(15), blocks.l7(flow.l7));
		}
		writeEvent(flow, reason);
		writeRest(flow, uuid);
		writePolicy(flow);
		writer.text(block(100_000), summaryOf(flow, reason));
	}

	function writeIp(ip: FlowIp | undefined): void {
		if (ip !== undefined) {
			const at = writer.open(block(5), SMALL);
			writer.text(block(1), ip.source);
			writer.text(block(2), ip.destination);
			writer.number(number(3), IP_VERSIONS[ip.version]);
			writer.close(at, SMALL);
		}
	}

	function writeL4(l4: FlowL4 | undefined): void {
		const field = l4 === undefined ? undefined : L4_FIELDS[l4.protocol];
		if (l4 === undefined || field === undefined) {
			return;
		}
		const outer = writer.open(block(6), SMALL);
		const inner = writer.open(block(field), SMALL);
		const isIcmp = l4.protocol.startsWith('ICMP');
		writeNumber(1, isIcmp ? l4.icmp?.type : l4.sourcePort);
		writeNumber(2, isIcmp ? l4.icmp?.code : l4.destinationPort);
		if (l4.protocol === 'TCP') {
			writer.block(block(3), blocks.flags(l4.flags ?? NO_FLAGS));
		}
		writer.close(inner, SMALL);
		writer.close(outer, SMALL);
	}

	function writeNumber(field: number, value: number | undefined): void {
		if (value !== undefined) {
			writer.number(number(field), value);
		}
	}

	function writeEvent(flow: ServedFlow, reason: ReturnType<typeof reasonOf>): void {
		const { type, subType, point } = EVENT_NUMBERS[flow.eventType];
		writer.flag(number(16), flow.isReply);
		const at = writer.open(block(19), SMALL);
		writer.number(number(1), type);
		writer.number(number(2), flow.eventType === 'drop' ? (reason?.number ?? 0) : subType);
		writer.close(at, SMALL);
		writer.number(number(22), DIRECTIONS[flow.trafficDirection]);
		const rule = flow.policy?.rule;
		if (rule !== undefined) {
			writer.number(number(23), POLICY_MATCH_TYPES[rule.match]);
		}
		writer.number(number(24), point);
		if (reason !== undefined) {
			writer.number(number(25), reason.desc);
		}
		writer.fields(flow.isReply ? isReply : isNoReply);
	}

	function writeRest(flow: ServedFlow, uuid: string): void {
		const name = interfaceName(flow);
		if (name !== undefined) {
			writer.block(block(28), blocks.interface(name));
		}
		writer.text(block(34), uuid);
		if (flow.traceReason !== undefined) {
			writer.number(number(36), TRACE_REASONS[flow.traceReason]);
		}
		writer.fields(emitter);
	}

	function writePolicy({ policy, trafficDirection }: Flow): void {
		if (policy?.rule !== undefined) {
			writer.block(block(policyField(policy, trafficDirection === 'INGRESS')), blocks.policy(policy.rule));
		}
	}

	return (flow, uuid) => {
		const time = blocks.timestamp(flow.timeNs);
		writer.begin();
		const at = writer.open(block(1), LARGE);
		writeFlow(flow, uuid, time);
		writer.close(at, LARGE);
		writer.fields(toldBy);
		writer.block(block(1001), time);
		return writer.finish();
	};
}

/** Allowed by or denied by, as one list of one policy. */
function policyField(policy: FlowPolicy, ingress: boolean): number {
	if (allows(policy)) {
		return ingress ? 21_002 : 21_001;
	}
	return ingress ? 21_005 : 21_004;
}
