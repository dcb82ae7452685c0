import type { Flow, FlowEndpoint, FlowRule } from '../flows/flow.js';
import type { FlowDns, FlowHttp, FlowL7 } from '../flows/l7.js';
import { step } from './dictionary.js';
import type { Part, Place } from './dictionary.js';

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

export function l7Place(start: Place, { type, http, dns, tls }: FlowL7): Place {
	let place = step(step(step(step(start, type), http !== undefined), dns !== undefined), tls?.serverName);
	place = http === undefined ? place : httpPlace(place, http);
	return dns === undefined ? place : dnsPlace(place, dns);
}

function httpPlace(start: Place, { code, method, url, protocol, headers }: FlowHttp): Place {
	const place = step(step(step(step(start, url), method), code), protocol);
	return listPlace(
		place,
		headers.flatMap(({ key, value }) => [key, value]),
	);
}

function dnsPlace(start: Place, dns: FlowDns): Place {
	let place = step(step(step(step(start, dns.query), dns.ttl), dns.observationSource), dns.rcode);
	for (const list of [dns.ips, dns.cnames, dns.qtypes, dns.rrtypes]) {
		place = listPlace(place, list);
	}
	return place;
}

/** Its length comes first: no list is another's beginning. */
function listPlace(start: Place, list: readonly Part[]): Place {
	return list.reduce<Place>(step, step(start, list.length));
}
