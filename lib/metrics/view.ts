import type { Datapath } from '../datapath/datapath.js';
import type { Endpoint } from '../datapath/endpoint.js';
import type { DatapathStats } from '../datapath/stats-types.js';
import type { EndpointId, Identity } from '../datapath/types.js';
import type { Ipam } from '../ipam/ipam.js';

export type MeasuredEndpoint = Pick<Endpoint, 'network' | 'addresses' | 'enforced' | 'audit'>;

/** What metrics read of a datapath. */
export interface MetricsSource extends Pick<Datapath, 'stats' | 'flows'> {
	readonly endpoints: ReadonlyMap<EndpointId, MeasuredEndpoint>;
	readonly identities: Iterable<Pick<Identity, 'kind'>>;
	readonly policies: { readonly size: number };
}

export type MeasuredIpam = Pick<Ipam, 'pools' | 'allocations' | 'usage'>;

/** One scrape's reading: every metric of it is of the same moment. */
export interface MetricsView {
	readonly stats: DatapathStats;
	readonly endpoints: MetricsSource['endpoints'];
	readonly identities: MetricsSource['identities'];
	readonly policies: number;
	/** Absent: no agent, no pools. */
	readonly ipam?: MeasuredIpam;
	/** Events that reached this process and were pushed out before they were counted. */
	readonly queueLost: bigint;
}
