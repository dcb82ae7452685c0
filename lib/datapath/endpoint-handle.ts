import type { FlowNames } from '../flows/names.js';
import { invalidArgument } from '../errors.js';
import { formatAddress, formatMac } from './address.js';
import { relabel, writeEndpoint } from './admission.js';
import type { Admission } from './admission.js';
import { assertAttached } from './attach.js';
import type { Attacher } from './attach.js';
import type { Cookies } from './direct-rows.js';
import type { Endpoint, EndpointState } from './endpoint.js';
import { canonicalLabels } from './labels.js';
import { createPolicyMap } from './policy-map.js';
import type { PolicyMap } from './policy-map.js';
import { simulate } from './simulate.js';
import { endpointStats } from './stats.js';
import type { Enforcement, Identity } from './types.js';

export interface HandleParts {
	readonly admission: Admission;
	readonly attacher: Attacher;
	readonly cookies: Cookies;
	readonly names: FlowNames;
	readonly clockOffsetNs: bigint;
}

/** One handle an endpoint, made when it is first asked for. */
export interface EndpointHandles {
	of(state: EndpointState): Endpoint;
	stateOf(endpoint: Endpoint): EndpointState;
	policyOf(identity: Identity): PolicyMap;
}

export function createEndpointHandles(parts: HandleParts): EndpointHandles {
	const handles = new WeakMap<EndpointState, Endpoint>();
	const states = new WeakMap<Endpoint, EndpointState>();
	const policies = new WeakMap<Identity, PolicyMap>();
	const { admission, cookies } = parts;
	const { core, store } = admission;

	function policyOf(identity: Identity): PolicyMap {
		const known = policies.get(identity);
		if (known !== undefined) {
			return known;
		}
		const { changes } = core;
		const map = createPolicyMap({ changes, store, cookies, identity, assertOpen: core.assertOpen });
		policies.set(identity, map);
		return map;
	}

	return {
		policyOf,
		of(state) {
			const known = handles.get(state);
			if (known !== undefined) {
				return known;
			}
			const handle = createHandle(parts, state, policyOf);
			handles.set(state, handle);
			states.set(handle, state);
			return handle;
		},
		stateOf(endpoint) {
			const state = states.get(endpoint);
			if (state === undefined) {
				throw invalidArgument('endpoint', endpoint, 'an endpoint of this datapath');
			}
			return state;
		},
	};
}

function createHandle(parts: HandleParts, state: EndpointState, policyOf: (identity: Identity) => PolicyMap): Endpoint {
	const { admission, attacher, names, clockOffsetNs } = parts;
	const { core } = admission;

	function assertUsable(): void {
		core.assertOpen();
		assertAttached(state);
	}

	/** Within a change of its own; `former` is put back when the change fails. */
	function change<K extends 'enforcement' | 'audit'>(field: K, value: EndpointState[K]): void {
		assertUsable();
		core.changes.run(() => {
			const former = state[field];
			state[field] = value;
			core.changes.undo(() => void (state[field] = former));
			writeEndpoint(admission, state);
		});
	}

	return {
		id: state.id,
		name: state.name,
		network: state.network,
		interface: state.interface,
		addresses: Object.freeze(state.addresses.map(({ family, bytes }) => formatAddress(family, bytes))),
		...(state.pod === undefined ? {} : { pod: state.pod }),
		mac: formatMac(state.mac),
		get identity() {
			return state.identity;
		},
		get enforcement() {
			return state.enforcement;
		},
		get audit() {
			return state.audit;
		},
		get enforced() {
			const { enforcement } = state;
			const all = enforcement === 'always';
			return enforcement === 'default' ? admission.store.enforced(state.identity) : { ingress: all, egress: all };
		},
		get policy() {
			return policyOf(state.identity);
		},
		get detached() {
			return state.detached;
		},
		relabel(labels) {
			assertUsable();
			const checked = canonicalLabels(labels);
			return core.changes.run(() => relabel(admission, state, checked));
		},
		setEnforcement(enforcement: Enforcement) {
			if (!['default', 'always', 'never'].includes(enforcement)) {
				throw invalidArgument('enforcement', enforcement, "'default', 'always' or 'never'");
			}
			change('enforcement', enforcement);
		},
		setAudit: (audit) => change('audit', audit === true),
		stats() {
			assertUsable();
			return endpointStats(core, state);
		},
		simulate(frame, direction) {
			assertUsable();
			return simulate(core, state.interface.index, frame, direction, names, clockOffsetNs);
		},
		detach: () => attacher.detach([state]),
	};
}
