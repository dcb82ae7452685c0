import type { Datapath } from '../datapath/datapath.js';
import type { PolicyInput, PolicyRef } from '../datapath/policy-input.js';
import type { HeddleDocument } from '../documents/document.js';
import type { DocumentIssue } from '../documents/issue.js';
import type { GrantedIpam } from '../ipam/granted-ipam.js';
import type { Ipam } from '../ipam/ipam.js';
import type { MetricsServer } from '../metrics/serve.js';
import type { UiServer } from '../ui/serve.js';
import type { Attachment } from '../pods/attachment.js';
import type { Audit } from '../pods/audit.js';
import type { NetworkRequest } from '../pods/network-requests.js';
import type { PodDescription, PodRequest } from '../pods/pod-request.js';

/**
 * Kinds that an agent takes: pools, networks, namespaces, pods and every kind of policy; of whom policies speak: services
 * with their EndpointSlices, and other nodes by `status.addresses`.
 */
export type AgentInput = PolicyInput | HeddleDocument;

/** `{ kind, namespace, name }` of any kind; a text is a policy, see {@link PolicyRef}. */
export type DocumentRef =
	PolicyRef | { readonly kind: HeddleDocument['kind']; readonly namespace?: string; readonly name: string };

/**
 * All of one node: its datapath, networks, pools and pods. What it knows is in its state file and the pinned datapath: it
 * goes on where it was after any end of its process. Verbs that change something run one after another; attachments
 * asked for at the same time go together.
 */
export interface Agent extends AsyncDisposable {
	readonly datapath: Datapath;
	/** To look at; addresses come and go with the pods. `nodePools()` is what a CiliumNode says of this node. */
	readonly ipam: Pick<Ipam, 'pools' | 'get' | 'allocations' | 'usage' | 'nodePools'> &
		// Of `ipam.mode` 'multi-pool' alone.
		Partial<Pick<GrantedIpam, 'blocks'>>;
	/** Absent: not asked for. */
	readonly metrics?: Pick<MetricsServer, 'address' | 'render'>;
	/** Absent: not asked for. */
	readonly ui?: Pick<UiServer, 'address'>;
	/** Ids of the pods that are attached. */
	readonly pods: Iterable<string>;
	readonly documents: Iterable<HeddleDocument>;
	/** Of one pod, the primary one first; empty: there is none. */
	attachments(id: string): readonly Attachment[];
	/**
	 * Adds documents, or replaces those of the same kind and name: all or nothing. Routes of a network change on running
	 * pods, labels at once and for established flows too, a network's MTU and pool for attachments to come.
	 * @throws PolicyError with every issue, ERR_POOL_IN_USE, ERR_OVERLAPPING_CIDR, ERR_UNKNOWN_POOL, ERR_ADDRESS_IN_USE of
	 * a new route's gateway that a pod of the network has, ERR_MAP_FULL, ERR_STORE_*
	 */
	apply(...inputs: AgentInput[]): Promise<{ readonly warnings: readonly DocumentIssue[] }>;
	/** false: there is none of this name. @throws ERR_POOL_IN_USE, ERR_IN_USE of a network with pods, ERR_STORE_* */
	delete(ref: DocumentRef): Promise<boolean>;
	/**
	 * One interface a network, with addresses, routes and policy: all or nothing. Again for the same id and namespace:
	 * answers what there is, with the labels of the request; for another namespace: the former one is detached.
	 * @throws ERR_UNKNOWN_NETWORK, ERR_DUPLICATE_NETWORK, ERR_POOL_EXHAUSTED, ERR_POOL_NOT_GRANTED (`ipam.mode` 'multi-pool': the operator has given no block yet), ERR_ADDRESS_NOT_IN_POOL, ERR_ADDRESS_IN_USE,
	 * ERR_ADDRESS_RESERVED (a gateway), ERR_ROUTE_EXISTS (another way of the host to an address), ERR_NETNS, ERR_NAME_TAKEN, ERR_EXISTS (with other networks), ERR_INVALID_ARGUMENT, ERR_MAP_FULL, ERR_STORE_*
	 */
	attachPod(request: PodRequest): Promise<readonly Attachment[]>;
	/** Many at once: all or nothing. */
	attachPods(requests: readonly PodRequest[]): Promise<(readonly Attachment[])[]>;
	/** One more network for a pod that runs. @throws as `attachPod`; ERR_NOT_FOUND */
	plug(id: string, network: string | NetworkRequest): Promise<Attachment>;
	/** false: the pod has it not. @throws ERR_INVALID_ARGUMENT for the primary network */
	unplug(id: string, network: string): Promise<boolean>;
	/** Also when interface or namespace are gone. false: there is none of this id. */
	detachPod(id: string): Promise<boolean>;
	/** How many there were. */
	detachPods(ids: Iterable<string>): Promise<number>;
	/** @throws ERR_NOT_FOUND, ERR_CHECK_FAILED naming what is missing or different */
	checkPod(id: string): void;
	/** Swaps the identities of all interfaces at once, for established flows too. @throws ERR_NOT_FOUND */
	relabelPod(id: string, pod: Pick<PodDescription, 'labels' | 'serviceAccount'>): Promise<readonly Attachment[]>;
	/** Gives the addresses of a sticky pod back. false: it has none. @throws ERR_IN_USE while it is attached */
	forgetPod(id: string): Promise<boolean>;
	/** Detaches every pod that is not among these; their ids. */
	collect(keep: Iterable<string>): Promise<readonly string[]>;
	/** What is there and should not be, and what should be and is not. Changes nothing. */
	audit(): Audit;
	/** Ends this process's part; pinned pods keep forwarding and enforcing. */
	close(): Promise<void>;
	/** Detaches every pod, removes the pins, and closes. Documents stay in the state file. */
	unload(): Promise<void>;
}
