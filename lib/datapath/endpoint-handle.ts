import type { FlowNames } from '../flows/names.js';
import { invalidArgument } from '../errors.js';
import { checkAggregation, checkSampling } from './aggregation.js';
import { relabel, rewriteEndpoint } from './admission.js';
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
	const { core, store } = parts.admission;
	const handles = new WeakMap<EndpointState, Endpoint>();
	const states = new WeakMap<Endpoint, EndpointState>();
	const policies = new WeakMap<Identity, PolicyMap>();
	const verbs = endpointVerbs(parts, stateOf, policyOf);

	function policyOf(identity: Identity): PolicyMap {
		const { changes, assertOpen } = core;
		const map =
			policies.get(identity) ?? createPolicyMap({ changes, store, cookies: parts.cookies, identity, assertOpen });
		policies.set(identity, map);
		return map;
	}

	function stateOf(endpoint: Endpoint): EndpointState {
		const state = states.get(endpoint);
		if (state === undefined) {
			throw invalidArgument('endpoint', endpoint, 'an endpoint of this datapath');
		}
		return state;
	}

	function create(state: EndpointState): Endpoint {
		const { id, name, network, interface: pair, addresses, pod, mac } = state;
		// Thousands of them: the verbs are in one object behind them all.
		const handle = Object.create(verbs) as Endpoint;
		Object.assign(handle, { id, name, network, interface: pair, addresses, pod, mac });
		handles.set(state, handle);
		states.set(handle, state);
		return Object.freeze(handle);
	}

	return { of: (state) => handles.get(state) ?? create(state), stateOf, policyOf };
}

type Verbs = Omit<Endpoint, 'id' | 'name' | 'network' | 'interface' | 'addresses' | 'pod' | 'mac'> & ThisType<Endpoint>;

function endpointVerbs(
	parts: HandleParts,
	stateOf: (endpoint: Endpoint) => EndpointState,
	policyOf: (identity: Identity) => PolicyMap,
): Verbs {
	const { admission, attacher, names, clockOffsetNs } = parts;
	const { core } = admission;

	function usable(endpoint: Endpoint): EndpointState {
		const state = stateOf(endpoint);
		core.assertOpen();
		assertAttached(state);
		return state;
	}

	/** A change of its own; what was there is put back when it fails. */
	function change<K extends 'enforcement' | 'audit' | 'aggregation' | 'sampling'>(
		state: EndpointState,
		field: K,
		value: EndpointState[K],
	): void {
		core.changes.run(() => {
			const former = state[field];
			state[field] = value;
			core.changes.undo(() => void (state[field] = former));
			core.changes.later(() => rewriteEndpoint(admission, state));
		});
	}

	return {
		get identity() {
			return stateOf(this).identity;
		},
		get enforcement() {
			return stateOf(this).enforcement;
		},
		get audit() {
			return stateOf(this).audit;
		},
		get aggregation() {
			return stateOf(this).aggregation;
		},
		get sampling() {
			return stateOf(this).sampling;
		},
		get enforced() {
			const { enforcement, identity } = stateOf(this);
			const all = enforcement === 'always';
			return enforcement === 'default' ? admission.store.enforced(identity) : { ingress: all, egress: all };
		},
		get policy() {
			return policyOf(stateOf(this).identity);
		},
		get detached() {
			return stateOf(this).detached;
		},
		relabel(labels) {
			const state = usable(this);
			const checked = canonicalLabels(labels);
			return core.changes.run(() => relabel(admission, state, checked));
		},
		setEnforcement(enforcement: Enforcement) {
			if (!['default', 'always', 'never'].includes(enforcement)) {
				throw invalidArgument('enforcement', enforcement, "'default', 'always' or 'never'");
			}
			change(usable(this), 'enforcement', enforcement);
		},
		setAudit(audit) {
			change(usable(this), 'audit', audit === true);
		},
		setAggregation(level) {
			change(usable(this), 'aggregation', checkAggregation(level));
		},
		setSampling(sampling) {
			change(usable(this), 'sampling', checkSampling(sampling));
		},
		stats() {
			return endpointStats(core, usable(this));
		},
		simulate(frame, direction) {
			const { index } = usable(this).interface;
			return simulate(core, index, frame, direction, names, clockOffsetNs);
		},
		detach() {
			return attacher.detach([stateOf(this)]);
		},
	};
}
