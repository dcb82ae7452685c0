import { invalidArgument } from '../errors.js';
import type { JsonObject } from './flow-json.js';

/** Fields by name, each with those below it. */
interface Fields {
	readonly [name: string]: Fields | null;
}

const ENDPOINT: Fields = {
	ID: null,
	identity: null,
	cluster_name: null,
	namespace: null,
	labels: null,
	pod_name: null,
	workloads: null,
};
const PORTS: Fields = { source_port: null, destination_port: null };
const FLAGS = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR', 'NS'];
const ICMP: Fields = { type: null, code: null };

/** Of Hubble's flow.proto; messages that no flow has yet are asked for whole. */
const FLOW: Fields = {
	...whole('time uuid emitter verdict drop_reason auth_type ethernet l7 Type node_name node_labels source_names'),
	...whole('destination_names reply source_service destination_service traffic_direction policy_match_type'),
	...whole('trace_observation_point trace_reason file drop_reason_desc is_reply debug_capture_point proxy_port'),
	...whole('trace_context ip_trace_id sock_xlate_point socket_cookie cgroup_id tunnel egress_allowed_by'),
	...whole('ingress_allowed_by egress_denied_by ingress_denied_by policy_log aggregate Summary extensions'),
	IP: { source: null, source_xlated: null, destination: null, ipVersion: null, encrypted: null },
	l4: {
		TCP: { ...PORTS, flags: whole(FLAGS.join(' ')) },
		UDP: PORTS,
		SCTP: PORTS,
		ICMPv4: ICMP,
		ICMPv6: ICMP,
	},
	source: ENDPOINT,
	destination: ENDPOINT,
	event_type: { type: null, sub_type: null },
	interface: { index: null, name: null },
};

function whole(names: string): Fields {
	return Object.fromEntries(names.split(' ').map((name) => [name, null]));
}

/** What leaves the fields that are named by paths such as `source.namespace`. @throws ERR_INVALID_ARGUMENT naming the path */
export function fieldMask(paths: readonly string[]): (flow: JsonObject) => JsonObject {
	const asked = paths.map((path, i) => steps(path, `fieldMask[${i}]`));
	return (flow) => {
		const kept: Record<string, unknown> = {};
		for (const path of asked) {
			copy(flow, kept, path);
		}
		return kept;
	};
}

function steps(path: string, field: string): readonly string[] {
	const names = String(path).split('.');
	let fields: Fields | null = FLOW;
	for (const name of names) {
		if (fields === null || !Object.hasOwn(fields, name)) {
			throw invalidArgument(field, path, "the path of a field of Hubble's flow.Flow");
		}
		fields = fields[name] ?? null;
	}
	return names;
}

function copy(from: JsonObject, to: Record<string, unknown>, [name = '', ...below]: readonly string[]): void {
	const value = from[name];
	if (value === undefined) {
		return;
	}
	if (below.length === 0) {
		to[name] = value;
		return;
	}
	const known = (to[name] ?? {}) as Record<string, unknown>;
	// What is there whole already stays so.
	if (known !== value) {
		to[name] = known;
		copy(value as JsonObject, known, below);
	}
}
