import type { Flow, FlowEndpoint, FlowRule } from '../flows/flow.js';

/** Texts by which equal values are known to be equal. By hand: they are made for each flow. */

/** With its length before it, no text can pass for two. */
function text(value: string | undefined): string {
	return value === undefined ? '-' : `${value.length}:${value}`;
}

export function endpointKey(end: FlowEndpoint): string {
	let key = `${end.endpointId} ${end.identity} ${text(end.name)}${text(end.pod)}${text(end.namespace)}`;
	key += `${text(end.interface)}${text(end.podInterface)}${text(end.network)}`;
	for (const label of end.labels) {
		key += text(label);
	}
	return key;
}

export function ruleKey(rule: FlowRule): string {
	const numbers = `${rule.cookie} ${rule.line} `;
	return numbers + text(rule.policy) + text(rule.rule) + text(rule.file) + text(rule.match);
}

export function kindKey(flow: Flow, rule: number): string {
	const { dropReason: reason, end, policy } = flow;
	let key = `${text(flow.verdict)}${text(flow.eventType)}${text(flow.trafficDirection)}${text(flow.network)}`;
	key += `${flow.isReply} ${flow.ip?.version} ${rule} ${text(policy?.action)}${text(end?.cause)}`;
	if (reason !== undefined) {
		key += `${reason.number} ${text(reason.name)}${text(reason.text)}`;
	}
	return key;
}

export function l4Key({ l4 }: Flow): string {
	if (l4 === undefined) {
		return '';
	}
	let key = text(l4.protocol) + (l4.icmp === undefined ? '' : `${l4.icmp.type} ${l4.icmp.code}`);
	if (l4.flags !== undefined) {
		key += '/';
		for (const flag of l4.flags) {
			key += text(flag);
		}
	}
	return key;
}
