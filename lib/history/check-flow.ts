import { invalidArgument } from '../errors.js';
import type { HeddleError } from '../errors.js';
import type { Flow, FlowEnd, FlowEndpoint, FlowL4 } from '../flows/flow.js';
import type { FlowL7 } from '../flows/l7.js';

/** Of dates: the year 73 326, so that their distances are exact numbers. */
const MAX_TIME_MS = 2 ** 51;
const MAX_COUNT = 2n ** 64n - 1n;
const MAX_PORT = 65_535;
const MAX_LENGTH = 2 ** 32 - 1;

/** @throws ERR_INVALID_ARGUMENT naming what of which flow cannot be kept as it is */
export function checkFlows(flows: readonly Flow[]): void {
	for (let i = 0; i < flows.length; i++) {
		// Which one it is matters only where there is a fault: words cost.
		const fault = flowFault(flows[i]!, '') && flowFault(flows[i]!, `flows[${i}]`);
		if (fault !== undefined) {
			throw fault;
		}
	}
}

function flowFault(flow: Flow, field: string): HeddleError | undefined {
	if (typeof flow !== 'object' || flow === null) {
		return invalidArgument(field, flow, 'a flow');
	}
	return (
		timeFault(flow, field) ??
		endpointFault(flow.source, `${field}.source`) ??
		endpointFault(flow.destination, `${field}.destination`) ??
		(isWhole(flow.length, MAX_LENGTH) ? undefined : wholeFault(`${field}.length`, flow.length, MAX_LENGTH)) ??
		(flow.l4 === undefined ? undefined : l4Fault(flow.l4, `${field}.l4`)) ??
		(flow.l7 === undefined ? undefined : l7Fault(flow.l7, `${field}.l7`)) ??
		(flow.end === undefined ? undefined : endFault(flow.end, `${field}.end`))
	);
}

function timeFault({ time, timeNs }: Flow, field: string): HeddleError | undefined {
	if (typeof timeNs !== 'bigint' || BigInt.asIntN(64, timeNs) !== timeNs) {
		return invalidArgument(`${field}.timeNs`, timeNs, 'nanoseconds in 64 bits');
	}
	return dateFault(time, `${field}.time`);
}

function dateFault(date: Date, field: string): HeddleError | undefined {
	const valid = date instanceof Date && Math.abs(date.getTime()) <= MAX_TIME_MS;
	return valid ? undefined : invalidArgument(field, date, 'a valid date');
}

function endpointFault(end: FlowEndpoint, field: string): HeddleError | undefined {
	if (typeof end !== 'object' || end === null || !Array.isArray(end.labels)) {
		return invalidArgument(field, end, 'an endpoint with labels');
	}
	if (!Number.isSafeInteger(end.identity)) {
		return invalidArgument(`${field}.identity`, end.identity, 'an integer');
	}
	const known = end.endpointId === undefined || Number.isSafeInteger(end.endpointId);
	return known ? undefined : invalidArgument(`${field}.endpointId`, end.endpointId, 'an integer');
}

function l4Fault({ sourcePort, destinationPort }: FlowL4, field: string): HeddleError | undefined {
	if (sourcePort !== undefined && !isWhole(sourcePort, MAX_PORT)) {
		return wholeFault(`${field}.sourcePort`, sourcePort, MAX_PORT);
	}
	return destinationPort === undefined || isWhole(destinationPort, MAX_PORT)
		? undefined
		: wholeFault(`${field}.destinationPort`, destinationPort, MAX_PORT);
}

function l7Fault(l7: FlowL7, field: string): HeddleError | undefined {
	if (typeof l7 !== 'object' || l7 === null) {
		return invalidArgument(field, l7, 'what a proxy saw');
	}
	if (!isCount(l7.latencyNs)) {
		return invalidArgument(`${field}.latencyNs`, l7.latencyNs, 'nanoseconds in 64 bits, from 0');
	}
	const { http, dns, tls } = l7;
	if (tls !== undefined && typeof tls.serverName !== 'string') {
		return invalidArgument(`${field}.tls.serverName`, tls.serverName, 'a string');
	}
	if (http !== undefined && !Array.isArray(http.headers)) {
		return invalidArgument(`${field}.http.headers`, http.headers, 'a list');
	}
	const lists = dns === undefined ? [] : [dns.ips, dns.cnames, dns.qtypes, dns.rrtypes];
	return lists.every(Array.isArray)
		? undefined
		: invalidArgument(`${field}.dns`, dns, 'lists of ips, cnames, qtypes, rrtypes');
}

function endFault(end: FlowEnd, field: string): HeddleError | undefined {
	for (const name of ['packets', 'bytes', 'replyPackets', 'replyBytes'] as const) {
		if (!isCount(end[name])) {
			return invalidArgument(`${field}.${name}`, end[name], 'a count in 64 bits');
		}
	}
	return dateFault(end.started, `${field}.started`);
}

function isCount(value: bigint): boolean {
	return typeof value === 'bigint' && value >= 0n && value <= MAX_COUNT;
}

function isWhole(value: number, most: number): boolean {
	return Number.isInteger(value) && value >= 0 && value <= most;
}

function wholeFault(field: string, value: number, most: number): HeddleError {
	return invalidArgument(field, value, `an integer from 0 to ${most}`);
}
