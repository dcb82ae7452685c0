import { RESERVED_IDENTITIES } from '../labels/reserved.js';
import { labelsOf } from './labels.js';
import type { Identity, IdentityId } from './types.js';

export type ReservedName =
	| 'host'
	| 'world'
	| 'unmanaged'
	| 'health'
	| 'init'
	| 'remote-node'
	| 'kube-apiserver'
	| 'ingress'
	| 'world-ipv4'
	| 'world-ipv6';

export const FIRST_CLUSTER_IDENTITY = 256;
export const LAST_CLUSTER_IDENTITY = 65535;
export const FIRST_CIDR_IDENTITY = 0x0100_0000;
export const LAST_CIDR_IDENTITY = 0x01ff_ffff;

const NAMES: Readonly<Record<number, ReservedName>> = {
	1: 'host',
	2: 'world',
	3: 'unmanaged',
	4: 'health',
	5: 'init',
	6: 'remote-node',
	7: 'kube-apiserver',
	8: 'ingress',
	9: 'world-ipv4',
	10: 'world-ipv6',
};

/** Cilium's numbers and names. */
export function reservedIdentities(): Identity[] {
	return RESERVED_IDENTITIES.map(({ id, labels }) =>
		Object.freeze({ id: id as IdentityId, kind: 'reserved', name: NAMES[id] ?? '', labels: labelsOf(labels) }),
	);
}
