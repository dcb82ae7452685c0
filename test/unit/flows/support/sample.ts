import type { Flow, FlowEndpoint } from '../../../../lib/flows/flow.js';

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
export function flowOf(more: Partial<Flow> & { readonly l7?: object } = {}): Flow {
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
