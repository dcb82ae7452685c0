import { describeEnd } from './describe-end.js';
import type { FlowEndpoint } from './flow.js';
import type { FlowNames, NamedEndpoint, NamedIdentity } from './names.js';

/** Ends as they were described last: most flows have ends that others had before, with the same names. */
export interface KnownEnds {
	of(id: number, identity: number, isHost: boolean, network: string): FlowEndpoint;
}

/** Of endpoints, and of identities without one: where there are more, all are described anew. */
const MOST = 8192;

interface Known {
	readonly end: FlowEndpoint;
	readonly identity: number;
	readonly isHost: boolean;
	readonly named: NamedIdentity | undefined;
}

export function createKnownEnds(names: FlowNames): KnownEnds {
	const endpoints = new Map<number, Known>();
	const others = new Map<number, Known>();

	return {
		of(id, identity, isHost, network) {
			const endpoint = id === 0 ? undefined : names.endpoint(id);
			const map = endpoint === undefined ? others : endpoints;
			const key = endpoint === undefined ? identity : id;
			const known = map.get(key);
			if (
				known !== undefined &&
				known.identity === identity &&
				known.isHost === isHost &&
				known.end.network === network &&
				known.named === names.identity(known.end.identity) &&
				(endpoint === undefined || hasNames(known.end, endpoint, identity))
			) {
				return known.end;
			}
			const end = describeEnd(id, identity, isHost, network, names);
			if (map.size >= MOST) {
				map.clear();
			}
			map.set(key, { end, identity, isHost, named: names.identity(end.identity) });
			return end;
		},
	};
}

/** They may have been told anew. */
function hasNames(end: FlowEndpoint, endpoint: NamedEndpoint, identity: number): boolean {
	const { pod } = endpoint;
	return (
		(identity !== 0 || endpoint.identity.id === end.identity) &&
		endpoint.name === end.name &&
		pod?.name === end.pod &&
		pod?.namespace === end.namespace &&
		endpoint.interface.name === end.interface &&
		endpoint.interface.pod === end.podInterface
	);
}
