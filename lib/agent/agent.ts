import type { Datapath } from '../datapath/datapath.js';
import type { PolicyInput, PolicyRef } from '../datapath/policy-input.js';
import type { Ipam } from '../ipam/ipam.js';
import type { Attachment } from '../pods/attachment.js';
import type { PodDescription, PodRequest } from '../pods/pod-request.js';

/** All of one node: its datapath, networks, pools and pods. */
export interface Agent extends AsyncDisposable {
	readonly datapath: Datapath;
	/** To look at; addresses come and go with the pods. */
	readonly ipam: Omit<Ipam, 'plan' | 'adopt' | 'release' | 'addPool' | 'updatePool' | 'removePool'>;
	/** Ids of the pods that are attached. */
	readonly pods: Iterable<string>;
	/** Of one pod, the primary one first; empty: there is none. */
	attachments(id: string): readonly Attachment[];
	apply(...inputs: PolicyInput[]): void;
	delete(ref: PolicyRef): boolean;
	attachPod(request: PodRequest): Promise<readonly Attachment[]>;
	attachPods(requests: readonly PodRequest[]): Promise<(readonly Attachment[])[]>;
	detachPod(id: string): Promise<boolean>;
	detachPods(ids: Iterable<string>): Promise<number>;
	checkPod(id: string): void;
	relabelPod(id: string, pod: Pick<PodDescription, 'labels' | 'serviceAccount'>): readonly Attachment[];
	collect(keep: Iterable<string>): Promise<readonly string[]>;
	close(): Promise<void>;
	unload(): Promise<void>;
}
