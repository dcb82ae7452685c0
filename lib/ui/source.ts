import type { Datapath } from '../datapath/datapath.js';
import type { Endpoint } from '../datapath/endpoint.js';
import type { Policies } from '../datapath/policies.js';
import type { PolicyDocument } from '../documents/document.js';
import type { EndpointId } from '../datapath/types.js';

/** What is shown of an endpoint. */
export type ShownEndpoint = Pick<
	Endpoint,
	'id' | 'name' | 'network' | 'interface' | 'addresses' | 'pod' | 'identity' | 'enforced' | 'audit'
>;

/** What the page shows: a datapath. */
export interface UiSource extends Pick<Datapath, 'flows'> {
	readonly endpoints: ReadonlyMap<EndpointId, ShownEndpoint>;
	readonly policies: Pick<Policies, 'explain'> & Iterable<PolicyDocument>;
}
