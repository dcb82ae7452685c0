import type { LabelSet } from '../labels/label-set.js';
import { SOURCE_RESERVED } from '../labels/label.js';
import type { Selector } from '../labels/selector.js';
import { contains, parsePrefix, type Prefix } from '../addresses/prefix.js';
import type { PolicyIdentity } from './policy-identity.js';

export const SOURCE_CIDR = 'cidr';
export const SOURCE_FQDN = 'fqdn';

interface Common {
	/** Equal for selectors that ask the same; a map's key. */
	readonly key: string;
	matches(identity: PolicyIdentity): boolean;
}

/** By labels: managed endpoints, entities, nodes. */
export interface LabelsSelector extends Common {
	readonly kind: 'labels';
	readonly selector: Selector;
}

/** By address: identities of prefixes within `cidr` and within none of `except`. */
export interface CidrSelector extends Common {
	readonly kind: 'cidr';
	readonly cidr: Prefix;
	readonly except: readonly Prefix[];
	/**
	 * Endpoints besides: `all`, those whose addresses (of the family) all match, for rules that allow; `any`, those of
	 * which one does, for rules that deny. So whatever an identity's endpoints are, nothing opens by accident.
	 */
	readonly endpoints: 'none' | 'all' | 'any';
}

/** By name: identities of addresses that were learned for it. */
export interface FqdnSelector extends Common {
	readonly kind: 'fqdn';
	/** As written: `matchName` or `matchPattern`. */
	readonly text: string;
}

/** By what an identity is as a whole. */
export interface EntitySelector extends Common {
	readonly kind: 'entity';
}

/** Any of them. */
export interface AnySelector extends Common {
	readonly kind: 'any';
	readonly members: readonly IdentitySelector[];
}

export type IdentitySelector = LabelsSelector | CidrSelector | FqdnSelector | EntitySelector | AnySelector;

export function byLabels(selector: Selector): LabelsSelector {
	return {
		kind: 'labels',
		selector,
		key: `labels ${selector.toString()}`,
		matches: ({ labels }) => selector.matches(labels),
	};
}

/** `cidr` and `except` canonical, as `parsePrefix` gives them. */
export function byCidr(
	cidr: Prefix,
	except: readonly Prefix[] = [],
	endpoints: CidrSelector['endpoints'] = 'none',
): CidrSelector {
	const inside = (prefix: Prefix) => contains(cidr, prefix) && !except.some((hole) => contains(hole, prefix));
	return {
		kind: 'cidr',
		cidr,
		except,
		endpoints,
		key: `cidr ${endpoints} ${[cidr, ...except].map(({ text }) => text).join(' ')}`,
		matches({ labels, addresses = [] }) {
			const prefix = prefixOf(labels);
			if (prefix !== undefined) {
				return inside(prefix);
			}
			// The whole family: also what no prefix has an identity of its own for.
			if (cidr.length === 0 && (isWorld(labels, cidr.family) || isWorld(labels))) {
				return true;
			}
			if (endpoints === 'none') {
				return false;
			}
			const own = addresses.map((text) => parsePrefix(text)!).filter(({ family }) => family === cidr.family);
			return own.length > 0 && (endpoints === 'all' ? own.every(inside) : own.some(inside));
		},
	};
}

export function byName(text: string, names: (name: string) => boolean): FqdnSelector {
	return {
		kind: 'fqdn',
		text,
		key: `fqdn ${text}`,
		matches: ({ labels }) => labels.labels.some(({ source, key }) => source === SOURCE_FQDN && names(key)),
	};
}

export function byEntity(name: string, matches: EntitySelector['matches']): EntitySelector {
	return { kind: 'entity', key: `entity ${name}`, matches };
}

/** Nobody, where there is none. */
export function byAny(members: readonly IdentitySelector[]): IdentitySelector {
	const [first] = members;
	if (first !== undefined && members.length === 1) {
		return first;
	}
	return {
		kind: 'any',
		members,
		key: `any (${members.map(({ key }) => key).join(' | ')})`,
		matches: (identity) => members.some((member) => member.matches(identity)),
	};
}

/** Of an address, or name, beyond the cluster. */
export function isOutside({ labels }: LabelSet): boolean {
	return labels.some(
		({ source, key }) =>
			source === SOURCE_CIDR ||
			source === SOURCE_FQDN ||
			(source === SOURCE_RESERVED && (key === 'world' || key === 'world-ipv4' || key === 'world-ipv6')),
	);
}

/** The prefix that an identity of addresses outside stands for. */
export function prefixOf(labels: LabelSet): Prefix | undefined {
	const label = labels.labels.find(({ source }) => source === SOURCE_CIDR);
	return label === undefined ? undefined : parsePrefix(label.key);
}

function isWorld(labels: LabelSet, family?: 4 | 6): boolean {
	return labels.get(SOURCE_RESERVED, family === undefined ? 'world' : `world-ipv${family}`) !== undefined;
}
