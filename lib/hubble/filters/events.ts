import { invalidArgument } from '../../errors.js';
import type { FlowMessage, InterfaceMessage } from '../messages/flow-message.js';
import type { EventTypeFilterMessage, FlowFilterMessage } from '../messages/requests.js';
import { EVENT_TYPES } from '../translate/event-type.js';
import { among, oneOf } from './test.js';
import type { FilterTools, Test } from './test.js';

const DROPPED = 2;

/** What a filter asks of the event itself. */
export function eventTests(filter: FlowFilterMessage, field: string, tools: FilterTools): readonly Test[] {
	const numbers = (name: 'verdict' | 'drop_reason_desc' | 'traffic_direction' | 'ip_version', enumName: string) =>
		knownNumbers(filter[name], `${field}.${name}`, enumName, tools);
	return [
		...among(filter.uuid, (flow) => flow.uuid),
		...oneOf(filter.event_type, `${field}.event_type`, eventTypeTest),
		...among(numbers('verdict', 'flow.Verdict'), (flow) => flow.verdict),
		...among(numbers('drop_reason_desc', 'flow.DropReason'), dropReasonOf),
		...among(numbers('traffic_direction', 'flow.TrafficDirection'), (flow) => flow.traffic_direction ?? 0),
		...among(numbers('ip_version', 'flow.IPVersion'), (flow) => flow.IP?.ipVersion ?? 0),
		...among(filter.reply, (flow) => flow.is_reply?.value),
		...among(filter.encrypted, (flow) => flow.IP?.encrypted ?? false),
		...oneOf(filter.interface, `${field}.interface`, interfaceTest),
		...among(filter.trace_id, (flow) => flow.trace_context?.parent?.trace_id),
		...among(filter.ip_trace_id, (flow) => flow.ip_trace_id?.trace_id),
	];
}

function dropReasonOf({ verdict, drop_reason_desc: reason }: FlowMessage): number | undefined {
	return verdict === DROPPED ? (reason ?? 0) : undefined;
}

function knownNumbers(values: readonly number[], field: string, enumName: string, tools: FilterTools) {
	values.forEach((value, i) => {
		if (!tools.has(enumName, value)) {
			throw invalidArgument(`${field}[${i}]`, value, `a value of ${enumName}`);
		}
	});
	return values;
}

/** Type 0 asks for every type. */
function eventTypeTest({ type, match_sub_type: bySubType, sub_type: subType }: EventTypeFilterMessage, field: string) {
	if (!EVENT_TYPES.has(type)) {
		throw invalidArgument(`${field}.type`, type, `one of ${[...EVENT_TYPES].join(', ')}`);
	}
	return ({ event_type: found }: FlowMessage) =>
		found !== undefined && (type === 0 || type === found.type) && (!bySubType || subType === found.sub_type);
}

function interfaceTest({ index, name }: InterfaceMessage): Test {
	return ({ interface: found }) =>
		found !== undefined && (!index || index === found.index) && (!name || name === found.name);
}
