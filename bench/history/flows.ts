/** Flows as a node of a busy cluster tells them: every conversation is judged twice, handed over, and mostly ends. */
import type { Flow, FlowEnd, FlowEndpoint, FlowL4, FlowRule } from '../../lib/flows/flow.js';

const PODS = 400;
const APPS = 80;
const NETWORKS = ['default', 'blue', 'green'];
const RULES = 300;
const PORTS = [80, 443, 8080, 5432, 6379, 9090, 3000, 50051];
const PEERS_OF_POD = 12;
const WORLD_ADDRESSES = 20_000;

export interface FlowMaker {
	/** Lines of the next conversation, newest last. */
	next(timeNs: bigint): Flow[];
}

/** The same for the same seed. */
export function createFlowMaker(seed: number): FlowMaker {
	const random = createRandom(seed);
	const below = (limit: number) => Math.floor(random() * limit);
	const pods = Array.from({ length: PODS }, (_, i) => pod(i));
	const rules = Array.from({ length: RULES }, (_, i) => rule(i));
	const peers = pods.map(() => Array.from({ length: PEERS_OF_POD }, () => below(PODS)));

	function next(timeNs: bigint): Flow[] {
		const from = below(PODS);
		const toWorld = random() < 0.15;
		const source = pods[from]!;
		const peer = peers[from]![Math.floor(random() ** 2 * PEERS_OF_POD)]!;
		const destination = toWorld ? world(source.end.network, below(WORLD_ADDRESSES)) : pods[peer]!;
		const udp = random() < 0.3;
		const icmp = !udp && random() < 0.02;
		const port = udp ? 53 : PORTS[(peer + below(2)) % PORTS.length]!;
		const l4 = icmp ? PING : transport(udp, 32_768 + below(28_000), port);
		const common = {
			time: new Date(Number(timeNs / 1_000_000n)),
			timeNs,
			network: source.end.network,
			source: source.end,
			destination: destination.end,
			ip: { version: 4 as const, source: source.ip, destination: destination.ip },
			l4,
			isReply: false,
			length: udp ? 70 + below(60) : 74,
			dropReason: undefined,
			policy: undefined,
			end: undefined,
		};
		const by = rules[(from * 7 + peer) % RULES]!;
		return random() < 0.06
			? refused(common, by)
			: [...allowed(common, by, toWorld), ...(random() < 0.8 ? [ended(common)] : [])];
	}

	function ended(common: Common): Flow {
		const packets = BigInt(2 + below(60));
		const end: FlowEnd = {
			cause: random() < 0.6 ? 'tcp-closed' : 'idle',
			started: new Date(common.time.getTime() - below(60_000)),
			packets,
			bytes: packets * BigInt(60 + below(900)),
			replyPackets: packets,
			replyBytes: packets * BigInt(60 + below(1400)),
		};
		return {
			...common,
			verdict: 'FORWARDED',
			eventType: 'flow-end',
			trafficDirection: 'TRAFFIC_DIRECTION_UNKNOWN',
			end,
		};
	}

	return { next };
}

type Common = Omit<Flow, 'verdict' | 'eventType' | 'trafficDirection'>;

function allowed(common: Common, rule: FlowRule, toWorld: boolean): Flow[] {
	const policy = { action: 'ALLOWED' as const, rule };
	const egress = {
		...common,
		verdict: 'FORWARDED',
		eventType: 'policy-verdict',
		trafficDirection: 'EGRESS',
		policy,
	} as const;
	if (toWorld) {
		return [egress, { ...common, verdict: 'FORWARDED', eventType: 'to-stack', trafficDirection: 'EGRESS' }];
	}
	return [
		egress,
		{ ...egress, trafficDirection: 'INGRESS', policy: { action: 'ALLOWED', rule } },
		{ ...common, verdict: 'FORWARDED', eventType: 'to-endpoint', trafficDirection: 'INGRESS' },
	];
}

function refused(common: Common, rule: FlowRule): Flow[] {
	const policy = { action: 'DENIED' as const, rule };
	const dropReason = { number: 133, name: 'POLICY_DENIED', text: 'Policy denied' };
	const verdict = {
		...common,
		verdict: 'DROPPED',
		eventType: 'policy-verdict',
		trafficDirection: 'INGRESS',
		policy,
	} as const;
	return [verdict, { ...verdict, eventType: 'drop', dropReason }];
}

interface Place {
	readonly end: FlowEndpoint;
	readonly ip: string;
}

function pod(i: number): Place {
	const app = i % APPS;
	const network = NETWORKS[i % 10 < 8 ? 0 : (i % 2) + 1]!;
	const namespace = `team-${app % 9}`;
	const name = `app-${app}-7d9f8c6b5-x${i.toString(36)}z`;
	return {
		ip: `10.${i % 3}.${i >> 6}.${(i * 3) % 254}`,
		end: {
			endpointId: 100 + i,
			name,
			identity: 1000 + app,
			labels: [
				`k8s:app.kubernetes.io/name=app-${app}`,
				`k8s:io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name=${namespace}`,
				'k8s:io.cilium.k8s.policy.cluster=default',
				`k8s:io.cilium.k8s.policy.serviceaccount=app-${app}`,
				`k8s:io.kubernetes.pod.namespace=${namespace}`,
			],
			pod: name,
			namespace,
			interface: `hd${i.toString(16)}e0`,
			podInterface: 'eth0',
			network,
		},
	};
}

function world(network: string, i: number): Place {
	return {
		ip: `${20 + (i % 180)}.${(i * 7) % 256}.${i >> 8}.${i % 256}`,
		end: {
			endpointId: undefined,
			name: 'world-ipv4',
			identity: 9,
			labels: ['reserved:world-ipv4'],
			pod: undefined,
			namespace: undefined,
			interface: undefined,
			podInterface: undefined,
			network,
		},
	};
}

function rule(i: number): FlowRule {
	return {
		cookie: 5000 + i,
		policy: `CiliumNetworkPolicy team-${i % 9}/allow-app-${i}`,
		rule: `spec.ingress[${i % 3}].toPorts[0]`,
		file: `/etc/heddle/policies/team-${i % 9}.yaml`,
		line: 10 + i,
		match: 'L3-L4',
	};
}

const PING: FlowL4 = { protocol: 'ICMPv4', icmp: { type: 8, code: 0 } };

function transport(udp: boolean, sourcePort: number, destinationPort: number): FlowL4 {
	return udp
		? { protocol: 'UDP', sourcePort, destinationPort }
		: { protocol: 'TCP', sourcePort, destinationPort, flags: ['SYN'] };
}

/** mulberry32 */
function createRandom(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}
