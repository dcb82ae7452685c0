import * as abi from '../abi/generated.js';
import { HeddleError } from '../errors.js';
import { clockOffsetNs } from '../flows/expand.js';
import { EventView } from '../flows/event-view.js';
import type { Flow } from '../flows/flow.js';
import { createFlowHub } from '../flows/hub.js';
import { l7Flow } from '../flows/l7-flow.js';
import type { L7Access } from '../flows/l7-flow.js';
import { openFlowStream } from '../flows/stream.js';
import type { FlowOptions, FlowStream } from '../flows/stream.js';
import { accessOf } from '../l7/access-flow.js';
import { accessRecords } from '../l7/access-record.js';
import { dnsAccessOf } from '../l7/dns-flow.js';
import { dnsRecords } from '../l7/dns-record.js';
import { createL7 } from '../l7/l7.js';
import type { L7 } from '../l7/l7.js';
import { learnAnswers } from '../l7/learn.js';
import { createRuleSets } from '../l7/rule-sets.js';
import type { PolicyTable } from '../policy/table.js';
import type { Link } from '../native/addon.js';
import type { IpBlocks } from '../rules/context.js';
import { createOrigins } from '../rules/origins.js';
import { aggregationOf } from './aggregation.js';
import type { Telling } from './aggregation.js';
import { rewriteEndpoint } from './admission.js';
import type { Admission, Candidate } from './admission.js';
import { createAddressTable } from './address-table.js';
import { createAttacher } from './attach.js';
import type { Core } from './core.js';
import { createCookies } from './direct-rows.js';
import { createEndpointHandles } from './endpoint-handle.js';
import { checkOptions } from './endpoint-options.js';
import { createEndpointRegistry } from './endpoint-registry.js';
import { createEndpointTable } from './endpoint-table.js';
import type { Endpoint, EndpointState } from './endpoint.js';
import { endpointMap } from './endpoint-map.js';
import { createFlowNames } from './flow-names.js';
import { syncHostAddresses } from './host-addresses.js';
import { createDescriber, policyIdentity } from './describe.js';
import { createIdentities } from './identities.js';
import type { Identities } from './identities.js';
import { createIdentityRegistry } from './identity-registry.js';
import { inspectInterface } from './interfaces.js';
import { createNetworks } from './networks.js';
import type { Network, NetworkAttachItem, Networks } from './networks.js';
import { pairCounts } from './pairs.js';
import type { PairCount } from './pairs.js';
import { createPolicies } from './policies.js';
import type { Policies } from './policies.js';
import { createPolicyStore } from './policy-store.js';
import type { RowMemory } from './policy-store.js';
import { createPolicyTables } from './policy-tables.js';
import type { PolicyMap } from './policy-map.js';
import { createPressure } from './pressure.js';
import { restoreEndpoints } from './restore.js';
import type { RememberedRows } from './row-memory.js';
import { datapathStats, counters } from './stats.js';
import type { DatapathStats } from './stats.js';
import type { EndpointId, Identity } from './types.js';
import { startUpkeep } from './upkeep.js';
import { createUplinks } from './uplinks.js';
import type { Uplink, UplinkOptions, Uplinks } from './uplink.js';

/**
 * The programs and maps in the kernel, and what this process knows of them. Closing it ends the handles of this process;
 * pinned state keeps forwarding and enforcing. Every verb after that throws ERR_CLOSED.
 */
export interface Datapath extends AsyncDisposable {
	readonly networks: Networks;
	readonly endpoints: ReadonlyMap<EndpointId, Endpoint>;
	readonly identities: Identities;
	readonly policies: Policies;
	/** Ways to other hosts. */
	readonly uplinks: Uplinks;
	/** The proxies that `rules.http` and `rules.dns` ask for. */
	readonly l7: L7;
	/** 'tcx' or 'clsact': how programs are attached. */
	readonly attachMode: 'tcx' | 'clsact';
	readonly pinPath?: string;
	/** Rows by hand of an identity's policy set, also while it has no endpoint. */
	policyOf(identity: Identity): PolicyMap;
	/**
	 * Interfaces on several networks at once: all or nothing, one epoch, one call into the kernel.
	 * @throws as `Network.attach`; ERR_NOT_FOUND for a network that there is not
	 */
	attachMany(items: readonly NetworkAttachItem[]): Promise<Endpoint[]>;
	/** As `uplinks.attach`. */
	attachUplink(iface: string | number, options?: UplinkOptions): Promise<Uplink>;
	/** Of any networks; those that are detached already count as done. */
	detachMany(endpoints: Iterable<Endpoint>): Promise<void>;
	/** Verdicts, drops and flow ends from now on. */
	flows(options?: FlowOptions): FlowStream;
	stats(): DatapathStats;
	/** Who spoke to whom and what became of it, by network, pair of identities, direction and verdict. */
	pairs(): IterableIterator<PairCount>;
	/**
	 * Several changes, seen by packets together: one epoch. When `body` throws, all of them are undone. Synchronous:
	 * attaching and detaching, which wait for the kernel, are changes of their own.
	 */
	transaction<T>(body: () => T): T;
	/** Sweeps ended conversations, reads the host's addresses and drops endpoints whose interface is gone, now instead of at the next interval. */
	refresh(): Promise<void>;
	/** Ends this process's handles. Pinned state keeps enforcing; without `pinPath` everything ends. */
	close(): Promise<void>;
	/** Detaches every endpoint, removes the pins, and closes. */
	unload(): Promise<void>;
}

