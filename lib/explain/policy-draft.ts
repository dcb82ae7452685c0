import { ICMP, ICMPV6, PORT_PROTOCOLS, protocolName } from '../policy/protocols.js';
import { SOURCE_K8S } from '../labels/label.js';
import { NAMESPACE_LABEL } from '../labels/pod-labels.js';
import type { Conversation } from './evidence.js';
import { selectorFor, type Outsider, type Workload } from './workload.js';

/** As Cilium allows them in one entry. */
const MOST_PORTS = 40;

type Rule = Readonly<Record<string, unknown>>;
type Peer = Workload | Outsider;

/** Protocols that rules of ports, or of ICMP, can name. */
export function isExpressible(protocol: number): boolean {
	return PORT_PROTOCOLS.includes(protocol) || protocol === ICMP || protocol === ICMPV6;
}

/** `spec` of a policy that allows what was seen of a workload, and nothing else. */
export function draftSpec(workload: Workload, seen: readonly Conversation[], all: readonly Workload[]): Rule {
	const incoming = seen.filter(({ to }) => to.key === workload.key);
	const outgoing = seen.filter(({ from }) => from.key === workload.key);
	return {
		endpointSelector: selectorFor(workload, all),
		ingress: draftRules(
			'from',
			incoming.map((one) => ({ ...one, peer: one.from })),
			workload,
			all,
		),
		egress: draftRules(
			'to',
			outgoing.map((one) => ({ ...one, peer: one.to })),
			workload,
			all,
		),
	};
}

interface Seen {
	readonly peer: Peer;
	readonly protocol: number;
	readonly port: number;
}

/** Peers of the same kind and the same ports are one rule. A rule of nothing isolates the direction. */
function draftRules(way: 'from' | 'to', seen: readonly Seen[], workload: Workload, all: readonly Workload[]): Rule[] {
	const rules = new Map<string, { peers: Peer[]; ports: Rule }>();
	for (const isIcmp of [false, true]) {
		const own = seen.filter(({ protocol }) => isExpressible(protocol) && !PORT_PROTOCOLS.includes(protocol) === isIcmp);
		for (const [peer, ports] of portsByPeer(own)) {
			const drafted = isIcmp ? draftIcmp(ports) : draftPorts(ports);
			const key = `${peer.kind} ${JSON.stringify(drafted)}`;
			const rule = rules.get(key) ?? { peers: [], ports: drafted };
			rules.set(key, rule);
			rule.peers.push(peer);
		}
	}
	const drafted = [...rules.values()].map(({ peers, ports }) => ({
		...draftPeers(way, peers, workload, all),
		...ports,
	}));
	return drafted.length === 0 ? [{}] : drafted;
}

type Port = readonly [protocol: number, port: number];

/** Each peer and each port once, in one order. */
function portsByPeer(seen: readonly Seen[]): [Peer, Port[]][] {
	const peers = new Map<string, { peer: Peer; ports: Map<string, Port> }>();
	for (const { peer, protocol, port } of seen) {
		const known = peers.get(peer.key) ?? { peer, ports: new Map<string, Port>() };
		peers.set(peer.key, known);
		known.ports.set(`${protocol} ${port}`, [protocol, port]);
	}
	return [...peers.entries()]
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([, { peer, ports }]) => [peer, [...ports.values()].sort((a, b) => a[0] - b[0] || a[1] - b[1])]);
}

function draftPeers(way: 'from' | 'to', peers: readonly Peer[], workload: Workload, all: readonly Workload[]): Rule {
	const [{ kind } = { kind: undefined }] = peers;
	switch (kind) {
		case 'workload':
			return { [`${way}Endpoints`]: peers.map((peer) => draftPeer(peer as Workload, workload, all)) };
		case 'entity':
			return { [`${way}Entities`]: peers.map((peer) => (peer as Outsider).name) };
		default:
			return { [`${way}CIDR`]: peers.map((peer) => (peer as Outsider).name) };
	}
}

function draftPeer(peer: Workload, { namespace }: Workload, all: readonly Workload[]): Rule {
	const { matchLabels = {}, ...selector } = selectorFor(peer, all);
	const elsewhere = peer.namespace === namespace ? {} : { [`${SOURCE_K8S}:${NAMESPACE_LABEL}`]: peer.namespace };
	const labels = { ...matchLabels, ...elsewhere };
	return { ...(Object.keys(labels).length === 0 ? {} : { matchLabels: labels }), ...selector };
}

function draftPorts(ports: readonly Port[]): Rule {
	const drafted = ports.map(([protocol, port]) => ({
		port: String(port),
		protocol: protocolName(protocol).toUpperCase(),
	}));
	return { toPorts: chunks(drafted).map((some) => ({ ports: some })) };
}

function draftIcmp(ports: readonly Port[]): Rule {
	const fields = ports.map(([protocol, port]) => ({ family: protocol === ICMP ? 'IPv4' : 'IPv6', type: port >> 8 }));
	return { icmps: chunks(fields).map((some) => ({ fields: some })) };
}

function chunks<T>(items: readonly T[]): T[][] {
	const count = Math.ceil(items.length / MOST_PORTS);
	return Array.from({ length: count }, (_, i) => items.slice(i * MOST_PORTS, (i + 1) * MOST_PORTS));
}
