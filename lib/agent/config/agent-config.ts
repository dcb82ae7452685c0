import { list, listOf, object, optional, record, required, type Check } from '../../documents/check.js';
import { boolean, integer, oneOf, string } from '../../documents/scalars.js';
import { AGGREGATION_INTERVAL_MS, AGGREGATIONS, MAX_SAMPLING } from '../../datapath/aggregation.js';
import type { Aggregation } from '../../datapath/types.js';
import type { L7Options } from '../../l7/options.js';
import { MAX_PRE_ALLOC } from '../../ipam/check-pool.js';
import type { AgentIpamOptions } from '../ipam-options.js';
import type { AgentOptions } from '../options.js';
import { MAX_MTU, MIN_MTU } from '../../documents/pod-network.js';
import { MOST_LABEL_SETS } from '../../metrics/options.js';
import type { MetricsOptions } from '../../metrics/options.js';
import type { UiOptions } from '../../ui/options.js';
import { exportConfig, historyConfig, MOST_EXPORTS, type ExportConfig, type HistoryConfig } from './records-config.js';

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

export interface L7Config extends L7Options {
	/** @default true */
	readonly enabled?: boolean;
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
	/** Where the blocks of pools come from, see `AgentIpamOptions`. @default carved here */
	readonly ipam?: Omit<AgentIpamOptions, 'onNodePools'>;
	/** Networks to whose pods the host has routes. @default ['default'] */
	readonly hostRoutes?: readonly string[];
	readonly driver?: 'veth' | 'netkit';
	readonly bigTcp?: boolean;
	readonly ipBlocks?: 'external' | 'endpoints';
	readonly hubble?: HubbleConfig;
	/**
	 * Events kept in memory for `heddle observe --last` and its like; 0..16 777 216, of 136 bytes each.
	 * @default 4096; 32 768 with `history`, as many as wait in the kernel for an agent that is restarted
	 */
	readonly flowHistory?: number;
	/** What is told of pods' packets beside first ones, drops and ends. @default 'maximum' */
	readonly aggregation?: Aggregation;
	/** Of `medium`, in milliseconds; 1000..300000. @default 5000 */
	readonly aggregationIntervalMs?: number;
	/** One of so many packets and conversations is told, weighted; 1..65535. @default 1 */
	readonly sampling?: number;
	/** Of the proxy that enforces `rules.http`; `enabled: false`: what they speak of is dropped. */
	readonly l7?: L7Config;
	/** Attached once the manifests have been read. */
	readonly uplinks?: readonly UplinkConfig[];
	readonly metrics?: Omit<MetricsOptions, 'agent'>;
	readonly ui?: Pick<UiOptions, 'listen' | 'hosts'>;
	/** Flows on disk, behind those in memory. */
	readonly history?: HistoryConfig;
	/** Flows as files of JSON. */
	readonly export?: readonly ExportConfig[];
}

const MAX_FLOW_HISTORY = 1 << 24;
/** What the kernel's ring holds, and some more. */
const RECORDED_FLOW_HISTORY = 32_768;

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

const limit = integer(0, 2 ** 31 - 1);

const l7Config: Check<L7Config> = object({
	enabled: optional(boolean),
	threads: optional(integer(1, 256)),
	limits: optional(
		object({
			requestLine: optional(limit),
			head: optional(limit),
			headerCount: optional(limit),
			discardedBody: optional(limit),
			headTimeout: optional(limit),
			idleTimeout: optional(limit),
			connectTimeout: optional(limit),
			bodyTimeout: optional(limit),
			bodyRate: optional(limit),
			responseTimeout: optional(limit),
			upstreamIdle: optional(limit),
			tunnelTimeout: optional(limit),
			lingerTimeout: optional(limit),
			connections: optional(limit),
			connectionsPerClient: optional(limit),
		}),
	),
});

export const agentConfig: Check<AgentConfig> = object({
	manifests: optional(path),
	socket: optional(path),
	state: optional(path),
	pinPath: optional(path),
	cluster: optional(name),
	mtu: optional(integer(MIN_MTU, MAX_MTU)),
	ipam: optional(
		object({
			mode: optional(oneOf('embedded', 'multi-pool')),
			nodeName: optional(name),
			preAllocation: optional(record(name, integer(0, MAX_PRE_ALLOC))),
			families: optional(listOf(oneOf('ipv4', 'ipv6'), 1, 2)),
		}),
	),
	hostRoutes: optional(list(name)),
	driver: optional(oneOf('veth', 'netkit')),
	bigTcp: optional(boolean),
	ipBlocks: optional(oneOf('external', 'endpoints')),
	hubble: optional(hubbleConfig),
	flowHistory: optional(integer(0, MAX_FLOW_HISTORY)),
	aggregation: optional(oneOf(...AGGREGATIONS)),
	aggregationIntervalMs: optional(integer(...AGGREGATION_INTERVAL_MS)),
	sampling: optional(integer(1, MAX_SAMPLING)),
	l7: optional(l7Config),
	uplinks: optional(list(uplinkConfig)),
	metrics: optional(
		object({
			listen: required(string(/^\S+:\S+$/, 'an address such as 127.0.0.1:9965 or unix:///run/heddle/metrics.sock')),
			labels: optional(object({ network: optional(boolean) })),
			flows: optional(boolean),
			maxLabelSets: optional(integer(1, MOST_LABEL_SETS)),
		}),
	),
	history: optional(historyConfig),
	export: optional(listOf(exportConfig, 1, MOST_EXPORTS)),
	ui: optional(
		object({
			listen: optional(string(/^\S+:\S+$/, 'an address such as 127.0.0.1:12000 or unix:///run/heddle/ui.sock')),
			hosts: optional(list(name)),
		}),
	),
});

export function agentOptions(config: AgentConfig): AgentOptions {
	const { state, pinPath, ipBlocks, cluster, mtu, hostRoutes, driver, bigTcp, metrics, ui, history, ipam } = config;
	const { aggregation, aggregationIntervalMs, sampling } = config;
	const flowHistory = config.flowHistory ?? (history && RECORDED_FLOW_HISTORY);
	const { enabled: hasProxy = true, ...l7 } = config.l7 ?? {};
	return {
		datapath: {
			// A new version of the package goes on with the pods of the former one.
			existing: 'upgrade',
			l7: hasProxy ? l7 : false,
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
		...(ipam === undefined ? {} : { ipam }),
		...(hostRoutes === undefined ? {} : { hostRoutes }),
		...(driver === undefined ? {} : { driver }),
		...(bigTcp === undefined ? {} : { bigTcp }),
		...(metrics === undefined ? {} : { metrics }),
		...(ui === undefined ? {} : { ui }),
	};
}
