import { closedError, wrapNativeAsync, wrapNativeError } from '../errors.js';
import { attach as attachPrograms, detach as detachPrograms } from '../native/addon.js';
import type { AttachRequest, Hook, Link } from '../native/addon.js';
import { admit, checkCandidates, evict } from './admission.js';
import type { Admission, Candidate } from './admission.js';
import type { EndpointState } from './endpoint.js';
import { keepDrops } from './stats.js';
import { prepareHostSide } from './sysctls.js';

const HOOKS: readonly (readonly [Hook, 'from_endpoint' | 'to_endpoint'])[] = [
	['ingress', 'from_endpoint'],
	['egress', 'to_endpoint'],
];

/** Endpoints come and go here: entries first and programs last, and back in reverse. */
export interface Attacher {
	/** All or nothing, one epoch, one call into the kernel for all programs. */
	attach(candidates: readonly Candidate[]): Promise<EndpointState[]>;
	detach(states: readonly EndpointState[]): Promise<void>;
	/** The end of this process's handles; programs that are not pinned are off when it returns. */
	release(): Promise<void>;
	/** Detaches endpoints whose interface is gone. */
	reap(isPresent: (ifindex: number) => boolean): Promise<number>;
}

export function createAttacher(admission: Admission): Attacher {
	const { core, table, registry } = admission;

	function requestsOf(states: readonly EndpointState[]): AttachRequest[] {
		return states.flatMap((state) =>
			HOOKS.map(([hook, program]) => ({ program: core.programs[program], ifindex: state.interface.index, hook })),
		);
	}

	function keepLinks(state: EndpointState, links: readonly Link[]): void {
		state.links = links;
		if (core.pins === undefined) {
			return;
		}
		for (const link of links) {
			if (link.mode !== 'clsact') {
				core.pins.pinLink(linkName(state.id, link.hook), link);
			} else {
				link.keep();
			}
		}
	}

	async function attachAll(states: readonly EndpointState[]): Promise<void> {
		const expedited = core.expedited && states.length > 1;
		const links = await attachPrograms(requestsOf(states), { mode: core.attachMode, expedited });
		try {
			core.assertOpen();
			states.forEach((state, i) => keepLinks(state, links.slice(i * HOOKS.length, (i + 1) * HOOKS.length)));
		} catch (error) {
			states.forEach((state) => unpin(state));
			await detachLinks(links);
			throw error;
		}
	}

	function detachLinks(links: readonly Link[]): Promise<void> {
		const expedited = core.expedited && links.length > HOOKS.length;
		return wrapNativeAsync(() => detachPrograms(links, { expedited }), 'detach programs');
	}

	function unpin(state: EndpointState): void {
		HOOKS.forEach(([hook]) => core.pins?.unpinLink(linkName(state.id, hook)));
	}

	function remove(states: readonly EndpointState[]): void {
		core.changes.run(() => states.forEach((state) => evict(admission, state)));
		states.forEach((state) => (state.detached = true));
		keepDrops(core, states);
	}

	async function attach(candidates: readonly Candidate[]): Promise<EndpointState[]> {
		checkCandidates(admission, candidates);
		const restore = prepareInterfaces(candidates);
		let states: EndpointState[] = [];
		try {
			states = core.changes.run(() => candidates.map((candidate) => admit(admission, candidate)));
			table.resetCounters(new Set(states.map((state) => state.id)));
			await attachAll(states);
			return states;
		} catch (error) {
			if (states.length > 0) {
				removeQuietly(states);
			}
			restore();
			throw wrapNativeError(
				error,
				`attach ${candidates
					.map(({ facts }) => facts.name)
					.slice(0, 3)
					.join(', ')}`,
			);
		}
	}

	/** A closed datapath took its entries with it. */
	function removeQuietly(states: readonly EndpointState[]): void {
		try {
			remove(states);
		} catch (error) {
			if ((error as { code?: string }).code !== 'ERR_CLOSED') {
				throw error;
			}
		}
	}

	async function takeOff(states: readonly EndpointState[]): Promise<void> {
		const links = states.flatMap((state) => state.links);
		states.forEach(unpin);
		if (links.length > 0) {
			await detachLinks(links);
		}
		links.forEach((link) => link.close());
		const present = states.filter((state) => registry.get(state.id) === state);
		remove(present);
	}

	return {
		attach,
		async detach(states) {
			core.assertOpen();
			const fresh = states.filter((state) => !state.detached && state.detaching === undefined);
			if (fresh.length > 0) {
				const done = takeOff(fresh);
				for (const state of fresh) {
					state.detaching = done;
				}
				// A second try must be possible.
				done.catch(() => fresh.forEach((state) => (state.detaching = undefined)));
			}
			await Promise.all(states.flatMap(({ detaching }) => (detaching === undefined ? [] : [detaching])));
		},
		async release() {
			const links = [...registry].flatMap((state) => state.links);
			if (core.pins === undefined && links.length > 0) {
				await detachLinks(links);
			}
			links.forEach((link) => link.close());
		},
		async reap(isPresent) {
			const gone = [...registry].filter((state) => state.links.length > 0 && !isPresent(state.interface.index));
			await this.detach(gone);
			return gone.length;
		},
	};
}

export function linkName(id: number, hook: Hook): string {
	return `${id}_${hook}`;
}

export function assertAttached(state: EndpointState): void {
	if (state.detached) {
		throw closedError(`endpoint ${state.name}`);
	}
}

function prepareInterfaces(candidates: readonly Candidate[]): () => void {
	const undo: (() => void)[] = [];
	const restore = () => undo.reverse().forEach((step) => step());
	try {
		candidates.forEach(({ facts }) => undo.push(prepareHostSide(facts.name)));
	} catch (error) {
		restore();
		throw error;
	}
	return restore;
}
