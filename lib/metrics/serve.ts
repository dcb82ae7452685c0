import { ADDRESS_FAMILIES } from './addresses.js';
import { ENDPOINT_FAMILIES } from './endpoints.js';
import { NETWORK_LABEL } from './family.js';
import { createFlowCounters } from './flow-counters.js';
import { followFlows } from './follow-flows.js';
import { closeServer, createMetricsServer } from './http-server.js';
import { KERNEL_FAMILIES } from './kernel.js';
import { listen } from './listen.js';
import { createLook } from './look.js';
import { checkMetricsOptions } from './options.js';
import type { MetricsOptions } from './options.js';
import { createRegistry } from './registry.js';
import { TRAFFIC_FAMILIES } from './traffic.js';
import type { MetricsSource } from './view.js';

export interface MetricsServer extends AsyncDisposable {
	/** Where it listens, as `listen` is written: with the port that was found where 0 was asked for. */
	readonly address: string;
	/** What `GET /metrics` answers: Prometheus' text format 0.0.4. @throws ERR_CLOSED after the datapath was closed */
	render(): Promise<string>;
	/** Ends the server and its connections. Again: does nothing. */
	close(): Promise<void>;
}

const EXACT_FAMILIES = [...TRAFFIC_FAMILIES, ...ENDPOINT_FAMILIES, ...KERNEL_FAMILIES, ...ADDRESS_FAMILIES];

/**
 * A Prometheus endpoint under Cilium's and Hubble's names. `cilium_*` and `heddle_*` are read from the kernel's exact
 * counters when they are scraped; `hubble_*` count the flows that are told from now on, `hubble_lost_events_total` what
 * was not. Best begun right after the datapath was opened.
 * @throws ERR_INVALID_ARGUMENT, ERR_SOCKET_IN_USE (another listens there), ERR_SOCKET, ERR_CLOSED
 */
export async function serveMetrics(datapath: MetricsSource, options: MetricsOptions): Promise<MetricsServer> {
	const checked = checkMetricsOptions(options);
	const { network, maxLabelSets: mostLabelSets } = checked;
	const names = (labels: readonly string[]) => labels.filter((name) => network || name !== NETWORK_LABEL);
	const counters = createFlowCounters(names, mostLabelSets);
	const families = [...EXACT_FAMILIES, ...counters.families];
	const registry = await createRegistry({ families, distributions: counters.distributions, names, mostLabelSets });
	const flows = followFlows(datapath, counters.count);
	const look = createLook(datapath, checked, flows);
	const render = async () => registry.render(look());
	const server = createMetricsServer({ contentType: registry.contentType, render });

	async function close(): Promise<void> {
		await Promise.all([closeServer(server), flows.close()]);
	}

	let closing: Promise<void> | undefined;
	const closeOnce = () => (closing ??= close());
	try {
		return {
			address: await listen(server, checked.address, checked.listen),
			render,
			close: closeOnce,
			[Symbol.asyncDispose]: closeOnce,
		};
	} catch (error) {
		await flows.close();
		throw error;
	}
}
