import * as abi from '../abi/generated.js';
import { HeddleError } from '../errors.js';
import { WRITE_EXISTING, WRITE_NEW } from '../kernel/typed-map.js';
import { formatAddress, formatMac, parseAddress } from '../addresses/address.js';
import type { Address } from '../addresses/address.js';
import { aggregationNumber } from './aggregation.js';
import { addressInUse } from './address-table.js';
import type { AddressTable } from './address-table.js';
import type { Core } from './core.js';
import { enforcementNumber } from './endpoint-options.js';
import type { CheckedOptions } from './endpoint-options.js';
import type { EndpointRegistry } from './endpoint-registry.js';
import { ipv4Number } from './endpoint-table.js';
import type { EndpointTable } from './endpoint-table.js';
import type { EndpointState } from './endpoint.js';
import type { IdentityRegistry } from './identity-registry.js';
import type { NamedPort } from '../rules/policy-identity.js';
import type { InterfaceFacts } from './interfaces.js';
import { networkLabels } from './labels.js';
import type { PolicyStore } from './policy-store.js';
import type { EndpointId, Identity, Labels, NetworkId } from './types.js';

/** What admission works on. */
export interface Admission {
	readonly core: Core;
	readonly addresses: AddressTable;
	readonly table: EndpointTable;
	readonly registry: EndpointRegistry;
	readonly identities: IdentityRegistry;
	readonly store: PolicyStore;
	/** Tells policy again what an identity's endpoints are. Within a change. */
	describe(identity: Identity): void;
}

const NO_LINKS: EndpointState['links'] = [];

export interface Candidate {
	readonly network: { readonly id: NetworkId; readonly name: string };
	readonly facts: InterfaceFacts;
	readonly options: CheckedOptions;
}

export interface EndpointRecord {
	readonly name: string;
	readonly interface: { readonly name: string; readonly index: number; readonly pod?: string };
	readonly addresses: readonly string[];
	readonly pod?: { readonly namespace: string; readonly name: string };
	readonly namedPorts?: readonly NamedPort[];
}

/** Refuses what cannot be attached, all of them before any of them. */
export function checkCandidates(admission: Admission, candidates: readonly Candidate[]): void {
	const interfaces = new Set<number>();
	const addresses = new Set<string>();
	for (const { network, facts, options } of candidates) {
		if (admission.registry.byInterface(facts.index) !== undefined || interfaces.has(facts.index)) {
			throw new HeddleError('ERR_EXISTS', `interface ${facts.name}: found an endpoint on it, expected none`, {
				field: 'interface',
				found: facts.name,
			});
		}
		interfaces.add(facts.index);
		for (const address of options.addresses) {
			const text = formatAddress(address.family, address.bytes);
			const owner = admission.addresses.find(network.id, address);
			if (owner !== undefined) {
				throw addressInUse(text, owner.endpoint);
			}
			if (addresses.has(`${network.id} ${text}`)) {
				throw new HeddleError('ERR_ADDRESS_IN_USE', `address ${text}: found it twice in this call, expected it once`, {
					found: text,
				});
			}
			addresses.add(`${network.id} ${text}`);
		}
	}
	admission.core.maps.addresses.ensureRoom(addresses.size);
}

/** Within a change: policy first, then records, endpoints, addresses and slots. */
export function admit(admission: Admission, { network, facts, options }: Candidate): EndpointState {
	const { core, table, registry, identities, store } = admission;
	const { changes } = core;
	table.checkSlot(facts.index);
	const id = table.reserve() as EndpointId;
	changes.undo(() => table.unreserve(id));
	const identity = identities.acquire(networkLabels(options.labels, network.name), 'labels');
	store.ensure(identity);
	const state: EndpointState = {
		id,
		name: options.name,
		network,
		interface: interfaceOf(facts),
		addresses: Object.freeze(options.addresses.map(({ family, bytes }) => formatAddress(family, bytes))),
		pod: options.pod,
		namedPorts: options.namedPorts,
		mac: formatMac(facts.podMac),
		identity,
		enforcement: options.enforcement,
		audit: options.audit,
		aggregation: options.aggregation,
		sampling: options.sampling,
		links: NO_LINKS,
		detaching: undefined,
		detached: false,
	};
	registry.add(state);
	changes.undo(() => registry.remove(state));
	admission.describe(identity);
	changes.later(() => writeAll(admission, state, facts));
	return state;
}

