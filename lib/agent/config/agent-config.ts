import { list, object, optional, required, type Check } from '../../documents/check.js';
import { boolean, integer, oneOf, string } from '../../documents/scalars.js';
import type { L7Options } from '../../l7/options.js';
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
	readonly driver?: 'veth' | 'netkit';
	readonly bigTcp?: boolean;
	readonly ipBlocks?: 'external' | 'endpoints';
	readonly hubble?: HubbleConfig;
	/** Events kept for `heddle observe --last` and its like; 0..16 777 216, of 136 bytes each. @default 4096 */
	readonly flowHistory?: number;
	/** Of the proxy that enforces `rules.http`; `enabled: false`: what they speak of is dropped. */
	readonly l7?: L7Config;
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
	driver: optional(oneOf('veth', 'netkit')),
	bigTcp: optional(boolean),
	ipBlocks: optional(oneOf('external', 'endpoints')),
	hubble: optional(hubbleConfig),
	flowHistory: optional(integer(0, MAX_FLOW_HISTORY)),
	l7: optional(l7Config),
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
	const { enabled: hasProxy = true, ...l7 } = config.l7 ?? {};
	return {
		datapath: {
			// A new version of the package goes on with the pods of the former one.
			existing: 'upgrade',
			l7: hasProxy ? l7 : false,
			...(flowHistory === undefined ? {} : { flowHistory }),
			...(pinPath === undefined ? {} : { pinPath }),
			...(ipBlocks === undefined ? {} : { ipBlocks }),
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
