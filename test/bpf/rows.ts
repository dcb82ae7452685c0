/** Policy as the kernel's tables hold it. */
import * as abi from '../../lib/abi/generated.js';
import type { Subject, TestEndpoint } from './subject.js';

export interface Row {
	readonly protocol?: number;
	/** Of `protocol`; ICMP: type << 8 | code. */
	readonly port?: number;
	readonly portBits?: number;
	readonly action: number;
	/** enum rule_flag */
	readonly flags?: number;
	readonly cookie?: number;
}

const FLAGS = [
	abi.PolicySetFlag.IngressRules | abi.PolicySetFlag.IngressDefaultDeny,
	abi.PolicySetFlag.EgressRules | abi.PolicySetFlag.EgressDefaultDeny,
] as const;

/** `endpoint`'s policy in one direction: what `peer` may do, by one class; everyone else meets the default deny. */
export function enforce(
	subject: Subject,
	endpoint: TestEndpoint,
	direction: 0 | 1,
	peer: number,
	rows: readonly Row[],
): void {
	setFlags(subject, endpoint, FLAGS[direction]);
	putRows(subject, endpoint, direction, peer, rows);
}

/** Adds to what the flags of the endpoint's set are. */
export function setFlags(subject: Subject, endpoint: TestEndpoint, flags: number): void {
	const { maps } = abi;
	const set = subject.lookup('policy_sets', maps.policy_sets.key, endpoint.id, abi.policySetCodec);
	subject.put('policy_sets', maps.policy_sets.key, endpoint.id, abi.policySetCodec, {
		flags: (set?.flags ?? 0) | flags,
		defaultClass: [0, 0],
	});
	subject.bumpEpoch();
}

/** What `peer` may do, by one class. The set's flags stay as they are. */
export function putRows(
	subject: Subject,
	endpoint: TestEndpoint,
	direction: 0 | 1,
	peer: number,
	rows: readonly Row[],
): void {
	const ruleClass = endpoint.id * 10 + direction + 1;
	const peerKey = { policySet: endpoint.id, identity: peer, direction };
	subject.put('peers', abi.peerKeyCodec, peerKey, abi.peerCodec, { ruleClass });
	for (const row of rows) putRule(subject, ruleClass, direction, row);
	subject.bumpEpoch();
}

function putRule(subject: Subject, ruleClass: number, direction: number, row: Row): void {
	const { protocol, port, action, flags = 0, cookie = 7 } = row;
	const prefixlen = protocol === undefined ? 40 : port === undefined ? 48 : 48 + (row.portBits ?? 16);
	const key = { prefixlen, ruleClass, direction, protocol: protocol ?? 0, port: port ?? 0 };
	subject.put('rules', abi.ruleKeyCodec, key, abi.ruleCodec, { action, flags, proxyPort: 0, cookie });
}

export function revoke(subject: Subject, endpoint: TestEndpoint, direction: 0 | 1, peer: number): void {
	const peerKey = { policySet: endpoint.id, identity: peer, direction };
	subject.object.maps['peers']?.delete(abi.peerKeyCodec.encode(peerKey));
	subject.bumpEpoch();
}