export interface DatapathParts {
	readonly core: Core;
	readonly table: PolicyTable;
	readonly memory: RowMemory;
	/** Of a former process; absent: nothing to take over. */
	readonly remembered?: RememberedRows;
	readonly sweepIntervalMs: number;
	readonly flowHistory: number;
	readonly ipBlocks: IpBlocks;
	/** Of endpoints that ask for nothing else. */
	readonly telling: Telling;
	/** From now on every verb answers ERR_CLOSED. */
	shut(): void;
	/** Closes maps, programs and sockets. */
	release(): void;
}

export interface CreatedDatapath {
	readonly datapath: Datapath;
	readonly endpoints: Iterable<EndpointState>;
	uplinkLinks(): readonly Link[];
}

export function createDatapath(parts: DatapathParts): CreatedDatapath {
	const { core, memory } = parts;
	const { maps, changes, records } = core;
	const cookies = createCookies();
	const origins = createOrigins();
	const ruleSets = createRuleSets(origins);
	const tables = createPolicyTables(maps, () => parts.table.size.sets);
	const identityRegistry = createIdentityRegistry(changes, records, abi.RecordKind.Identity);
	const registry = createEndpointRegistry();
	// Before rows that name them, and after.
	changes.beforeCommit(ruleSets.refresh);
	const store = createPolicyStore({
		changes,
		table: parts.table,
		tables,
		cookies,
		memory,
		maxSets: maps.policySets.maxEntries,
		unionOf(redirecting) {
			const cookie = origins.unionOf(redirecting);
			ruleSets.use(cookie);
			return cookie;
		},
		repoint(identity) {
			for (const state of registry.ofIdentity(identity)) {
				rewriteEndpoint(admission, state);
			}
		},
	});
	const addresses = createAddressTable(maps, changes, () => registry);
	const admission: Admission = {
		core,
		addresses,
		table: createEndpointTable(maps, changes),
		registry,
		identities: identityRegistry,
		store,
		describe: createDescriber({ registry, store, ipBlocks: parts.ipBlocks }),
	};
	const attacher = createAttacher(admission);
	const offset = clockOffsetNs();
	const networks = createNetworks({
		core,
		addresses,
		registry,
		attach: ({ name }, items) => attachMany(items.map((item) => ({ ...item, network: name }))),
		detach,
		endpointsOf,
		added: (id) => policies.spread(id),
		served: (id) => uplinks.serves(id),
		proxyOf: (id) => l7.proxyOf(id),
		removed: (id) => l7.removed(id),
	});
	const l7 = createL7({
		core,
		ruleSets,
		networksInUse: () => new Set(Array.from(registry, ({ network }) => network.id)),
		rewrite: (id) => networks.rewrite(id),
		listeners: {
			onHttp: (records, count) => tellAll(accessRecords(records, count), accessOf),
			onDns: (records, count) => tellAll(dnsRecords(records, count), dnsAccessOf),
			learn: (answers) => learnAnswers(policies.names, changes, answers),
		},
	});
	const uplinks = createUplinks({
		core,
		networkId: (name) => networks.get(name)?.id,
		networkName: (id) => networks.byId(id)?.name ?? `${id}`,
		hasEndpoint: (ifindex) => registry.byInterface(ifindex) !== undefined,
		servesChanged: (id) => networks.rewrite(id),
	});
	const policies = createPolicies({
		core,
		identities: identityRegistry,
		store,
		addresses,
		origins,
		ipBlocks: parts.ipBlocks,
		registry,
		networkId: (name) => networks.get(name)?.id,
		networks: () => Array.from(networks, ({ id }) => id),
		forgot: (name) => l7.forgot(name),
	});
	const names = createFlowNames({
		endpoints: registry,
		identities: identityRegistry,
		cookies,
		network: (id) => networks.byId(id)?.name,
		documentRule: (cookie) => policies.rule(cookie),
	});
	const handles = createEndpointHandles({ admission, attacher, cookies, names, clockOffsetNs: offset });
	const pressure = createPressure(maps.control.handle, () => counters(core).lost);
	const hub = createFlowHub(
		maps.raw['events'] as NonNullable<(typeof maps.raw)[string]>,
		abi.eventCodec.size,
		parts.flowHistory,
		pressure,
	);
	const identities = createIdentities({
		core,
		registry: identityRegistry,
		addresses,
		networkId: (name) => networks.get(name)?.id,
	});

	/** Decoded only for somebody. */
	function tellAll<Record>(records: Iterable<Record>, accessOf: (record: Record) => L7Access): void {
		if (hub.isHeard()) {
			hub.tell(flowsOf(records, accessOf));
		}
	}

	function* flowsOf<Record>(records: Iterable<Record>, accessOf: (record: Record) => L7Access): Generator<Flow> {
		for (const record of records) {
			yield l7Flow(accessOf(record), names);
		}
	}

	identityRegistry.onChange((identity, present) => {
		if (present) {
			store.putIdentity(policyIdentity(identity));
		} else {
			store.removeIdentity(identity.id);
		}
	});

	function restore(): void {
		identityRegistry.restore();
		changes.run(() => {
			for (const identity of identityRegistry) {
				store.putIdentity(policyIdentity(identity));
			}
			networks.restore();
			policies.restore();
			uplinks.restore();
			restoreEndpoints(admission, (id) => networks.byId(id)?.name);
			restoreRows();
			// What was written for documents that are not there any more.
			changes.later(() => addresses.sweepImplied());
			identityRegistry.collect();
		});
		syncHostAddresses(core);
	}

	function restoreRows(): void {
		for (const [id, rows] of parts.remembered ?? []) {
			const identity = identityRegistry.get(id);
			if (identity !== undefined) {
				store.restore(store.ensure(identity), rows);
			}
		}
	}

	function sharedNetwork(name: string): Candidate['network'] {
		const network = networks.get(name);
		if (network === undefined) {
			throw new HeddleError('ERR_NOT_FOUND', `network: found no '${name}', expected one that was created`, {
				field: 'network',
				found: name,
			});
		}
		return Object.freeze({ id: network.id, name });
	}

	async function attachMany(items: readonly NetworkAttachItem[]): Promise<Endpoint[]> {
		core.assertOpen();
		const shared = new Map(
			Array.from(new Set(items.map(({ network }) => network)), (name) => [name, sharedNetwork(name)]),
		);
		const candidates = items.map((item) => ({
			network: shared.get(item.network)!,
			options: checkOptions(item.options, parts.telling),
			facts: inspectInterface(core.netlink, item.interface, item.options),
		}));
		if (candidates.length === 0) {
			return [];
		}
		upkeep.noticeAddresses();
		await l7.ensure(new Set(candidates.map((candidate) => candidate.network.id)));
		return (await attacher.attach(candidates)).map(handles.of);
	}

	async function detach(endpoints: Iterable<Endpoint>): Promise<void> {
		await attacher.detach(Array.from(endpoints, handles.stateOf));
	}

	function* endpointsOf(network: Network): Generator<Endpoint> {
		for (const state of registry) {
			if (state.network.id === network.id) {
				yield handles.of(state);
			}
		}
	}

	let closing: Promise<void> | undefined;

	async function close(): Promise<void> {
		// Before waiting for anything: nobody may begin something now.
		parts.shut();
		hub.close();
		await upkeep.stop();
		await attacher.release();
		await uplinks.release();
		await l7.release();
		parts.release();
	}

	async function unload(): Promise<void> {
		core.assertOpen();
		await upkeep.stop();
		await attacher.detach([...registry]);
		await uplinks.detachAll();
		await l7.remove();
		core.pins?.remove();
		await closeOnce();
	}

	function closeOnce(): Promise<void> {
		closing ??= close();
		return closing;
	}

	core.epoch.onBump(() => l7.review());
	restore();
	const upkeep = startUpkeep({
		core,
		attacher,
		registry,
		uplinks,
		tables,
		policies,
		intervalMs: parts.sweepIntervalMs,
	});

	const datapath: Datapath = {
		networks,
		endpoints: endpointMap(registry, (state: EndpointState) => handles.of(state)),
		identities,
		policies,
		uplinks,
		l7,
		attachMode: core.attachMode,
		...(core.pins === undefined ? {} : { pinPath: core.pins.path }),
		policyOf: (identity) => handles.policyOf(identity),
		attachMany,
		attachUplink: (iface, options) => uplinks.attach(iface, options),
		detachMany: detach,
		flows(options) {
			core.assertOpen();
			return openFlowStream(
				{
					hub,
					names,
					recordSize: abi.eventCodec.size,
					clockOffsetNs: offset,
					decode: (record) => new EventView(record),
					kernelLost: () => counters(core).lost,
				},
				options,
			);
		},
		stats() {
			core.assertOpen();
			return datapathStats(core, registry, aggregationOf(pressure.limit));
		},
		pairs() {
			core.assertOpen();
			return pairCounts(core, names);
		},
		transaction: (body) => changes.run(body),
		async refresh() {
			core.assertOpen();
			await upkeep.run();
		},
		close: closeOnce,
		unload,
		[Symbol.asyncDispose]: closeOnce,
	};
	return { datapath, endpoints: registry, uplinkLinks: () => uplinks.links() };
}
