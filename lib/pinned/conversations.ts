import * as abi from '../abi/generated.js';
import { formatAddress } from '../addresses/address.js';
import { typedMap } from '../kernel/typed-map.js';
import { flowL4Name } from '../flows/l4.js';
import type { PinnedMaps } from './open.js';

/** One side of a conversation, and what it sent. */
export interface ConversationEnd {
	readonly address: string;
	readonly port: number;
	readonly identity: number;
	readonly endpoint?: number;
	readonly endpointName?: string;
	readonly packets: bigint;
	/** Ethernet frames, as sent. */
	readonly bytes: bigint;
}

/** An entry of the flow table. */
export interface Conversation {
	readonly network: string;
	readonly protocol: string;
	readonly state: string;
	/** Who spoke first. */
	readonly source: ConversationEnd;
	readonly destination: ConversationEnd;
}

interface Key {
	readonly network: number;
	readonly protocol: number;
	readonly low: { readonly address: string; readonly port: number };
	readonly high: { readonly address: string; readonly port: number };
}

/** Ended ones stay until they are swept. */
export function* conversations(pinned: PinnedMaps): Generator<Conversation> {
	const { raw } = pinned.maps;
	for (const [key, flow] of typedMap('flows4', raw['flows4']!, abi.flow4KeyCodec, abi.flowCodec)) {
		yield describe(pinned, keyOf(key, ipv4Text(key.lowAddress), ipv4Text(key.highAddress)), flow);
	}
	for (const [key, flow] of typedMap('flows6', raw['flows6']!, abi.flow6KeyCodec, abi.flowCodec)) {
		yield describe(pinned, keyOf(key, formatAddress(6, key.lowAddress), formatAddress(6, key.highAddress)), flow);
	}
}

function keyOf(
	{ network, protocol, lowPort, highPort }: Omit<abi.Flow4Key, 'lowAddress' | 'highAddress'>,
	low: string,
	high: string,
): Key {
	return { network, protocol, low: { address: low, port: lowPort }, high: { address: high, port: highPort } };
}

function ipv4Text(address: number): string {
	return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
}

function describe({ names }: PinnedMaps, key: Key, flow: abi.Flow): Conversation {
	const low = endOf(names, { ...key.low, identity: flow.lowIdentity, endpoint: flow.lowEndpoint }, flow.fromLow);
	const high = endOf(names, { ...key.high, identity: flow.highIdentity, endpoint: flow.highEndpoint }, flow.fromHigh);
	const [source, destination] = flow.originator === 0 ? [low, high] : [high, low];
	return {
		network: names.network(key.network),
		protocol: flowL4Name(key.protocol),
		state: (abi.flowStateNames[flow.state] ?? String(flow.state)).toLowerCase(),
		source,
		destination,
	};
}

function endOf(
	names: PinnedMaps['names'],
	end: { readonly address: string; readonly port: number; readonly identity: number; readonly endpoint: number },
	{ packets, bytes }: abi.FlowHalf,
): ConversationEnd {
	const { endpoint, ...more } = end;
	const name = names.endpoint(endpoint);
	return {
		...more,
		// Beyond, there are hops that are no endpoints.
		...(endpoint === 0 || name === undefined ? {} : { endpoint, endpointName: name }),
		packets,
		bytes,
	};
}
