import { dnsResponseCode } from '../flows/dns-response-codes.js';
import type { Flow } from '../flows/flow.js';
import type { LabelValues } from './family.js';

const NONE: readonly LabelValues[] = [];
const NS_PER_SECOND = 1e9;

/** As in Hubble, a request is counted with its answer, whose status it has. */
export function httpLabels(flow: Flow): readonly LabelValues[] {
	const http = flow.l7?.type === 'RESPONSE' ? flow.l7.http : undefined;
	if (http === undefined) {
		return NONE;
	}
	const { method, protocol, code } = http;
	return [{ method, protocol, status: String(code), reporter: reporterOf(flow), network: flow.network }];
}

export function httpDuration(flow: Flow): { readonly labels: LabelValues; readonly seconds: number } | undefined {
	const { l7, network } = flow;
	if (l7?.type !== 'RESPONSE' || l7.http === undefined) {
		return undefined;
	}
	const labels = { method: l7.http.method, reporter: reporterOf(flow), network };
	return { labels, seconds: Number(l7.latencyNs) / NS_PER_SECOND };
}

/** Whose proxy told it. */
function reporterOf({ trafficDirection }: Flow): string {
	return trafficDirection === 'EGRESS' ? 'client' : trafficDirection === 'INGRESS' ? 'server' : 'unknown';
}

/** What policy refused is a query, though an answer tells it. */
export function dnsQueryLabels(flow: Flow): readonly LabelValues[] {
	const isDenied = flow.verdict === 'DROPPED';
	return isDenied || !flow.isReply ? dnsLabels(flow, isDenied ? 'Policy denied' : '') : NONE;
}

export function dnsResponseLabels(flow: Flow): readonly LabelValues[] {
	const rcode = flow.l7?.dns?.rcode ?? 0;
	return isDnsResponse(flow) ? dnsLabels(flow, dnsResponseCode(rcode)) : NONE;
}

export function dnsResponseTypeLabels(flow: Flow): readonly LabelValues[] {
	const { l7, network } = flow;
	if (l7?.dns === undefined || !isDnsResponse(flow)) {
		return NONE;
	}
	const qtypes = l7.dns.qtypes.join(',');
	return l7.dns.rrtypes.map((type) => ({ type, qtypes, network }));
}

function isDnsResponse({ verdict, isReply }: Flow): boolean {
	return isReply && verdict !== 'DROPPED';
}

function dnsLabels({ l7, network }: Flow, rcode: string): readonly LabelValues[] {
	const dns = l7?.dns;
	return dns === undefined
		? NONE
		: [{ rcode, qtypes: dns.qtypes.join(','), ips_returned: String(dns.ips.length), network }];
}
