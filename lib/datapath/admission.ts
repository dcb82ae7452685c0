import * as abi from '../abi/generated.js';
import { HeddleError } from '../errors.js';
import { WRITE_EXISTING, WRITE_NEW } from '../kernel/typed-map.js';
import { formatAddress } from './address.js';
import type { Address } from './address.js';
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
}

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
		interface: {
			name: facts.name,
			index: facts.index,
			...(facts.podInterface === undefined ? {} : { pod: facts.podInterface }),
		},
		addresses: options.addresses,
		...(options.pod === undefined ? {} : { pod: options.pod }),
		mac: facts.podMac,
		hostMac: facts.hostMac,
		mtu: facts.mtu,
		identity,
		enforcement: options.enforcement,
		audit: options.audit,
		links: [],
		detached: false,
	};
	registry.add(state);
	changes.undo(() => registry.remove(state));
	changes.later(() => writeAll(admission, state));
	return state;
}

/** Within a change: the reverse. */
export function evict(admission: Admission, state: EndpointState): void {
	const { core, addresses, table, registry, identities } = admission;
	const { changes } = core;
	table.freeSlot(state.interface.index);
	addresses.remove(state.network.id, state.addresses, state.id);
	table.clear(state.id);
	registry.remove(state);
	changes.undo(() => registry.add(state));
	identities.release(state.identity);
	changes.after(() => {
		core.records.delete(abi.RecordKind.Endpoint, state.id);
		table.unreserve(state.id);
	});
}

/** Within a change. */
export function relabel(admission: Admission, state: EndpointState, labels: Labels): Identity {
	const { core, addresses, identities, store } = admission;
	const { changes } = core;
	const former = state.identity;
	const next = identities.acquire(networkLabels(labels, state.network.name), 'labels');
	store.ensure(next);
	state.identity = next;
	changes.undo(() => void (state.identity = former));
	identities.release(former);
	changes.later(() => {
		writeEndpoint(admission, state);
		addresses.put(state.network.id, state.addresses, { identity: next.id, endpoint: state.id }, WRITE_EXISTING);
	});
	return next;
}

export function writeEndpoint(admission: Admission, state: EndpointState): abi.Endpoint {
	const value = endpointValue(state, admission.store.ensure(state.identity).set);
	admission.table.write(state.id, value);
	return value;
}

function writeAll(admission: Admission, state: EndpointState): void {
	const { core, addresses, table } = admission;
	core.records.put(abi.RecordKind.Endpoint, state.id, recordOf(state));
	core.changes.undo(() => core.records.delete(abi.RecordKind.Endpoint, state.id));
	const value = writeEndpoint(admission, state);
	addresses.put(state.network.id, state.addresses, { identity: state.identity.id, endpoint: state.id }, WRITE_NEW);
	table.bindSlot(state.id, value);
}

function recordOf(state: EndpointState): EndpointRecord {
	return {
		name: state.name,
		interface: state.interface,
		addresses: state.addresses.map(({ family, bytes }) => formatAddress(family, bytes)),
		...(state.pod === undefined ? {} : { pod: state.pod }),
	};
}

function endpointValue(state: EndpointState, policySet: number): abi.Endpoint {
	const first = (family: 4 | 6): Address | undefined => state.addresses.find((address) => address.family === family);
	return {
		ifindex: state.interface.index,
		identity: state.identity.id,
		policySet,
		network: state.network.id,
		enforcement: enforcementNumber(state.enforcement),
		audit: state.audit ? 1 : 0,
		mac: state.mac,
		hostMac: state.hostMac,
		mtu: state.mtu,
		ipv4: ipv4Number(first(4)?.bytes ?? new Uint8Array(4)),
		ipv6: first(6)?.bytes ?? new Uint8Array(16),
	};
}
