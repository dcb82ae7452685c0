import { isAbsolute } from 'node:path';

import { invalidArgument } from '../errors.js';
import { checkL7Options } from '../l7/options.js';
import type { L7Options } from '../l7/options.js';
import type { AttachMode } from '../native/addon.js';
import type { IpBlocks } from '../rules/context.js';
import { AGGREGATION_INTERVAL_MS, checkAggregation, checkSampling } from './aggregation.js';
import type { Aggregation } from './types.js';

/** Entries of the kernel's maps. Most maps grow as they fill; a full one refuses with ERR_MAP_FULL. */
export interface Capacity {
	/** 1..65535 @default 8191 */
	readonly endpoints?: number;
	/** Endpoints' and single addresses assigned. @default 65536 */
	readonly addresses?: number;
	/** CIDRs assigned. @default 65536 */
	readonly cidrs?: number;
	/** Policy sets: one for all identities that the same policies select, one for each with rows by hand. @default 8191 */
	readonly policySets?: number;
	/** Peers that policy sets name. @default 262144 */
	readonly peers?: number;
	/** Port prefixes of rules. @default 262144 */
	readonly rules?: number;
	/** IPv4 conversations; half as many IPv6 ones. When full the oldest is forgotten and judged again. @default 131072 */
	readonly flows?: number;
	/** Pairs of identities that `pairs()` tells apart; the rest is summed up. @default 16384 */
	readonly pairs?: number;
	/** Bytes of the ring from the kernel: a power of two, at least 4096; an event takes 136. @default 4194304 */
	readonly flowRingBytes?: number;
}

/** Seconds without a packet after which a conversation is forgotten; 1..604800. */
export interface Timeouts {
	/** @default 60 */
	readonly tcpSyn?: number;
	/** @default 8000 */
	readonly tcpEstablished?: number;
	/** @default 10 */
	readonly tcpClosing?: number;
	/** UDP, SCTP, ICMP and all others. @default 60 */
	readonly any?: number;
}

export interface DatapathOptions {
	/** Directory on a bpffs, absolute, last part without dots. Absent: a datapath that ends with this process. */
	readonly pinPath?: string;
	/**
	 * When `pinPath` already holds a datapath: 'adopt' takes it over as it is, 'upgrade' gives it this version's
	 * programs without losing a packet, 'fail' throws ERR_EXISTS. One process at a time may have it open.
	 * @default 'adopt'
	 */
	readonly existing?: 'adopt' | 'upgrade' | 'fail';
	/** Of new maps; those adopted keep their size. */
	readonly capacity?: Capacity;
	/** 'tcx' needs Linux 6.6. @default what the kernel is found to have */
	readonly attachMode?: AttachMode;
	/** Shorten the kernel's grace periods while many endpoints are attached or detached in one call. @default true */
	readonly expedited?: boolean;
	readonly timeouts?: Timeouts;
	/** Drop events a CPU may tell; drops beyond are counted only. 0..1000000 @default 16000 */
	readonly dropEventsPerSecond?: number;
	/** Of endpoints that are attached without a level of their own. @default 'maximum' */
	readonly aggregation?: Aggregation;
	/** Of endpoints with aggregation 'medium': in milliseconds, 1000..300000. @default 5000 */
	readonly aggregationIntervalMs?: number;
	/** Of endpoints that are attached without one of their own: one of so many is told; 1..65535. @default 1 */
	readonly sampling?: number;
	/** How often ended conversations are swept, gone interfaces noticed and host addresses read; 0: only by `refresh()`. @default 5000 */
	readonly sweepIntervalMs?: number;
	/** Events kept for `flows({ last })`. @default 0 */
	readonly flowHistory?: number;
	/**
	 * What `ipBlock` and `networks` of Kubernetes' policies mean for endpoints: 'external', nothing, as Cilium has it;
	 * 'endpoints', also those whose addresses lie in the block: of an identity with several endpoints all must for an
	 * allow, and one does for a deny. @default 'external'
	 */
	readonly ipBlocks?: IpBlocks;
	/**
	 * Starts the proxy that `rules.http` ask for, as `datapath.l7.start` does. Without it what policy leaves to the proxy is
	 * dropped. @default false
	 */
	readonly l7?: boolean | L7Options;
}

export interface CheckedDatapathOptions extends DatapathOptions {
	readonly existing: 'adopt' | 'upgrade' | 'fail';
	readonly expedited: boolean;
	readonly timeouts: Required<Timeouts>;
	readonly dropEventsPerSecond: number;
	readonly aggregation: Aggregation;
	readonly aggregationIntervalMs: number;
	readonly sampling: number;
	readonly sweepIntervalMs: number;
	readonly flowHistory: number;
	readonly ipBlocks: IpBlocks;
	/** By map name. */
	readonly maxEntries: Readonly<Record<string, number>>;
}

