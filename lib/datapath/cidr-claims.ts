import { shorten, type Prefix } from '../addresses/prefix.js';
import type { AddressTable, ImpliedLayer } from './address-table.js';
import type { Changes } from './changes.js';
import { canonicalLabels } from './labels.js';
import type { IdentityRegistry } from './identity-registry.js';
import type { Identity, Labels } from './types.js';

/** Address blocks that policies name, each with an identity of its own on every network. Verbs within a change. */
export interface CidrClaims {
	readonly size: number;
	claim(prefix: Prefix): void;
	/** Undoes one `claim`. */
	release(prefix: Prefix): void;
	/** The longest claimed block around an address. */
	around(prefix: Prefix): Prefix | undefined;
	/** Tells a network that is new. */
	spread(network: number): void;
}

export interface CidrClaimParts {
	readonly changes: Changes;
	readonly identities: IdentityRegistry;
	readonly addresses: AddressTable;
	networks(): Iterable<number>;
}

interface Claim {
	readonly prefix: Prefix;
	readonly identity: Identity;
	users: number;
}

/** `cidr:10.0.0.0/8`, as Cilium names it, and that it is outside. */
export function cidrLabels(prefix: Pick<Prefix, 'text' | 'family'>): Labels {
	return canonicalLabels({ [`cidr:${prefix.text}`]: '', [`reserved:world-ipv${prefix.family}`]: '' });
}

export function createCidrClaims(parts: CidrClaimParts): CidrClaims {
	const { changes, identities } = parts;
	const claims = new Map<string, Claim>();

	function addUsers(claim: Claim, count: number): void {
		claim.users += count;
		changes.undo(() => void (claim.users -= count));
	}

	function open(prefix: Prefix): Claim {
		const identity = identities.acquire(cidrLabels(prefix), 'cidr');
		const claim = { prefix, identity, users: 0 };
		claims.set(prefix.text, claim);
		changes.undo(() => claims.delete(prefix.text));
		// Its policy first: until then the addresses are what they were.
		changes.later(() => claims.get(prefix.text) === claim && imply(parts, 'cidr', prefix, identity.id));
		return claim;
	}

	function close(claim: Claim): void {
		claims.delete(claim.prefix.text);
		changes.undo(() => claims.set(claim.prefix.text, claim));
		changes.later(() => claims.has(claim.prefix.text) || imply(parts, 'cidr', claim.prefix, undefined));
		changes.last(() => identities.release(claim.identity));
	}

	return {
		get size() {
			return claims.size;
		},
		claim: (prefix) => addUsers(claims.get(prefix.text) ?? open(prefix), 1),
		release(prefix) {
			const claim = claims.get(prefix.text)!;
			addUsers(claim, -1);
			if (claim.users === 0) {
				close(claim);
			}
		},
		around(prefix) {
			for (let length = prefix.length; length >= 0; length--) {
				const found = claims.get(shorten(prefix, length).text);
				if (found !== undefined) {
					return found.prefix;
				}
			}
			return undefined;
		},
		spread(network) {
			for (const { prefix, identity } of claims.values()) {
				parts.addresses.imply('cidr', { network, cidr: cidrOf(prefix) }, identity.id);
			}
		},
	};
}

/** On every network there is. */
export function imply(
	{ addresses, networks }: Pick<CidrClaimParts, 'addresses' | 'networks'>,
	layer: ImpliedLayer,
	prefix: Prefix,
	identity: number | undefined,
): void {
	for (const network of networks()) {
		addresses.imply(layer, { network, cidr: cidrOf(prefix) }, identity);
	}
}

export function cidrOf({ family, bytes, length }: Prefix) {
	return { family, bytes, prefixLength: length };
}
