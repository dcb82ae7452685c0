import type { Flow, FlowEndpoint } from '../../../../lib/flows/flow.js';
import type { FlowDns, FlowHttp, FlowL7 } from '../../../../lib/flows/l7.js';

export const CLIENT: FlowEndpoint = {
	endpointId: 2,
	name: 'client-cil1',
	identity: 39_536,
	labels: ['cni:com.isovalent.v1alpha1.network.attachment=jupiter', 'k8s:app=client'],
	pod: 'client',
	namespace: 'default',
	interface: 'hdl1',
	podInterface: 'cil1',
	network: 'jupiter',
};

export const SERVER: FlowEndpoint = {
	endpointId: 3,
	name: 'server-jupiter',
	identity: 21_927,
	labels: ['k8s:app=server-jupiter'],
	pod: 'server-jupiter',
	namespace: 'default',
	interface: 'hdl2',
	podInterface: 'eth0',
	network: 'jupiter',
};

export const WORLD: FlowEndpoint = {
	name: 'world-ipv4',
	identity: 9,
	labels: ['reserved:world-ipv4'],
	network: 'jupiter',
};

const TIME_NS = 1_767_323_045_067_800_900n;

/** TCP from the client's port 50406 to the server's port 80, handed over. */
export function flowOf(more: Partial<Flow> = {}): Flow {
	return {
		time: new Date(Number(TIME_NS / 1_000_000n)),
		timeNs: TIME_NS,
		verdict: 'FORWARDED',
		eventType: 'to-endpoint',
		trafficDirection: 'INGRESS',
		network: 'jupiter',
		source: CLIENT,
		destination: SERVER,
		ip: { version: 4, source: '192.168.16.5', destination: '192.168.16.20' },
		l4: { protocol: 'TCP', sourcePort: 50_406, destinationPort: 80, flags: ['SYN'] },
		isReply: false,
		length: 74,
		...more,
	};
}

export const DROP: Partial<Flow> = {
	verdict: 'DROPPED',
	eventType: 'drop',
	dropReason: { number: 133, name: 'POLICY_DENIED', text: 'Policy denied' },
	policy: { action: 'DENIED' },
	l4: { protocol: 'ICMPv4', icmp: { type: 8, code: 0 } },
};

const HTTP: FlowHttp = {
	code: 0,
	method: 'GET',
	url: 'http://192.168.16.20/public',
	protocol: 'HTTP/1.1',
	headers: [],
};
const DNS: FlowDns = {
	query: 'www.example.com.',
	ips: [],
	ttl: 0,
	cnames: [],
	observationSource: 'proxy',
	rcode: 0,
	qtypes: ['A'],
	rrtypes: [],
};

const TCP = (sourcePort: number, destinationPort: number) => ({ protocol: 'TCP', sourcePort, destinationPort });
const UDP = (sourcePort: number, destinationPort: number) => ({ protocol: 'UDP', sourcePort, destinationPort });

/** What comes back. */
const BACK: Partial<Flow> = {
	source: SERVER,
	destination: CLIENT,
	ip: { version: 4, source: '192.168.16.20', destination: '192.168.16.5' },
	isReply: true,
};

export function httpRequest(http: Partial<FlowHttp> = {}, more: Partial<Flow> = {}): Flow {
	const l7: FlowL7 = { type: 'REQUEST', latencyNs: 0n, http: { ...HTTP, ...http } };
	return flowOf({ eventType: 'l7', l4: TCP(50_406, 80), length: 0, l7, ...more });
}

export function httpResponse(http: Partial<FlowHttp> = {}, more: Partial<Flow> = {}): Flow {
	const l7: FlowL7 = { type: 'RESPONSE', latencyNs: 6_400_000n, http: { ...HTTP, code: 200, ...http } };
	return flowOf({ eventType: 'l7', ...BACK, l4: TCP(80, 50_406), length: 0, l7, ...more });
}

export function dnsRequest(dns: Partial<FlowDns> = {}, more: Partial<Flow> = {}): Flow {
	const l7: FlowL7 = { type: 'REQUEST', latencyNs: 0n, dns: { ...DNS, ...dns } };
	return flowOf({ eventType: 'l7', trafficDirection: 'EGRESS', l4: UDP(50_406, 53), length: 0, l7, ...more });
}

export function dnsResponse(dns: Partial<FlowDns> = {}, more: Partial<Flow> = {}): Flow {
	const answer = { ips: ['10.0.0.1', '10.0.0.2'], ttl: 30, rrtypes: ['A'] };
	const l7: FlowL7 = { type: 'RESPONSE', latencyNs: 2_000_000n, dns: { ...DNS, ...answer, ...dns } };
	const direction = 'EGRESS';
	return flowOf({ eventType: 'l7', trafficDirection: direction, ...BACK, l4: UDP(53, 50_406), length: 0, l7, ...more });
}
