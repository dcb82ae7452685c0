import { HeddleError, invalidArgument } from '../errors.js';
import { explain } from '../explain/explain.js';
import type { EndpointMode, Explanation } from '../explain/explanation.js';
import type { NamedPolicy } from '../explain/world.js';
import type { Answer } from '../policy/lookup.js';
import { parseProtocol } from '../policy/protocols.js';
import type { PolicyIdentity } from '../rules/policy-identity.js';
import type { Origins } from '../rules/origins.js';
import { parseAddress } from '../addresses/address.js';
import type { AddressTable } from './address-table.js';
import type { Core } from './core.js';
import type { EndpointRegistry } from './endpoint-registry.js';
import type { Endpoint, EndpointState } from './endpoint.js';
import { askTables } from './ask-tables.js';
import type { IdentityRegistry } from './identity-registry.js';
import type { PolicyStore } from './policy-store.js';
import type { Direction, Identity, Protocol } from './types.js';

/**
 * An endpoint, or its name or `namespace/pod`; an identity, its number, or a reserved one's name; an address on a
 * network, as the datapath finds it.
 */
export type EndpointRef =
	Endpoint | Identity | number | string | { readonly network: string; readonly address: string };

export interface PolicyQuestion {
	readonly from: EndpointRef;
	readonly to: EndpointRef;
	readonly protocol: Protocol;
	/** Of the destination; ICMP: type << 8 | code. @default 0 */
	readonly port?: number;
}

export interface LiveExplanation extends Explanation {
	/** What the kernel's maps answer, asked now. */
	readonly loaded: Readonly<Partial<Record<Direction, Answer>>>;
}

export interface ExplainParts {
	readonly core: Core;
	readonly store: PolicyStore;
	readonly registry: EndpointRegistry;
	readonly identities: IdentityRegistry;
	readonly addresses: AddressTable;
	readonly origins: Origins;
	networkId(name: string): number | undefined;
}

interface End {
	readonly identity: PolicyIdentity;
	readonly state: EndpointState | undefined;
}

/** @throws ERR_NOT_FOUND, ERR_INVALID_ARGUMENT, ERR_INVALID_ADDRESS */
export function explainPolicies(
	parts: ExplainParts,
	policies: Iterable<NamedPolicy>,
	question: PolicyQuestion,
): LiveExplanation {
	const { core, store, origins } = parts;
	const [from, to] = [endOf(parts, question.from, 'from'), endOf(parts, question.to, 'to')];
	const protocol = parseProtocol(question.protocol);
	const { port = 0 } = question;
	if (typeof protocol !== 'number') {
		throw invalidArgument(
			'protocol',
			question.protocol,
			"'tcp', 'udp', 'sctp', 'icmp', 'icmpv6' or a number from 0 to 255",
		);
	}
	if (!Number.isInteger(port) || port < 0 || port > 65535) {
		throw invalidArgument('port', port, 'an integer from 0 to 65535');
	}
	const direct = (id: number) => store.subjects.get(id)?.direct.byKey.values() ?? [];
	const told = explain(
		{ policies, origins, direct },
		{ from: from.identity, to: to.identity, protocol, port, fromMode: modeOf(from), toMode: modeOf(to) },
	);
	const ask = (subject: End, peer: End, direction: Direction) =>
		subject.state === undefined
			? {}
			: { [direction]: askTables(core.maps, subject.state.id, { peer: peer.identity.id, direction, protocol, port }) };
	return { ...told, loaded: { ...ask(from, to, 'egress'), ...ask(to, from, 'ingress') } };
}

function modeOf({ state }: End): EndpointMode {
	return state === undefined ? {} : { enforcement: state.enforcement, audit: state.audit };
}

function endOf(parts: ExplainParts, ref: EndpointRef, field: string): End {
	const { registry, store, identities } = parts;
	if (typeof ref === 'object' && 'address' in ref) {
		return ofAddress(parts, ref);
	}
	const state = [...registry].find((one) =>
		typeof ref === 'string'
			? one.name === ref || (one.pod !== undefined && `${one.pod.namespace}/${one.pod.name}` === ref)
			: typeof ref === 'object' && 'interface' in ref && one.id === ref.id,
	);
	const number = typeof ref === 'number' ? ref : typeof ref === 'string' ? identities.byName(ref)?.id : ref.id;
	const identity = store.index.identities.get(state?.identity.id ?? number ?? -1);
	if (identity === undefined) {
		throw new HeddleError('ERR_NOT_FOUND', `${field}: found no such endpoint or identity, expected one there is`, {
			field,
			found: ref,
		});
	}
	const first = state ?? [...registry.ofIdentity(identity.id)][0];
	return { identity, state: first };
}

function ofAddress(parts: ExplainParts, { network, address }: { network: string; address: string }): End {
	const { addresses, registry, store } = parts;
	const id = parts.networkId(network);
	if (id === undefined) {
		throw new HeddleError('ERR_NOT_FOUND', `network: found no '${network}', expected one that was created`, {
			field: 'network',
			found: network,
		});
	}
	const parsed = parseAddress(address, 'address');
	const endpoint = addresses.find(id, parsed)?.endpoint ?? 0;
	return { identity: store.index.identities.get(addresses.identityOf(id, parsed))!, state: registry.get(endpoint) };
}
