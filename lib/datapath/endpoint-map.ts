import type { EndpointRegistry } from './endpoint-registry.js';
import type { Endpoint, EndpointState } from './endpoint.js';
import type { EndpointId } from './types.js';

/** The registry as a read-only Map of handles. */
export function endpointMap(
	registry: EndpointRegistry,
	handleOf: (state: EndpointState) => Endpoint,
): ReadonlyMap<EndpointId, Endpoint> {
	const map: ReadonlyMap<EndpointId, Endpoint> = {
		get size() {
			return registry.size;
		},
		get(id) {
			const state = registry.get(id);
			return state === undefined ? undefined : handleOf(state);
		},
		has: (id) => registry.get(id) !== undefined,
		*keys() {
			for (const state of registry) {
				yield state.id;
			}
			return undefined;
		},
		*values() {
			for (const state of registry) {
				yield handleOf(state);
			}
			return undefined;
		},
		*entries() {
			for (const state of registry) {
				yield [state.id, handleOf(state)];
			}
			return undefined;
		},
		forEach(callback, thisArg) {
			for (const state of registry) {
				callback.call(thisArg, handleOf(state), state.id, map);
			}
		},
		[Symbol.iterator]: () => map.entries(),
	};
	return map;
}
