import { createMultiMap } from '../policy/engine/multi-map.js';
import type { EndpointState } from './endpoint.js';
import type { Identity } from './types.js';

const REMEMBERED = 1024;

/** Endpoints by number and interface, and those that went lately: flows still speak of them. */
export interface EndpointRegistry extends Iterable<EndpointState> {
	readonly size: number;
	get(id: number): EndpointState | undefined;
	byInterface(index: number): EndpointState | undefined;
	/** Also one that is gone, until its number is used again. */
	recall(id: number): EndpointState | undefined;
	add(state: EndpointState): void;
	remove(state: EndpointState): void;
	ofIdentity(identity: number): Iterable<EndpointState>;
	setIdentity(state: EndpointState, identity: Identity): void;
}

export function createEndpointRegistry(): EndpointRegistry {
	const byId = new Map<number, EndpointState>();
	const byIndex = new Map<number, EndpointState>();
	const gone = new Map<number, EndpointState>();
	const byIdentity = createMultiMap<number, EndpointState>();

	return {
		get size() {
			return byId.size;
		},
		get: (id) => byId.get(id),
		byInterface: (index) => byIndex.get(index),
		recall: (id) => byId.get(id) ?? gone.get(id),
		add(state) {
			byId.set(state.id, state);
			byIndex.set(state.interface.index, state);
			byIdentity.add(state.identity.id, state);
			gone.delete(state.id);
		},
		remove(state) {
			byId.delete(state.id);
			byIndex.delete(state.interface.index);
			byIdentity.delete(state.identity.id, state);
			gone.set(state.id, state);
			if (gone.size > REMEMBERED) {
				const [oldest] = gone.keys();
				gone.delete(oldest ?? 0);
			}
		},
		ofIdentity: (identity) => byIdentity.of(identity),
		setIdentity(state, identity) {
			byIdentity.delete(state.identity.id, state);
			state.identity = identity;
			byIdentity.add(identity.id, state);
		},
		[Symbol.iterator]: () => byId.values(),
	};
}
