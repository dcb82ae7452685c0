import type { Flow, FlowEndpoint, FlowRule } from '../flows/flow.js';
import { step } from './dictionary.js';
import type { Place } from './dictionary.js';

/** Where values stand in their dictionaries: parts that differ most come first. */

export function endpointPlace(start: Place, end: FlowEndpoint): Place {
	let place = step(step(step(start, end.name), end.network), end.endpointId);
	place = step(step(step(place, end.identity), end.pod), end.namespace);
	place = step(step(place, end.interface), end.podInterface);
	for (const label of end.labels) {
		place = step(place, label);
	}
	return place;
}

export function rulePlace(start: Place, rule: FlowRule): Place {
	const place = step(step(step(start, rule.cookie), rule.policy), rule.rule);
	return step(step(step(place, rule.file), rule.line), rule.match);
}

export function kindPlace(start: Place, flow: Flow, rule: number): Place {
	const { dropReason: reason, end, ip, policy } = flow;
	let place = step(step(step(start, rule), flow.eventType), flow.trafficDirection);
	place = step(step(step(place, flow.verdict), flow.network), flow.isReply);
	place = step(step(step(place, ip?.version), policy?.action), end?.cause);
	place = step(step(place, flow.traceReason), flow.weight);
	return reason === undefined ? place : step(step(step(place, reason.number), reason.name), reason.text);
}

export function l4Place(start: Place, { l4 }: Flow): Place {
	if (l4 === undefined) {
		return start;
	}
	let place = step(step(step(start, l4.protocol), l4.icmp?.type), l4.icmp?.code);
	if (l4.flags !== undefined) {
		// No flags are not the same as none told.
		place = step(place, l4.flags.length);
		for (const flag of l4.flags) {
			place = step(place, flag);
		}
	}
	return place;
}
