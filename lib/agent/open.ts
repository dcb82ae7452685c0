import { openDatapath } from '../datapath/open.js';
import type { Datapath } from '../datapath/datapath.js';
import { documentName, isPolicy } from '../documents/document.js';
import { closedError } from '../errors.js';
import { choosePools } from '../ipam/choose-pools.js';
import type { PoolUser } from '../ipam/choose-pools.js';
import { createIpam } from '../ipam/ipam.js';
import { DEFAULT_NETWORK, podIdentityLabels } from '../labels/pod-labels.js';
import { Netlink } from '../native/addon.js';
import { serveMetrics } from '../metrics/serve.js';
import type { MetricsServer } from '../metrics/serve.js';
import { checkRow } from '../pods/check.js';
import { createPodNetworks } from '../pods/pod-networks.js';
import type { PodRequest } from '../pods/pod-request.js';
import { createPodTable } from '../pods/pod-table.js';
import { reconcile } from '../pods/reconcile.js';
import { openFileStore } from '../store/file-store.js';
import type { Store } from '../store/store.js';
import { serveUi } from '../ui/serve.js';
import type { UiServer } from '../ui/serve.js';
import type { Agent } from './agent.js';
import type { AgentParts } from './agent-parts.js';
import { AGENT_KINDS, applyEdit, applyInputs, isAgentDocument } from './apply.js';
import { attachmentsOf } from './attachments.js';
import { audit } from './audit.js';
import { createDocumentTable, policiesToApply, storedDocuments } from './document-table.js';
import { createNodeBlocks } from './node-blocks.js';
import { peersTouched, refreshPeers } from './known-peers.js';
import { checkAgentOptions } from './options.js';
import type { AgentOptions, CheckedAgentOptions } from './options.js';
import { attachAll, detachAll, forgetPod, plug, relabelPod, rowOf, unplug } from './pod-verbs.js';
import { createQueue, type BatchHandler } from './queue.js';
import { removeDocument } from './remove-document.js';
import { createUndo } from './undo.js';

/** Attachments that are asked for at the same time share a grace period of the kernel. */
const MOST_TOGETHER = 64;

/**
 * Takes over what the state file and the pinned datapath know, or begins anew. What a former process left half made is
 * taken down before this resolves. Needs what `openDatapath` needs.
 * @throws ERR_STORE_CORRUPT, ERR_STORE_LOCKED, ERR_STORE_READ_ONLY, ERR_STORE_FULL, ERR_INVALID_ARGUMENT,
 * ERR_KERNEL_FEATURE, ERR_SOCKET_IN_USE and ERR_SOCKET of `metrics` and `ui`, and those of `openDatapath`
 */
export async function openAgent(options: AgentOptions = {}): Promise<Agent> {
	const checked = checkAgentOptions(options);
	const store = checked.store ?? (await openFileStore(checked.statePath));
	try {
		const datapath = await openDatapath(checked.datapath);
		try {
			const parts = createParts(checked, store, datapath);
			await restore(parts);
			return createAgent(parts, await servePages(checked, parts));
		} catch (error) {
			await datapath.close();
			throw error;
		}
	} catch (error) {
		store.close();
		throw error;
	}
}

interface ServedPages {
	readonly metrics?: MetricsServer;
	readonly ui?: UiServer;
}

async function servePages({ metrics, ui }: CheckedAgentOptions, parts: AgentParts): Promise<ServedPages> {
	const { datapath } = parts;
	const served = metrics && (await serveMetrics(datapath, { ...metrics, agent: parts }));
	try {
		const page = ui && (await serveUi(datapath, ui));
		return { ...(served && { metrics: served }), ...(page && { ui: page }) };
	} catch (error) {
		await served?.close();
		throw error;
	}
}

function createParts(
	{ mtu, hostRoutes, interfaces, cluster, ipam, datapath: { expedited = true } }: CheckedAgentOptions,
	store: Store,
	datapath: Datapath,
): AgentParts {
	const documents = createDocumentTable();
	const blocks = ipam && createNodeBlocks(store, ipam);
	const namespace = (name: string): PoolUser => documents.find('Namespace', name)?.metadata ?? {};
	return {
		store,
		datapath,
		documents,
		mtu,
		hostRoutes,
		interfaces,
		expedited,
		queue: createQueue(),
		ipam: blocks?.ipam ?? createIpam(),
		...(blocks === undefined ? {} : { blocks }),
		netlink: new Netlink(),
		networks: createPodNetworks(),
		table: createPodTable(store),
		poolsOf(pod, network) {
			// Other networks say in their documents which pool is theirs.
			return network.name === DEFAULT_NETWORK
				? choosePools(pod, namespace(pod.namespace), poolSelectors(documents), network.pool)
				: { ipv4Pool: network.pool, ipv6Pool: network.pool };
		},
		labelsOf({ pod }, network) {
			const { labels: namespaceLabels = {} } = namespace(pod.namespace);
			return podIdentityLabels({ ...pod, network, cluster, namespaceLabels });
		},
	};
}

