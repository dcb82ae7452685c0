import { isAbsolute } from 'node:path';

import type { DatapathOptions } from '../datapath/options.js';
import { HeddleError, invalidArgument } from '../errors.js';
import { MAX_MTU, MIN_MTU } from '../documents/pod-network.js';
import { DEFAULT_NETWORK } from '../labels/pod-labels.js';
import { checkMetricsOptions } from '../metrics/options.js';
import type { MetricsOptions } from '../metrics/options.js';
import { features } from '../native/addon.js';
import { checkIpamOptions } from './ipam-options.js';
import type { AgentIpamOptions, OperatorIpamOptions } from './ipam-options.js';
import type { InterfaceOptions } from '../pods/interface.js';
import type { Store } from '../store/store.js';
import { checkUiOptions } from '../ui/options.js';
import type { UiOptions } from '../ui/options.js';

export interface AgentOptions {
	/** `pinPath` is where the agent finds its datapath again. @default pinned under /sys/fs/bpf/heddle, `flowHistory` 4096, `l7` true */
	readonly datapath?: DatapathOptions;
	/** One file, absolute; its folder is made where it is missing. @default '/var/lib/heddle/state.db' */
	readonly statePath?: string;
	/** Instead of a file. */
	readonly store?: Store;
	/** Of the label `io.cilium.k8s.policy.cluster`. @default 'default' */
	readonly cluster?: string;
	/** Bytes, 1280..65535, for networks whose document says nothing. @default 1500 */
	readonly mtu?: number;
	/** Where the blocks of pools come from. @default carved here */
	readonly ipam?: AgentIpamOptions;
	/**
	 * Networks to whose pods the host gets routes, so that its own processes reach them: kubelet's probes do. An address
	 * has one way: of two networks that use the same ones, name one. @default ['default']
	 */
	readonly hostRoutes?: readonly string[];
	/**
	 * 'netkit' needs Linux 6.7 and its module, else ERR_KERNEL_FEATURE. Its pairs are in L2 mode and let through what no
	 * program judges; heddle's programs are on the host's end as on a veth's, TCX, with the same checks of MAC and address.
	 * Pods that are attached keep the driver that they were made with. @default 'veth'
	 */
	readonly driver?: 'veth' | 'netkit';
	/**
	 * Packets of up to 192 KiB between pods of this host, as far as kernel and driver can; every attachment tells what it
	 * got. Linux 5.19, for IPv4 6.3; with veth and netkit alike. @default false
	 */
	readonly bigTcp?: boolean;
	/** A Prometheus endpoint as long as the agent is open, its pools among it. @default none */
	readonly metrics?: Omit<MetricsOptions, 'agent'>;
	/** A web page of flows and policies as long as the agent is open, see `serveUi`. @default none */
	readonly ui?: UiOptions;
}

export interface CheckedAgentOptions {
	readonly datapath: DatapathOptions & { readonly pinPath: string };
	readonly statePath: string;
	readonly store?: Store;
	readonly cluster: string;
	readonly mtu: number;
	/** Absent: embedded. */
	readonly ipam?: OperatorIpamOptions;
	readonly hostRoutes: ReadonlySet<string>;
	readonly interfaces: InterfaceOptions;
	readonly metrics?: Omit<MetricsOptions, 'agent'>;
	readonly ui?: UiOptions;
}

const PIN_PATH = '/sys/fs/bpf/heddle';
const FLOW_HISTORY = 4096;
const STATE_PATH = '/var/lib/heddle/state.db';
/** As Cilium has it: three times 64 KiB. */
const BIG_TCP_SIZE = 196_608;

/** @throws ERR_INVALID_ARGUMENT naming the option, ERR_KERNEL_FEATURE */
export function checkAgentOptions(options: AgentOptions): CheckedAgentOptions {
	const { datapath = {}, statePath = STATE_PATH, store, cluster = 'default', mtu = 1500, driver = 'veth' } = options;
	const { metrics, ui, hostRoutes = [DEFAULT_NETWORK] } = options;
	const ipam = options.ipam && checkIpamOptions(options.ipam);
	if (metrics !== undefined) {
		checkMetricsOptions(metrics, 'metrics.');
	}
	if (ui !== undefined) {
		checkUiOptions(ui, 'ui.');
	}
	if (typeof statePath !== 'string' || !isAbsolute(statePath)) {
		throw invalidArgument('statePath', statePath, 'an absolute path');
	}
	if (typeof cluster !== 'string' || cluster === '') {
		throw invalidArgument('cluster', cluster, 'a name');
	}
	if (!Number.isInteger(mtu) || mtu < MIN_MTU || mtu > MAX_MTU) {
		throw invalidArgument('mtu', mtu, `an integer from ${MIN_MTU} to ${MAX_MTU}`);
	}
	if (!Array.isArray(hostRoutes) || hostRoutes.some((name) => typeof name !== 'string' || name === '')) {
		throw invalidArgument('hostRoutes', hostRoutes, 'an array of names of networks');
	}
	if (driver !== 'veth' && driver !== 'netkit') {
		throw invalidArgument('driver', driver, "'veth' or 'netkit'");
	}
	if (driver === 'netkit' && !features().netkit) {
		throw new HeddleError('ERR_KERNEL_FEATURE', "driver: found 'netkit', expected 'veth': this kernel has no netkit", {
			field: 'driver',
			feature: 'netkit',
		});
	}
	return {
		datapath: { flowHistory: FLOW_HISTORY, l7: true, ...datapath, pinPath: datapath.pinPath ?? PIN_PATH },
		statePath,
		...(store === undefined ? {} : { store }),
		cluster,
		mtu,
		...(ipam === undefined ? {} : { ipam }),
		hostRoutes: new Set(hostRoutes),
		interfaces: { driver, bigTcp: options.bigTcp === true ? BIG_TCP_SIZE : 0 },
		...(metrics === undefined ? {} : { metrics }),
		...(ui === undefined ? {} : { ui }),
	};
}
