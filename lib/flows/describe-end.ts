import { ReservedIdentity } from '../abi/generated.js';
import type { FlowEndpoint } from './flow.js';
import type { FlowNames } from './names.js';

/** @param id 0: no endpoint of this node */
export function describeEnd(
	id: number,
	identity: number,
	isHost: boolean,
	network: string,
	names: FlowNames,
): FlowEndpoint {
	const endpoint = id === 0 ? undefined : names.endpoint(id);
	// What was dropped before it was judged has no identity yet.
	const number = identity !== 0 ? identity : isHost ? ReservedIdentity.Host : (endpoint?.identity.id ?? 0);
	const known = names.identity(number);
	const labels = known?.labels ?? [];
	return {
		endpointId: endpoint === undefined ? undefined : id,
		name: endpoint?.name ?? known?.name ?? labels[0] ?? 'unknown',
		identity: number,
		labels,
		pod: endpoint?.pod?.name,
		namespace: endpoint?.pod?.namespace,
		interface: endpoint?.interface.name,
		podInterface: endpoint?.interface.pod,
		network,
	};
}
