import { HeddleError, invalidArgument } from '../errors.js';
import { formatAddress, parseAddress, parseCidr } from '../addresses/address.js';
import type { AddressRow, AddressTable } from './address-table.js';
import { cidrLabels } from './cidr-claims.js';
import type { Core } from './core.js';
import type { IdentityRegistry } from './identity-registry.js';
import type { LabelsInput } from '../labels/label-set.js';
import { canonicalLabels } from './labels.js';
import type { ReservedName } from './reserved-identities.js';
import type { Identity, IdentityId, Labels } from './types.js';

export interface Assignment {
	readonly network: string;
	/** An address, or a CIDR without bits beyond its prefix. */
	readonly cidr: string;
	readonly identity: Identity | IdentityId | number;
}

/**
 * Who is who. Identities of endpoints come and go with them; those that were asked for here (`allocate`, `cidr`) stay
 * until `release`.
 */
export interface Identities extends Iterable<Identity> {
	readonly size: number;
	/** Equal labels, equal identity. @throws ERR_INVALID_ARGUMENT, ERR_EXHAUSTED, ERR_CLOSED */
	allocate(labels: LabelsInput): Identity;
	/** The identity of a CIDR, 0x01000000 and up; it says nothing of addresses until it is assigned. */
	cidr(cidr: string): Identity;
	/**
	 * Undoes `allocate` or `cidr`: with its last endpoint the identity goes, and its rows by hand with it.
	 * false: it was not allocated here.
	 */
	release(identity: Identity): boolean;
	get(id: IdentityId | number): Identity | undefined;
	find(labels: LabelsInput): Identity | undefined;
	/** 'host', 'world-ipv4', … */
	reserved(name: ReservedName): Identity;
	/** As the datapath does it: exact, the host's own, longest CIDR, then world. undefined: no such network. */
	lookup(network: string, address: string): Identity | undefined;
	/** @throws ERR_NOT_FOUND, ERR_INVALID_ADDRESS, ERR_ADDRESS_IN_USE for an endpoint's address, ERR_MAP_FULL */
	assign(network: string, cidr: string, identity: Identity | IdentityId | number): void;
	/** One change for all; all or nothing. */
	assignMany(assignments: Iterable<Assignment>): void;
	/** false: it was not assigned. */
	unassign(network: string, cidr: string): boolean;
}

export interface IdentityParts {
	readonly core: Core;
	readonly registry: IdentityRegistry;
	readonly addresses: AddressTable;
	networkId(name: string): number | undefined;
}

export function createIdentities({ core, registry, addresses, networkId }: IdentityParts): Identities {
	const { changes } = core;

	function obtain(labels: Labels, kind: 'labels' | 'cidr'): Identity {
		return changes.run(() => {
			const known = registry.find(labels);
			if (known?.kind === 'reserved') {
				return known;
			}
			const identity = registry.acquire(labels, kind);
			registry.keep(identity);
			registry.release(identity);
			return identity;
		});
	}

	function numberOf(identity: Identity | number): number {
		const id = typeof identity === 'number' ? identity : identity.id;
		if (registry.get(id) === undefined) {
			throw new HeddleError('ERR_NOT_FOUND', `identity: found ${id}, expected one that is allocated`, {
				field: 'identity',
				found: id,
			});
		}
		return id;
	}

	function networkOf(name: string): number {
		const id = networkId(name);
		if (id === undefined) {
			throw new HeddleError('ERR_NOT_FOUND', `network: found no '${name}', expected one that was created`, {
				field: 'network',
				found: name,
			});
		}
		return id;
	}

	function rowOf({ network, cidr, identity }: Assignment): AddressRow {
		return { network: networkOf(network), cidr: parseCidr(cidr, 'cidr'), identity: numberOf(identity) };
	}

	return {
		get size() {
			return registry.size;
		},
		allocate: (labels) => obtain(canonicalLabels(labels), 'labels'),
		cidr(text) {
			const { family, bytes, prefixLength } = parseCidr(text, 'cidr');
			return obtain(cidrLabels({ family, text: `${formatAddress(family, bytes)}/${prefixLength}` }), 'cidr');
		},
		release: (identity) => changes.run(() => registry.get(identity.id) !== undefined && registry.unkeep(identity)),
		get: (id) => registry.get(id),
		find: (labels) => registry.find(canonicalLabels(labels)),
		reserved(name) {
			const identity = registry.byName(name);
			if (identity === undefined) {
				throw invalidArgument('name', name, 'the name of a reserved identity, such as host or world-ipv4');
			}
			return identity;
		},
		lookup(network, address) {
			core.assertOpen();
			const id = networkId(network);
			return id === undefined ? undefined : registry.get(addresses.identityOf(id, parseAddress(address, 'address')));
		},
		assign(network, cidr, identity) {
			const row = rowOf({ network, cidr, identity });
			changes.run(() => addresses.assign([row]));
		},
		assignMany(assignments) {
			const rows = Array.from(assignments, rowOf);
			changes.run(() => addresses.assign(rows));
		},
		unassign(network, cidr) {
			const id = networkOf(network);
			const parsed = parseCidr(cidr, 'cidr');
			return changes.run(() => addresses.unassign(id, parsed));
		},
		[Symbol.iterator]: () => registry[Symbol.iterator](),
	};
}