/** Within a change: the reverse. */
export function evict(admission: Admission, state: EndpointState): void {
	const { core, addresses, table, registry, identities } = admission;
	const { changes } = core;
	table.freeSlot(state.interface.index);
	addresses.remove(state.network.id, parseAll(state), state.id);
	table.clear(state.id);
	registry.remove(state);
	changes.undo(() => registry.add(state));
	admission.describe(state.identity);
	identities.release(state.identity);
	changes.after(() => {
		core.records.delete(abi.RecordKind.Endpoint, state.id);
		table.unreserve(state.id);
	});
}

/** Within a change. */
export function relabel(admission: Admission, state: EndpointState, labels: Labels): Identity {
	const { core, addresses, registry, identities, store } = admission;
	const { changes } = core;
	const former = state.identity;
	const next = identities.acquire(networkLabels(labels, state.network.name), 'labels');
	store.ensure(next);
	registry.setIdentity(state, next);
	changes.undo(() => registry.setIdentity(state, former));
	[former, next].forEach(admission.describe);
	changes.later(() => {
		rewriteEndpoint(admission, state);
		addresses.put(state.network.id, parseAll(state), { identity: next.id, endpoint: state.id }, WRITE_EXISTING);
	});
	// Until now packets bore it.
	changes.last(() => identities.release(former));
	return next;
}

/** What does not change is in the kernel already. Within a change. */
export function rewriteEndpoint({ table, store }: Admission, state: EndpointState): void {
	const value = table.get(state.id);
	const next = variablePart(state, store.setOf(state.identity));
	if (value !== undefined && VARIABLE.some((field) => value[field] !== next[field])) {
		table.write(state.id, { ...value, ...next });
	}
}

function writeAll(admission: Admission, state: EndpointState, facts: InterfaceFacts): void {
	const { core, addresses, table, store } = admission;
	const addressesOf = parseAll(state);
	const value: abi.Endpoint = {
		...fixedPart(state, facts, addressesOf),
		...variablePart(state, store.setOf(state.identity)),
	};
	core.records.put(abi.RecordKind.Endpoint, state.id, recordOf(state));
	core.changes.undo(() => core.records.delete(abi.RecordKind.Endpoint, state.id));
	table.write(state.id, value);
	addresses.put(state.network.id, addressesOf, { identity: state.identity.id, endpoint: state.id }, WRITE_NEW);
	table.bindSlot(state.id, value);
}

function recordOf(state: EndpointState): EndpointRecord {
	return {
		name: state.name,
		interface: state.interface,
		addresses: state.addresses,
		...(state.pod === undefined ? {} : { pod: state.pod }),
		...(state.namedPorts.length === 0 ? {} : { namedPorts: state.namedPorts }),
	};
}

const VARIABLE = ['identity', 'policySet', 'enforcement', 'audit', 'aggregation', 'sampling'] as const;
type VariablePart = Pick<abi.Endpoint, (typeof VARIABLE)[number]>;

function variablePart(state: EndpointState, policySet: number): VariablePart {
	return {
		identity: state.identity.id,
		policySet,
		enforcement: enforcementNumber(state.enforcement),
		audit: state.audit ? 1 : 0,
		aggregation: aggregationNumber(state.aggregation),
		sampling: state.sampling,
	};
}

function fixedPart(
	state: EndpointState,
	facts: InterfaceFacts,
	all: readonly Address[],
): Omit<abi.Endpoint, keyof VariablePart> {
	const first = (family: 4 | 6): Address | undefined => all.find((address) => address.family === family);
	return {
		ifindex: state.interface.index,
		network: state.network.id,
		mac: facts.podMac,
		hostMac: facts.hostMac,
		mtu: facts.mtu,
		ipv4: ipv4Number(first(4)?.bytes ?? new Uint8Array(4)),
		ipv6: first(6)?.bytes ?? new Uint8Array(16),
	};
}

function parseAll(state: EndpointState): Address[] {
	return state.addresses.map((text) => parseAddress(text, 'address'));
}

function interfaceOf({ name, index, podInterface: pod }: InterfaceFacts): EndpointState['interface'] {
	return pod === undefined ? { name, index } : { name, index, pod };
}