const TIMEOUTS: Required<Timeouts> = { tcpSyn: 60, tcpEstablished: 8000, tcpClosing: 10, any: 60 };
const MAX_TIMEOUT = 604_800;
const MAX_ENTRIES = 1 << 26;

/** @throws ERR_INVALID_ARGUMENT naming the option */
export function checkDatapathOptions(options: DatapathOptions): CheckedDatapathOptions {
	const { pinPath, existing = 'adopt', attachMode, expedited = true } = options;
	if (pinPath !== undefined && !(typeof pinPath === 'string' && isAbsolute(pinPath))) {
		throw invalidArgument('pinPath', pinPath, 'an absolute path');
	}
	if (!['adopt', 'upgrade', 'fail'].includes(existing)) {
		throw invalidArgument('existing', existing, "'adopt', 'upgrade' or 'fail'");
	}
	if (attachMode !== undefined && attachMode !== 'tcx' && attachMode !== 'clsact') {
		throw invalidArgument('attachMode', attachMode, "'tcx' or 'clsact'");
	}
	const { ipBlocks = 'external' } = options;
	if (ipBlocks !== 'external' && ipBlocks !== 'endpoints') {
		throw invalidArgument('ipBlocks', ipBlocks, "'external' or 'endpoints'");
	}
	if (typeof options.l7 === 'object') {
		checkL7Options(options.l7);
	} else if (options.l7 !== undefined && typeof options.l7 !== 'boolean') {
		throw invalidArgument('l7', options.l7, 'true, false or options of the proxy');
	}
	const timeouts = { ...TIMEOUTS, ...options.timeouts };
	for (const [name, value] of Object.entries(timeouts)) {
		inRange(`timeouts.${name}`, value, 1, MAX_TIMEOUT, false);
	}
	return {
		...options,
		existing,
		expedited,
		timeouts,
		dropEventsPerSecond: inRange('dropEventsPerSecond', options.dropEventsPerSecond ?? 16_000, 0, 1_000_000),
		aggregation: checkAggregation(options.aggregation ?? 'maximum'),
		aggregationIntervalMs: inRange(
			'aggregationIntervalMs',
			options.aggregationIntervalMs ?? 5000,
			...AGGREGATION_INTERVAL_MS,
		),
		sampling: checkSampling(options.sampling ?? 1),
		sweepIntervalMs: inRange('sweepIntervalMs', options.sweepIntervalMs ?? 5000, 0, 2 ** 31 - 1),
		flowHistory: inRange('flowHistory', options.flowHistory ?? 0, 0, 1 << 24),
		ipBlocks,
		maxEntries: mapSizes(options.capacity ?? {}, pinPath !== undefined),
	};
}

function mapSizes(capacity: Capacity, pinned: boolean): Record<string, number> {
	const sizes: Record<string, number> = {};
	const put = (name: keyof Capacity, max: number, write: (value: number) => void, min = 1) => {
		const value = capacity[name];
		if (value !== undefined) {
			write(inRange(`capacity.${name}`, value, min, max));
		}
	};
	put('endpoints', 65_535, (value) => {
		// Number 0 is the host's.
		sizes['endpoints'] = value + 1;
		sizes['endpoint_counters'] = value + 1;
	});
	put('addresses', MAX_ENTRIES, (value) => (sizes['addresses'] = value));
	put('cidrs', MAX_ENTRIES, (value) => (sizes['cidrs'] = value));
	put('policySets', MAX_ENTRIES, (value) => (sizes['policy_sets'] = value + 1));
	put('peers', MAX_ENTRIES, (value) => (sizes['peers'] = value));
	put('rules', MAX_ENTRIES, (value) => (sizes['rules'] = value));
	put('flows', MAX_ENTRIES, (value) => {
		sizes['flows4'] = value;
		sizes['flows6'] = Math.max(1, Math.ceil(value / 2));
	});
	put('pairs', MAX_ENTRIES, (value) => (sizes['pairs'] = value));
	put('flowRingBytes', 2 ** 31, (value) => (sizes['events'] = powerOfTwo(value)), 4096);
	if (!pinned) {
		// Nothing is remembered beyond this process.
		sizes['records'] = 1;
	}
	return sizes;
}

function powerOfTwo(value: number): number {
	if (Number.isInteger(Math.log2(value))) {
		return value;
	}
	throw invalidArgument('capacity.flowRingBytes', value, 'a power of two');
}

function inRange(field: string, value: unknown, min: number, max: number, whole = true): number {
	if (typeof value !== 'number' || !(value >= min && value <= max) || (whole && !Number.isInteger(value))) {
		throw invalidArgument(field, value, `${whole ? 'an integer' : 'a number'} from ${min} to ${max}`);
	}
	return value;
}
