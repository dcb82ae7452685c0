import { list, object, optional, required, type Check } from '../../documents/check.js';
import { boolean, integer, oneOf, string } from '../../documents/scalars.js';
import { AGGREGATION_INTERVAL_MS, AGGREGATIONS, MAX_SAMPLING } from '../../datapath/aggregation.js';
import type { Aggregation } from '../../datapath/types.js';
import type { AgentOptions } from '../options.js';
import { MAX_MTU, MIN_MTU } from '../../documents/pod-network.js';
import { MOST_LABEL_SETS } from '../../metrics/options.js';
import type { MetricsOptions } from '../../metrics/options.js';
import type { UiOptions } from '../../ui/options.js';

/** An interface to other hosts, as `datapath.attachUplink` has it. */
export interface UplinkConfig {
	readonly interface: string;
	/** @default ['default'] */
	readonly networks?: readonly string[];
	/** Of `default`. @default false */
	readonly masquerade?: boolean;
	readonly nonMasqueradeCIDRs?: readonly string[];
	readonly xdp?: 'auto' | 'native' | 'generic' | 'off';
}

/** Hubble's API, for `hubble observe`, hubble-relay and Hubble UI. */
export interface HubbleConfig {
	/** `unix:///run/heddle/hubble.sock`, `:4244`, or several. */
	readonly listen: readonly string[];
	/** @default the host's name */
	readonly nodeName?: string;
	readonly clusterName?: string;
	/** PEM files; with `ca` clients must show a certificate. */
	readonly tls?: { readonly cert: string; readonly key: string; readonly ca?: string };
}

/** The file of `heddle agent --config`. Paths are absolute, or relative to the file's folder. */
export interface AgentConfig {
	/** Folder of documents that the agent follows. */
	readonly manifests?: string;
	/** Unix socket of the API and of `heddle-cni`. @default '/run/heddle/agent.sock' */
	readonly socket?: string;
	/** File of the agent's state. @default '/var/lib/heddle/state.db' */
	readonly state?: string;
	/** On a bpffs. @default '/sys/fs/bpf/heddle' */
	readonly pinPath?: string;
	readonly cluster?: string;
	readonly mtu?: number;
	readonly driver?: 'veth' | 'netkit';
	readonly bigTcp?: boolean;
	readonly ipBlocks?: 'external' | 'endpoints';
	readonly hubble?: HubbleConfig;
	/** Events kept for `heddle observe --last` and its like; 0..16 777 216, of 136 bytes each. @default 4096 */
	readonly flowHistory?: number;
	/** What is told of pods' packets beside first ones, drops and ends. @default 'maximum' */
	readonly aggregation?: Aggregation;
	/** Of `medium`, in milliseconds; 1000..300000. @default 5000 */
	readonly aggregationIntervalMs?: number;
	/** One of so many packets and conversations is told, weighted; 1..65535. @default 1 */
	readonly sampling?: number;
	/** Attached once the manifests have been read. */
	readonly uplinks?: readonly UplinkConfig[];
	readonly metrics?: Omit<MetricsOptions, 'agent'>;
	readonly ui?: Pick<UiOptions, 'listen' | 'hosts'>;
}

const MAX_FLOW_HISTORY = 1 << 24;

export const DEFAULT_SOCKET = '/run/heddle/agent.sock';

const path = string(/^[^\0]+$/, 'a path');

const name = string(/^\S+$/, 'a name');

const uplinkConfig: Check<UplinkConfig> = object({
	interface: required(name),
	networks: optional(list(name)),
	masquerade: optional(boolean),
	nonMasqueradeCIDRs: optional(list(string())),
	xdp: optional(oneOf('auto', 'native', 'generic', 'off')),
});

const hubbleConfig: Check<HubbleConfig> = object({
	listen: required(list(string(/^\S+$/, 'an address such as :4244 or unix:///run/heddle/hubble.sock'))),
	nodeName: optional(name),
	clusterName: optional(name),
	tls: optional(object({ cert: required(path), key: required(path), ca: optional(path) })),
});

export const agentConfig: Check<AgentConfig> = object({
	manifests: optional(path),
	socket: optional(path),
	state: optional(path),
	pinPath: optional(path),
	cluster: optional(name),
	mtu: optional(integer(MIN_MTU, MAX_MTU)),
	driver: optional(oneOf('veth', 'netkit')),
	bigTcp: optional(boolean),
	ipBlocks: optional(oneOf('external', 'endpoints')),
	hubble: optional(hubbleConfig),
	flowHistory: optional(integer(0, MAX_FLOW_HISTORY)),
	aggregation: optional(oneOf(...AGGREGATIONS)),
	aggregationIntervalMs: optional(integer(...AGGREGATION_INTERVAL_MS)),
	sampling: optional(integer(1, MAX_SAMPLING)),
	uplinks: optional(list(uplinkConfig)),
	metrics: optional(
		object({
			listen: required(string(/^\S+:\S+$/, 'an address such as 127.0.0.1:9965 or unix:///run/heddle/metrics.sock')),
			labels: optional(object({ network: optional(boolean) })),
			maxLabelSets: optional(integer(1, MOST_LABEL_SETS)),
		}),
	),
	ui: optional(
		object({
			listen: optional(string(/^\S+:\S+$/, 'an address such as 127.0.0.1:12000 or unix:///run/heddle/ui.sock')),
			hosts: optional(list(name)),
		}),
	),
});

export function agentOptions(config: AgentConfig): AgentOptions {
	const { state, pinPath, ipBlocks, cluster, mtu, driver, bigTcp, metrics, flowHistory, ui } = config;
	const { aggregation, aggregationIntervalMs, sampling } = config;
	return {
		datapath: {
			// A new version of the package goes on with the pods of the former one.
			existing: 'upgrade',
			...(flowHistory === undefined ? {} : { flowHistory }),
			...(pinPath === undefined ? {} : { pinPath }),
			...(ipBlocks === undefined ? {} : { ipBlocks }),
			...(aggregation === undefined ? {} : { aggregation }),
			...(aggregationIntervalMs === undefined ? {} : { aggregationIntervalMs }),
			...(sampling === undefined ? {} : { sampling }),
		},
		...(state === undefined ? {} : { statePath: state }),
		...(cluster === undefined ? {} : { cluster }),
		...(mtu === undefined ? {} : { mtu }),
		...(driver === undefined ? {} : { driver }),
		...(bigTcp === undefined ? {} : { bigTcp }),
		...(metrics === undefined ? {} : { metrics }),
		...(ui === undefined ? {} : { ui }),
	};
}