function poolSelectors(documents: AgentParts['documents']) {
	return documents.ofKind('CiliumPodIPPool').map(({ metadata, spec }) => ({ name: metadata.name, ...spec }));
}

async function restore(parts: AgentParts): Promise<void> {
	const documents = storedDocuments(parts.store);
	const undo = createUndo();
	parts.datapath.transaction(() => {
		for (const kind of AGENT_KINDS) {
			for (const document of documents.filter((one) => one.kind === kind)) {
				if (isAgentDocument(document) && !isPolicy(document)) {
					applyEdit(parts, { name: documentName(document), document }, undo);
				}
			}
		}
		refreshPeers(parts, peersTouched(documents));
		parts.datapath.policies.apply(...policiesToApply(parts.datapath, documents));
	});
	await reconcile(parts, parts.store);
	parts.blocks?.settle();
}

function createAgent(parts: AgentParts, pages: ServedPages): Agent {
	const { queue, table, datapath, documents, ipam } = parts;
	const attaching: BatchHandler<PodRequest, Awaited<ReturnType<typeof attachAll>>[number]> = {
		most: MOST_TOGETHER,
		handle: (requests) => settled(() => attachAll(parts, requests)),
	};
	const detaching: BatchHandler<string, boolean> = {
		most: MOST_TOGETHER,
		handle: (ids) =>
			settled(async () => {
				const there = ids.map((id) => table.get(id) !== undefined);
				await detachAll(parts, ids);
				return there;
			}),
	};
	let open = true;

	/** Blocks follow addresses, whether it worked or not. */
	async function settled<T>(body: () => Promise<T>): Promise<T> {
		try {
			return await body();
		} finally {
			parts.blocks?.settle();
		}
	}

	/** In its turn, unless the agent is closed by then. */
	function turn<T>(body: () => Promise<T> | T): Promise<T> {
		return queue.run(() => {
			assertOpen();
			return settled(async () => body());
		});
	}

	function assertOpen(): void {
		if (!open) {
			throw closedError('the agent');
		}
	}

	async function close(): Promise<void> {
		open = false;
		await queue.idle();
		await pages.metrics?.close();
		await pages.ui?.close();
		parts.netlink.close();
		await datapath.close();
		parts.store.close();
	}

	let closing: Promise<void> | undefined;
	const closeOnce = () => (closing ??= close());

	return {
		datapath,
		ipam,
		...pages,
		pods: {
			*[Symbol.iterator]() {
				for (const { id } of table) {
					yield id;
				}
			},
		},
		documents: {
			*[Symbol.iterator]() {
				yield* documents;
				yield* datapath.policies;
			},
		},
		attachments: (id) => attachmentsOf(parts, id),
		apply: (...inputs) => turn(() => applyInputs(parts, inputs)),
		delete: (ref) => turn(() => removeDocument(parts, ref)),
		async attachPod(request) {
			assertOpen();
			return queue.batch(request, attaching);
		},
		attachPods: (requests) => turn(() => attachAll(parts, requests)),
		plug: (id, network) => turn(() => plug(parts, id, network)),
		unplug: (id, network) => turn(() => unplug(parts, id, network)),
		async detachPod(id) {
			assertOpen();
			return queue.batch(id, detaching);
		},
		detachPods: (ids) => turn(() => detachAll(parts, ids)),
		checkPod(id) {
			assertOpen();
			checkRow(parts, rowOf(parts, id));
		},
		relabelPod: (id, pod) => turn(() => relabelPod(parts, id, pod)),
		forgetPod: (pod) => turn(() => forgetPod(parts, pod)),
		collect: (keep) =>
			turn(async () => {
				const kept = new Set(keep);
				const gone = Array.from(table, ({ id }) => id).filter((id) => !kept.has(id));
				await detachAll(parts, gone);
				return gone;
			}),
		audit() {
			assertOpen();
			return audit(parts);
		},
		close: closeOnce,
		async unload() {
			await turn(() =>
				detachAll(
					parts,
					Array.from(table, ({ id }) => id),
				),
			);
			open = false;
			await datapath.unload();
			await closeOnce();
		},
		[Symbol.asyncDispose]: closeOnce,
	};
}
