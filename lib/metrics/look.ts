import type { FollowedFlows } from './follow-flows.js';
import type { CheckedMetricsOptions } from './options.js';
import type { MetricsSource, MetricsView } from './view.js';

/** Reads what one scrape needs. @throws ERR_CLOSED */
export function createLook(
	datapath: MetricsSource,
	{ agent }: CheckedMetricsOptions,
	flows: FollowedFlows,
): () => MetricsView {
	let queueLost = 0n;

	/** The flow stream tells one number for both places in which events are lost. Read first, so that it is never too high. */
	function queueLostNow(lost: bigint, kernelLost: bigint): bigint {
		const here = lost - (kernelLost - flows.kernelLostBefore);
		queueLost = here > queueLost ? here : queueLost;
		return queueLost;
	}

	return () => {
		const { lost } = flows;
		const stats = datapath.stats();
		return {
			stats,
			endpoints: datapath.endpoints,
			identities: datapath.identities,
			policies: datapath.policies.size,
			...(agent === undefined ? {} : { ipam: agent.ipam }),
			queueLost: queueLostNow(lost, stats.events.lost),
		};
	};
}
