import { HeddleError } from '../errors.js';
import { flowPredicate } from '../flows/filter.js';
import { FLOW_EVENT_TYPES } from '../flows/event-types.js';
import type { FlowFilter, FlowPredicate } from '../flows/filter.js';

/** Fields of a filter that are numbers. */
const NUMBERS = new Set(['identity', 'port']);
const CHOICES: Readonly<Record<string, readonly string[]>> = {
	verdict: ['FORWARDED', 'DROPPED', 'AUDIT', 'REDIRECTED', 'ERROR'],
	eventType: FLOW_EVENT_TYPES,
	trafficDirection: ['INGRESS', 'EGRESS', 'TRAFFIC_DIRECTION_UNKNOWN'],
};
const TEXTS = ['endpoint', 'pod', 'network', 'protocol', 'dropReason', 'ip'];
const FIELDS = [...TEXTS, ...NUMBERS, ...Object.keys(CHOICES)];

/** `?network=blue&port=80&port=443`: as {@link FlowFilter}, a field given twice is either. @throws ERR_INVALID_FILTER */
export function readFilter(query: URLSearchParams): FlowPredicate {
	const filter: Record<string, (string | number)[]> = {};
	for (const [field, text] of query) {
		if (!FIELDS.includes(field)) {
			throw invalidFilter(field, field, FIELDS.join(', '));
		}
		(filter[field] ??= []).push(valueOf(field, text));
	}
	return flowPredicate(filter as FlowFilter);
}

function valueOf(field: string, text: string): string | number {
	if (NUMBERS.has(field)) {
		if (!/^\d{1,10}$/.test(text)) {
			throw invalidFilter(field, text, 'a number');
		}
		return Number(text);
	}
	const choices = CHOICES[field];
	if (text === '' || choices?.includes(text) === false) {
		throw invalidFilter(field, text, choices?.join(', ') ?? 'a text');
	}
	return text;
}

function invalidFilter(field: string, found: string, expected: string): HeddleError {
	return new HeddleError('ERR_INVALID_FILTER', `${field}: found ${JSON.stringify(found)}, expected ${expected}`, {
		field,
		found,
		expected,
	});
}
