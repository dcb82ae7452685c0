import type { LabelsInput } from '../labels/label-set.js';
import type { NamedPort } from '../rules/policy-identity.js';
import type { Link } from '../native/addon.js';
import type { PodRef } from './endpoint-options.js';
import type { PolicyMap } from './policy-map.js';
import type { Simulation } from './simulate.js';
import type { EndpointStats } from './stats-types.js';
import type { Aggregation, Direction, Enforcement, EndpointId, Identity, NetworkId } from './types.js';

/** One interface of a pod on one network. A handle: the endpoint itself stays until `detach`. */
export interface Endpoint {
	readonly id: EndpointId;
	readonly name: string;
	readonly network: { readonly id: NetworkId; readonly name: string };
	/** On the host's side; `pod` is the other end's name, where it could be read. */
	readonly interface: { readonly name: string; readonly index: number; readonly pod?: string };
	readonly addresses: readonly string[];
	readonly pod?: PodRef;
	readonly identity: Identity;
	readonly enforcement: Enforcement;
	readonly audit: boolean;
	/** What is told of its packets. */
	readonly aggregation: Aggregation;
	/** One of so many packets and conversations is told; 1: each. */
	readonly sampling: number;
	/** Directions in which what no row allows is denied, by `enforcement` and the rows there are. */
	readonly enforced: Readonly<Record<Direction, boolean>>;
	/** The pod's MAC address. */
	readonly mac: string;
	/** Shared with every endpoint of this identity. */
	readonly policy: PolicyMap;
	/** true once it is detached, or its interface was found gone. */
	readonly detached: boolean;
	/** Swaps the identity at once, for new and established flows. @throws ERR_CLOSED, ERR_MAP_FULL */
	relabel(labels: LabelsInput): Identity;
	/** @throws ERR_CLOSED */
	setEnforcement(enforcement: Enforcement): void;
	/** @throws ERR_CLOSED */
	setAudit(audit: boolean): void;
	/** At once, for established conversations as well. @throws ERR_CLOSED, ERR_INVALID_ARGUMENT */
	setAggregation(level: Aggregation): void;
	/** 1..65535. @throws ERR_CLOSED, ERR_INVALID_ARGUMENT */
	setSampling(sampling: number): void;
	/** Exact, all CPUs summed, since it was attached. @throws ERR_CLOSED */
	stats(): EndpointStats;
	/**
	 * Runs one Ethernet frame (14 to 65 535 bytes) through the loaded programs as if the pod had sent it ('egress'), or
	 * the host ('ingress'). Nothing is sent, counted or remembered. @throws ERR_CLOSED, ERR_INVALID_ARGUMENT
	 */
	simulate(frame: Uint8Array, direction: Direction): Simulation;
	/** Programs off, then every entry. Succeeds also when the interface or its namespace is gone. Again: does nothing. */
	detach(): Promise<void>;
}

/** An endpoint as the parts of the datapath keep it: text instead of bytes, which take ten times the memory. */
export interface EndpointState {
	readonly id: EndpointId;
	readonly name: string;
	readonly network: { readonly id: NetworkId; readonly name: string };
	readonly interface: { readonly name: string; readonly index: number; readonly pod?: string };
	readonly addresses: readonly string[];
	readonly pod: PodRef | undefined;
	readonly namedPorts: readonly NamedPort[];
	readonly mac: string;
	identity: Identity;
	enforcement: Enforcement;
	audit: boolean;
	aggregation: Aggregation;
	sampling: number;
	links: readonly Link[];
	detaching: Promise<void> | undefined;
	detached: boolean;
}
