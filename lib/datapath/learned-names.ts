import * as abi from '../abi/generated.js';
import { parsePrefix, bitsOf, type Prefix } from '../addresses/prefix.js';
import { HeddleError, invalidArgument } from '../errors.js';
import type { IdentitySelector } from '../rules/identity-selector.js';
import { createLabelSet } from '../labels/label-set.js';
import type { CidrClaimParts, CidrClaims } from './cidr-claims.js';
import { cidrLabels, imply } from './cidr-claims.js';
import type { Core } from './core.js';
import { canonicalLabels } from './labels.js';
import type { Identity, Labels } from './types.js';

export interface LearnedName {
	readonly name: string;
	/** Until when each address counts: Unix time, milliseconds; Infinity: until it is forgotten. */
	readonly addresses: ReadonlyMap<string, number>;
}

/**
 * Addresses of DNS names, for `toFQDNs` and `domainNames`. An address that was learned counts, on every network, until
 * its time is over, no conversation with it is in the flow table and the next interval comes round, or until it is
 * forgotten; it survives a restart of a pinned datapath. What the DNS proxy answers to pods is learned before they hear it.
 */
export interface LearnedNames extends Iterable<LearnedName> {
	readonly size: number;
	get(name: string): LearnedName | undefined;
	/**
	 * On return the kernel knows the addresses: an answer may be passed on then. Learned again: the later end counts.
	 * @param ttlSeconds 0 to 2147483647 @default no end
	 * @throws ERR_INVALID_ARGUMENT, ERR_INVALID_ADDRESS, ERR_MAP_FULL, ERR_CLOSED
	 */
	learn(name: string, addresses: Iterable<string>, options?: { readonly ttlSeconds?: number }): void;
	/** All addresses of the name, or one. false: there was nothing to forget. */
	forget(name: string, address?: string): boolean;
}

export interface NameEngine extends LearnedNames {
	/** Identities again, after policies have changed. Within a change. */
	refresh(): void;
	/** Forgets what is over. */
	expire(now: number): void;
	restore(): void;
	spread(network: number): void;
}

export interface NameParts extends CidrClaimParts {
	readonly core: Core;
	readonly claims: CidrClaims;
	/** Selectors of the policies in force that ask for names. */
	selectors(): Iterable<IdentitySelector>;
	/** Addresses that conversations are with now. */
	liveAddresses(): ReadonlySet<string>;
	/** Told that addresses of the name do not count any more. */
	forgot(name: string): void;
}

interface Address {
	readonly prefix: Prefix;
	/** By name, when it is over. */
	readonly names: Map<string, number>;
	identity: Identity | undefined;
}

interface NameRecord {
	readonly name: string;
	readonly addresses: readonly (readonly [string, number | null])[];
}

const NAME = /^(?=.{1,253}$)([a-z0-9_]([-a-z0-9_]{0,61}[a-z0-9_])?\.)*[a-z0-9_]([-a-z0-9_]{0,61}[a-z0-9_])?$/;
const MAX_TTL = 2_147_483_647;
/* Below are policy documents: see policies.ts. */
const FIRST_NAME = 0xe000_0000;

