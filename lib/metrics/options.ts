import { invalidArgument } from '../errors.js';
import { parseListenAddress } from './listen-address.js';
import type { ListenAddress } from './listen-address.js';
import type { MeasuredIpam } from './view.js';

export interface MetricsOptions {
	/**
	 * `host:port`, `[::1]:9965`, `:9965` for every address of this host, port 0 for any that is free; or `unix:///path`, a
	 * socket of its owner's alone.
	 */
	readonly listen: string;
	/** Whose pools are told. @default addresses of endpoints alone */
	readonly agent?: { readonly ipam: MeasuredIpam };
	/** `network`: which network, wherever it is known. @default false */
	readonly labels?: { readonly network?: boolean };
	/**
	 * Whether flows are read and counted, as `hubble_*`; the kernel's own counters are told in any case. Without it a busy
	 * node decodes no flow for nobody. @default true
	 */
	readonly flows?: boolean;
	/** Of one metric, 1..1 000 000; what comes later is counted under `other`. @default 1000 */
	readonly maxLabelSets?: number;
}

export interface CheckedMetricsOptions {
	readonly listen: string;
	readonly address: ListenAddress;
	readonly agent: { readonly ipam: MeasuredIpam } | undefined;
	readonly network: boolean;
	readonly flows: boolean;
	readonly maxLabelSets: number;
}

const DEFAULT_LABEL_SETS = 1000;
export const MOST_LABEL_SETS = 1_000_000;

/**
 * @param within `metrics.` where they are a part of other options
 * @throws ERR_INVALID_ARGUMENT naming the option
 */
export function checkMetricsOptions(options: MetricsOptions, within = ''): CheckedMetricsOptions {
	if (typeof options !== 'object' || options === null) {
		throw invalidArgument(within === '' ? 'options' : within.slice(0, -1), options, "{ listen: 'host:port' }");
	}
	const { listen, agent, labels = {}, flows = true, maxLabelSets = DEFAULT_LABEL_SETS } = options;
	const address = parseListenAddress(listen, `${within}listen`);
	if (typeof labels !== 'object' || labels === null) {
		throw invalidArgument(`${within}labels`, labels, '{ network: true } or { network: false }');
	}
	const { network = false } = labels;
	if (typeof network !== 'boolean') {
		throw invalidArgument(`${within}labels.network`, network, 'true or false');
	}
	if (typeof flows !== 'boolean') {
		throw invalidArgument(`${within}flows`, flows, 'true or false');
	}
	if (!Number.isInteger(maxLabelSets) || maxLabelSets < 1 || maxLabelSets > MOST_LABEL_SETS) {
		throw invalidArgument(`${within}maxLabelSets`, maxLabelSets, `an integer from 1 to ${MOST_LABEL_SETS}`);
	}
	return { listen, address, agent, network, flows, maxLabelSets };
}