export function createLearnedNames(parts: NameParts): NameEngine {
	const { core, claims, identities } = parts;
	const { changes } = core;
	const byAddress = new Map<string, Address>();
	const records = new Map<string, number>();
	let nextRecord = FIRST_NAME;

	function addressesOf(name: string): Map<string, number> {
		const found = new Map<string, number>();
		for (const { prefix, names } of byAddress.values()) {
			const end = names.get(name);
			if (end !== undefined) {
				found.set(prefix.text.slice(0, prefix.text.indexOf('/')), end);
			}
		}
		return found;
	}

	/** What policies can tell of it: the names that some policy asks for, and the block around it that one names. */
	function labelsOf({ prefix, names }: Address, selectors: readonly IdentitySelector[]): Labels | undefined {
		const asked = [...names.keys()].filter((name) =>
			selectors.some((selector) => selector.matches(namedIdentity(name))),
		);
		if (asked.length === 0) {
			return undefined;
		}
		const around = claims.around(prefix);
		const outside = around === undefined ? { [`reserved:world-ipv${prefix.family}`]: '' } : cidrLabels(around);
		return canonicalLabels({ ...outside, ...Object.fromEntries(asked.map((name) => [`fqdn:${name}`, ''])) });
	}

	function settle(address: Address, selectors: readonly IdentitySelector[]): void {
		const labels = labelsOf(address, selectors);
		const former = address.identity;
		const next = labels === undefined ? undefined : identities.acquire(labels, 'cidr');
		address.identity = next;
		changes.undo(() => void (address.identity = former));
		if (former !== undefined) {
			changes.last(() => identities.release(former));
		}
		if (former !== next) {
			changes.later(() => imply(parts, 'name', address.prefix, address.identity?.id));
		}
	}

	function setEnd(prefix: Prefix, name: string, end: number | undefined): void {
		const address = byAddress.get(prefix.text) ?? { prefix, names: new Map(), identity: undefined };
		byAddress.set(prefix.text, address);
		const former = address.names.get(name);
		write(address, name, end);
		changes.undo(() => write(address, name, former));
		settle(address, [...parts.selectors()]);
	}

	function write(address: Address, name: string, end: number | undefined): void {
		if (end === undefined) {
			address.names.delete(name);
		} else {
			address.names.set(name, end);
		}
		if (address.names.size === 0) {
			byAddress.delete(address.prefix.text);
		} else {
			byAddress.set(address.prefix.text, address);
		}
	}

	/** Written as it is at the end of the change, whatever that was. */
	function remember(name: string): void {
		const record = records.get(name) ?? nextRecord++;
		records.set(name, record);
		const put = () => {
			const addresses = addressesOf(name);
			if (addresses.size === 0) {
				core.records.delete(abi.RecordKind.Policy, record);
			} else {
				const ends = [...addresses].map(([address, end]) => [address, end === Infinity ? null : end]);
				core.records.put(abi.RecordKind.Policy, record, { name, addresses: ends });
			}
		};
		changes.later(put);
		changes.undo(put);
	}

	function forget(name: string, which: (address: string, end: number) => boolean): boolean {
		const gone = [...addressesOf(name)].filter(([address, end]) => which(address, end));
		if (gone.length === 0) {
			return false;
		}
		changes.run(() => {
			gone.forEach(([address]) => setEnd(parsePrefix(address)!, name, undefined));
			remember(name);
		});
		parts.forgot(name);
		return true;
	}

	function names(): Set<string> {
		return new Set([...byAddress.values()].flatMap((address) => [...address.names.keys()]));
	}

	return {
		get size() {
			return names().size;
		},
		get(name) {
			const addresses = addressesOf(canonicalName(name));
			return addresses.size === 0 ? undefined : { name: canonicalName(name), addresses };
		},
		learn(name, addresses, { ttlSeconds } = {}) {
			const canonical = canonicalName(name);
			const ends = Date.now() + checkTtl(ttlSeconds) * 1000;
			const prefixes = Array.from(addresses, checkAddress);
			changes.run(() => {
				for (const prefix of prefixes) {
					const known = byAddress.get(prefix.text)?.names.get(canonical) ?? 0;
					setEnd(prefix, canonical, Math.max(known, ends));
				}
				remember(canonical);
			});
		},
		forget(name, address) {
			core.assertOpen();
			const one = address === undefined ? undefined : checkAddress(address).text;
			return forget(canonicalName(name), (found) => one === undefined || parsePrefix(found)?.text === one);
		},
		refresh() {
			const selectors = [...parts.selectors()];
			byAddress.forEach((address) => settle(address, selectors));
		},
		expire(now) {
			const over = [...names()].filter((name) => [...addressesOf(name).values()].some((end) => end <= now));
			if (over.length > 0) {
				const live = parts.liveAddresses();
				over.forEach((name) => forget(name, (address, end) => end <= now && !live.has(address)));
			}
		},
		restore() {
			for (const { id, value } of core.records.all<NameRecord>(abi.RecordKind.Policy)) {
				if (id >= FIRST_NAME) {
					records.set(value.name, id);
					nextRecord = Math.max(nextRecord, id + 1);
					value.addresses.forEach(([address, end]) => setEnd(parsePrefix(address)!, value.name, end ?? Infinity));
				}
			}
		},
		spread(network) {
			for (const { prefix, identity } of byAddress.values()) {
				imply({ ...parts, networks: () => [network] }, 'name', prefix, identity?.id);
			}
		},
		*[Symbol.iterator]() {
			for (const name of names()) {
				yield { name, addresses: addressesOf(name) };
			}
		},
	};
}

function namedIdentity(name: string) {
	return { id: 0, labels: createLabelSet({ [`fqdn:${name}`]: '' }) };
}

/** Lower case, without the dot at the end. */
function canonicalName(name: string): string {
	const canonical = typeof name === 'string' ? name.toLowerCase().replace(/\.$/, '') : '';
	if (!NAME.test(canonical)) {
		throw invalidArgument('name', name, 'a DNS name such as www.example.com');
	}
	return canonical;
}

function checkTtl(seconds: number | undefined): number {
	if (seconds === undefined) {
		return Infinity;
	}
	if (typeof seconds !== 'number' || !(seconds >= 0 && seconds <= MAX_TTL)) {
		throw invalidArgument('ttlSeconds', seconds, `a number from 0 to ${MAX_TTL}`);
	}
	return seconds;
}

function checkAddress(text: string): Prefix {
	const prefix = typeof text === 'string' ? parsePrefix(text) : undefined;
	if (prefix === undefined || prefix.length !== bitsOf(prefix.family)) {
		throw new HeddleError('ERR_INVALID_ADDRESS', `address: found ${String(text)}, expected an IPv4 or IPv6 address`, {
			field: 'address',
			found: text,
		});
	}
	return prefix;
}
